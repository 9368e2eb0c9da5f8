/** Money: what each model call cost, for whom and for what. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import { createReservations, type Reservations } from "./reservations.ts";

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

export interface Spend extends Reservations {
  /** Books an expense, in place of what was reserved for it. */
  add(expense: Expense & { reservations?: readonly number[] }): Promise<void>;
  /** Calls and dollars per agent since this time. */
  since(time: number): Promise<SpendSum[]>;
  /** Dollars by purpose since this time, of the calls that no message asked for: what jobs and chores cost. */
  byPurpose(time: number): Promise<{ purpose: string; costUsd: number }[]>;
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

export function createSpend(db: Database, atomic: Atomic, clock: Clock): Spend {
  const { read, writeQuietly } = atomic;
  const add = db.prepare(`
    INSERT INTO spend (at, agent, purpose, message, by, input_tokens, cached_tokens, output_tokens, cost_usd)
    VALUES (@at, @agent, @purpose, @message, @by, @inputTokens, @cachedTokens, @outputTokens, @costUsd)
  `);
  const booked = db.prepare("DELETE FROM reservations WHERE id IN (SELECT value FROM json_each(?))");
  const since = db.prepare<[number], SpendSum>(
    "SELECT agent, count(*) AS calls, sum(cost_usd) AS costUsd FROM spend WHERE at >= ? GROUP BY agent ORDER BY agent",
  );
  // By the index of messages it would read all whose message is deleted.
  const byPurpose = db.prepare<[number], { purpose: string; costUsd: number }>(`
    SELECT purpose, sum(cost_usd) AS costUsd FROM spend INDEXED BY spend_by_purpose
    WHERE message IS NULL AND at >= ? GROUP BY purpose
  `);
  const ofMessage = db.prepare<[number], Row>("SELECT * FROM spend WHERE message = ? ORDER BY id");
  const ofMessages = db.prepare<[string], Row>(
    "SELECT * FROM spend WHERE message IN (SELECT value FROM json_each(?)) ORDER BY id",
  );
  return {
    ...createReservations(db, atomic, clock),
    add: writeQuietly(({ reservations = [], ...expense }: Expense & { reservations?: readonly number[] }) => {
      add.run({ ...expense, at: clock.now() });
      if (reservations.length > 0) booked.run(JSON.stringify(reservations));
    }),
    since: read((time: number) => since.all(time)),
    byPurpose: read((time: number) => byPurpose.all(time)),
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
