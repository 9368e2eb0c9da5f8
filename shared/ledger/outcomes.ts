/** I1: every message has exactly one terminal outcome for each agent that heard it. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import type { Tell } from "./events.ts";
import type { Grounds, Outcome, OutcomeKind, Tier } from "./types.ts";

/** How a claim ended, and how long after the message was said. */
export type EndedClaim = {
  agent: string;
  message: number;
  tier: Tier;
  outcome: OutcomeKind;
  at: number;
  tookMs: number;
};

export interface Outcomes {
  /** Writes the outcome of an agent that makes no claim on this message. The first one stays: writing again changes nothing. */
  put(outcome: Omit<Outcome, "at"> & { standing?: Grounds }): Promise<void>;
  ofMessage(message: number): Promise<Outcome[]>;
  /** The outcomes of all these messages. */
  ofMessages(messages: readonly number[]): Promise<Outcome[]>;
  /** Messages after `cursor` that this agent has dealt with, in any way: by outcome or by claim. */
  decided(agent: string, cursor: number): Promise<Set<number>>;
  /** How often each outcome was written per agent since this time. */
  counts(since: number): Promise<{ agent: string; outcome: OutcomeKind; count: number }[]>;
  /** Every claim that ended since this time, oldest first. */
  endedClaims(since: number): Promise<EndedClaim[]>;
}

/** Writes one outcome inside a write step. */
export type PutOutcome = (outcome: Omit<Outcome, "at"> & { standing?: Grounds }) => void;

export function createPutOutcome(db: Database, clock: Clock, tell: Tell): PutOutcome {
  const put = db.prepare<[number, string, string, string, number]>(
    "INSERT INTO outcomes (message, agent, outcome, because, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  return ({ message, agent, outcome, because, standing }) => {
    if (put.run(message, agent, outcome, because, clock.now()).changes === 1) {
      tell("outcome", { message, agent }, { outcome, because, standing });
    }
  };
}

export function createOutcomes(db: Database, { read, write }: Atomic, putOutcome: PutOutcome): Outcomes {
  const ofMessage = db.prepare<[number], Outcome>("SELECT * FROM outcomes WHERE message = ? ORDER BY agent");
  const ofMessages = db.prepare<[string], Outcome>(
    "SELECT * FROM outcomes WHERE message IN (SELECT value FROM json_each(?)) ORDER BY message, agent",
  );
  const decided = db
    .prepare<[Record<string, string | number>], number>(`
    SELECT message FROM outcomes WHERE agent = @agent AND message > @cursor
    UNION SELECT message FROM claims WHERE agent = @agent AND message > @cursor
  `)
    .pluck();
  const counts = db.prepare<[number], { agent: string; outcome: OutcomeKind; count: number }>(
    "SELECT agent, outcome, count(*) AS count FROM outcomes WHERE at >= ? GROUP BY agent, outcome",
  );
  // Who declined made no claim, and most do: their rows are not looked up.
  const endedClaims = db.prepare<[number], EndedClaim>(`
    SELECT outcomes.agent, outcomes.message, claims.tier, outcomes.outcome, outcomes.at, outcomes.at - messages.said_at AS tookMs
    FROM outcomes
    JOIN claims ON claims.message = outcomes.message AND claims.agent = outcomes.agent
    JOIN messages ON messages.seq = outcomes.message
    WHERE outcomes.at >= ? AND outcomes.outcome <> 'declined' ORDER BY outcomes.at
  `);
  return {
    put: write(putOutcome),
    ofMessage: read((message: number) => ofMessage.all(message)),
    ofMessages: read((messages: readonly number[]) => ofMessages.all(JSON.stringify(messages))),
    decided: read((agent: string, cursor: number) => new Set(decided.all({ agent, cursor }))),
    counts: read((since: number) => counts.all(since)),
    endedClaims: read((since: number) => endedClaims.all(since)),
  };
}
