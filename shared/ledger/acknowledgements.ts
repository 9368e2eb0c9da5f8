/** Which anomalies a person has seen: those are not shown again. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";

export interface Acknowledgements {
  /** A person has seen it. Saying so again changes nothing. */
  add(anomaly: string, by: string): Promise<void>;
  /** Those that somebody has seen. */
  all(): Promise<ReadonlySet<string>>;
}

/** An anomaly is about a day; after a month nobody asks for it any more. */
const KEPT_MS = 31 * 86_400_000;

export function createAcknowledgements(db: Database, { read, write }: Atomic, clock: Clock): Acknowledgements {
  const add = db.prepare<[string, string, number]>(
    "INSERT INTO acknowledgements (anomaly, by, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const forget = db.prepare<[number]>("DELETE FROM acknowledgements WHERE at < ?");
  const all = db.prepare<[], string>("SELECT anomaly FROM acknowledgements").pluck();
  return {
    add: write((anomaly: string, by: string) => {
      forget.run(clock.now() - KEPT_MS);
      add.run(anomaly, by, clock.now());
    }),
    all: read(() => new Set(all.all())),
  };
}
