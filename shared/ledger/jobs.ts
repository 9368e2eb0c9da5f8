/** What is known of jobs between their runs: failures in a row, who wants them quiet, what they remember, and jobs that people added. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import type { Tell } from "./events.ts";

export type JobStanding = {
  name: string;
  /** Failures in a row, and whether a person was told of them. */
  failures: number;
  alerted: boolean;
  /** Left alone until then, after failures. */
  restUntil: number;
  /** What it has to say is kept back until then; MUTED: for good. */
  quietUntil: number;
  /** What a person added, as that person's tool wrote it; null for a job that comes with KAOS. */
  added: string | null;
};

/** What a job writes down for its next runs. */
export type Note = { key: string; value: string };

/** Writes a job's notes, inside a write step. */
export type Remember = (job: string, notes: readonly Note[]) => void;

/** Until the end of time. */
export const MUTED = Number.MAX_SAFE_INTEGER;

export interface Jobs {
  standing(name: string): Promise<JobStanding>;
  standings(): Promise<JobStanding[]>;
  /** One more failure in a row; returns how it stands now. */
  failed(name: string, restUntil: number): Promise<JobStanding>;
  /** A run that did not fail. Returns how it stood before. */
  succeeded(name: string): Promise<JobStanding>;
  alerted(name: string): Promise<void>;
  quiet(name: string, until: number): Promise<void>;
  /** False when there is a job of this name. */
  add(name: string, added: string): Promise<boolean>;
  /** Takes away what a person added. False when there is none. */
  remove(name: string): Promise<boolean>;
  /** What this job wrote down under this key. */
  recall(job: string, key: string): Promise<string | undefined>;
  /** What it wrote down under keys that begin like this, oldest first. */
  notesOf(job: string, beginning: string): Promise<{ key: string; value: string; at: number }[]>;
  /** Which of these keys it has written down. */
  known(job: string, keys: readonly string[]): Promise<string[]>;
  remember(job: string, notes: readonly Note[]): Promise<void>;
  /** Deletes notes that are older than this. Returns how many. */
  forget(before: number): Promise<number>;
}

type Row = {
  name: string;
  failures: number;
  alerted: number;
  rest_until: number;
  quiet_until: number;
  added: string | null;
};

export function createRemember(db: Database, clock: Clock): Remember {
  const remember = db.prepare(`
    INSERT INTO job_notes (job, key, value, at) VALUES (@job, @key, @value, @at)
    ON CONFLICT (job, key) DO UPDATE SET value = @value, at = @at
  `);
  return (job, notes) => {
    for (const note of notes) remember.run({ job, ...note, at: clock.now() });
  };
}

type Deps = { db: Database; atomic: Atomic; clock: Clock; tell: Tell; remember: Remember };

export function createJobs({ db, atomic: { read, write }, clock, tell, remember }: Deps): Jobs {
  const get = db.prepare<[string], Row>("SELECT * FROM jobs WHERE name = ?");
  const all = db.prepare<[], Row>("SELECT * FROM jobs ORDER BY name");
  const make = db.prepare("INSERT INTO jobs (name) VALUES (?) ON CONFLICT DO NOTHING");
  const failed = db.prepare("UPDATE jobs SET failures = failures + 1, rest_until = ? WHERE name = ?");
  const succeeded = db.prepare("UPDATE jobs SET failures = 0, alerted = 0, rest_until = 0 WHERE name = ?");
  const alerted = db.prepare("UPDATE jobs SET alerted = 1 WHERE name = ?");
  const quiet = db.prepare("UPDATE jobs SET quiet_until = ? WHERE name = ?");
  const add = db.prepare("UPDATE jobs SET added = ?, planned_to = ? WHERE name = ? AND added IS NULL");
  const remove = db.prepare("DELETE FROM jobs WHERE name = ? AND added IS NOT NULL");
  const dropWaiting = db.prepare(
    "UPDATE occurrences SET state = 'missed', because = 'the job was taken away', ended_at = ? WHERE job = ? AND state = 'waiting'",
  );
  const recall = db.prepare<[string, string], string>("SELECT value FROM job_notes WHERE job = ? AND key = ?").pluck();
  const known = db
    .prepare<[string, string], string>(
      "SELECT key FROM job_notes WHERE job = ? AND key IN (SELECT value FROM json_each(?))",
    )
    .pluck();
  const notesOf = db.prepare<[Record<string, string>], { key: string; value: string; at: number }>(`
    SELECT key, value, at FROM job_notes
    WHERE job = CAST(@job AS TEXT) AND substr(key, 1, length(@beginning)) = CAST(@beginning AS TEXT) ORDER BY at, key
  `);
  const forget = db.prepare("DELETE FROM job_notes WHERE at < ?");

  function standing(name: string): JobStanding {
    const row = get.get(name);
    return row === undefined
      ? { name, failures: 0, alerted: false, restUntil: 0, quietUntil: 0, added: null }
      : fromRow(row);
  }

  return {
    standing: read(standing),
    standings: read(() => all.all().map(fromRow)),
    failed: write((name: string, restUntil: number) => {
      make.run(name);
      failed.run(restUntil, name);
      return standing(name);
    }),
    succeeded: write((name: string) => {
      const before = standing(name);
      if (before.failures > 0) succeeded.run(name);
      return before;
    }),
    alerted: write((name: string) => void alerted.run(name)),
    quiet: write((name: string, until: number) => {
      make.run(name);
      quiet.run(until, name);
      tell("job quietened", {}, { job: name, until });
    }),
    add: write((name: string, added: string) => {
      if (get.get(name) !== undefined) return false;
      make.run(name);
      add.run(added, clock.now(), name);
      tell("job added", {}, { job: name });
      return true;
    }),
    remove: write((name: string) => {
      if (remove.run(name).changes === 0) return false;
      dropWaiting.run(clock.now(), name);
      tell("job taken away", {}, { job: name });
      return true;
    }),
    recall: read((job: string, key: string) => recall.get(job, key)),
    notesOf: read((job: string, beginning: string) => notesOf.all({ job, beginning })),
    known: read((job: string, keys: readonly string[]) => known.all(job, JSON.stringify(keys))),
    remember: write(remember),
    forget: write((before: number) => forget.run(before).changes),
  };
}

function fromRow({ alerted, rest_until, quiet_until, name, failures, added }: Row): JobStanding {
  return { name, failures, added, alerted: alerted === 1, restUntil: rest_until, quietUntil: quiet_until };
}
