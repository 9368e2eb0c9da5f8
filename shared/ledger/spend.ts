/** Money: what each model call cost, for whom and for what. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";

export type Expense = {
  agent: string;
  /** What it was for: judge, answer, … */
  purpose: string;
  message: number | null;
  /** Which model answered. */
  by: string;
  inputTokens: number;
  cachedTokens: number;
  outputTokens: number;
  costUsd: number;
};

export type SpendSum = { agent: string; calls: number; costUsd: number };

export interface Spend {
  add(expense: Expense): Promise<void>;
  /** Calls and dollars per agent since this time. */
  since(time: number): Promise<SpendSum[]>;
  /** Every call made for a message, in order. */
  ofMessage(message: number): Promise<(Expense & { at: number })[]>;
  /** Every call made for these messages, in order. */
  ofMessages(messages: readonly number[]): Promise<(Expense & { at: number })[]>;
}

type Row = {
  at: number;
  agent: string;
  purpose: string;
  message: number | null;
  by: string;
  input_tokens: number;
  cached_tokens: number;
  output_tokens: number;
  cost_usd: number;
};

export function createSpend(db: Database, { read, write }: Atomic, clock: Clock): Spend {
  const add = db.prepare(`
    INSERT INTO spend (at, agent, purpose, message, by, input_tokens, cached_tokens, output_tokens, cost_usd)
    VALUES (@at, @agent, @purpose, @message, @by, @inputTokens, @cachedTokens, @outputTokens, @costUsd)
  `);
  const since = db.prepare<[number], SpendSum>(
    "SELECT agent, count(*) AS calls, sum(cost_usd) AS costUsd FROM spend WHERE at >= ? GROUP BY agent ORDER BY agent",
  );
  const ofMessage = db.prepare<[number], Row>("SELECT * FROM spend WHERE message = ? ORDER BY id");
  const ofMessages = db.prepare<[string], Row>(
    "SELECT * FROM spend WHERE message IN (SELECT value FROM json_each(?)) ORDER BY id",
  );
  return {
    add: write((expense: Expense) => void add.run({ ...expense, at: clock.now() })),
    since: read((time: number) => since.all(time)),
    ofMessage: read((message: number) => ofMessage.all(message).map(fromRow)),
    ofMessages: read((messages: readonly number[]) => ofMessages.all(JSON.stringify(messages)).map(fromRow)),
  };
}

function fromRow({
  at,
  agent,
  purpose,
  message,
  by,
  input_tokens,
  cached_tokens,
  output_tokens,
  cost_usd,
}: Row): Expense & { at: number } {
  return {
    at,
    agent,
    purpose,
    message,
    by,
    inputTokens: input_tokens,
    cachedTokens: cached_tokens,
    outputTokens: output_tokens,
    costUsd: cost_usd,
  };
}
