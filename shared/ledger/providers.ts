/** The providers of every chain as the agents that ask them know them, for whoever looks. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";

/** One link of a chain as one agent knows it. */
export type ProviderStanding = {
  tier: "lite" | "standard";
  /** In the chain, from 1. */
  place: number;
  provider: string;
  model: string;
  /** In a row; 0 after an answer. */
  failures: number;
  /** It is left alone until then; 0 when it never was. */
  restUntil: number;
  /** Of its last answer to this process; null: there was none yet. */
  answered: { at: number; latencyMs: number } | null;
  failed: { at: number; failure: string; because: string } | null;
};

export interface Providers {
  /** What an agent's process knows now, in place of what it said before. */
  report(agent: string, standings: readonly ProviderStanding[]): Promise<void>;
  /** All that agents said last, by tier and place. */
  all(): Promise<(ProviderStanding & { agent: string; toldAt: number })[]>;
}

type Row = Omit<ProviderStanding, "answered" | "failed" | "restUntil"> & {
  agent: string;
  rest_until: number;
  answered_at: number | null;
  latency_ms: number | null;
  failed_at: number | null;
  failure: string | null;
  because: string | null;
  told_at: number;
};

export function createProviders(db: Database, { read, writeQuietly }: Atomic, clock: Clock): Providers {
  const clear = db.prepare<[string]>("DELETE FROM providers WHERE agent = ?");
  const insert = db.prepare<[Record<string, string | number | null>]>(`
    INSERT INTO providers
      (agent, tier, place, provider, model, failures, rest_until, answered_at, latency_ms, failed_at, failure, because, told_at)
    VALUES
      (@agent, @tier, @place, @provider, @model, @failures, @restUntil, @answeredAt, @latencyMs, @failedAt, @failure, @because, @now)
  `);
  const all = db.prepare<[], Row>("SELECT * FROM providers ORDER BY tier DESC, place, agent");
  return {
    report: writeQuietly((agent: string, standings: readonly ProviderStanding[]) => {
      clear.run(agent);
      for (const { answered, failed, ...standing } of standings)
        insert.run({
          agent,
          ...standing,
          answeredAt: answered?.at ?? null,
          latencyMs: answered?.latencyMs ?? null,
          failedAt: failed?.at ?? null,
          failure: failed?.failure ?? null,
          because: failed?.because ?? null,
          now: clock.now(),
        });
    }),
    all: read(() => all.all().map(fromRow)),
  };
}

function fromRow(row: Row): ProviderStanding & { agent: string; toldAt: number } {
  const { rest_until, answered_at, latency_ms, failed_at, failure, because, told_at, ...rest } = row;
  return {
    ...rest,
    restUntil: rest_until,
    answered: answered_at === null ? null : { at: answered_at, latencyMs: latency_ms ?? 0 },
    failed: failed_at === null ? null : { at: failed_at, failure: failure ?? "", because: because ?? "" },
    toldAt: told_at,
  };
}
