/** Scheduled work: each due instant of a job has one row, whoever tries to begin it. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import type { Tell } from "./events.ts";

export type OccurrenceState = "running" | "ran" | "skipped" | "missed" | "failed";
export type Occurrence = {
  job: string;
  dueAt: number;
  state: OccurrenceState;
  because: string;
  startedAt: number;
  endedAt: number | null;
};

export interface Occurrences {
  /** True for the one caller that may run this instant of the job. */
  begin(job: string, dueAt: number): Promise<boolean>;
  finish(job: string, dueAt: number, state: Exclude<OccurrenceState, "running">, because: string): Promise<void>;
  /** What a supervisor that ended left running has failed. Returns how many. */
  closeInterrupted(): Promise<number>;
  /** The newest occurrence of each job. */
  latest(): Promise<Occurrence[]>;
  history(job: string, limit: number): Promise<Occurrence[]>;
  /** Deletes ended occurrences that were due before this time. Returns how many. */
  prune(before: number): Promise<number>;
}

type Row = {
  job: string;
  due_at: number;
  state: OccurrenceState;
  because: string;
  started_at: number;
  ended_at: number | null;
};

export function createOccurrences(db: Database, { read, write }: Atomic, clock: Clock, tell: Tell): Occurrences {
  const begin = db.prepare(
    "INSERT INTO occurrences (job, due_at, state, started_at) VALUES (?, ?, 'running', ?) ON CONFLICT DO NOTHING",
  );
  const finish = db.prepare(
    "UPDATE occurrences SET state = ?, because = ?, ended_at = ? WHERE job = ? AND due_at = ? AND state = 'running'",
  );
  const interrupted = db.prepare(
    "UPDATE occurrences SET state = 'failed', because = 'the supervisor ended while it ran', ended_at = ? WHERE state = 'running'",
  );
  const latest = db.prepare<[], Row>(
    "SELECT * FROM occurrences WHERE (job, due_at) IN (SELECT job, max(due_at) FROM occurrences GROUP BY job) ORDER BY job",
  );
  const history = db.prepare<[string, number], Row>(
    "SELECT * FROM occurrences WHERE job = ? ORDER BY due_at DESC LIMIT ?",
  );
  const prune = db.prepare("DELETE FROM occurrences WHERE due_at < ? AND state <> 'running'");
  return {
    begin: write((job: string, dueAt: number) => begin.run(job, dueAt, clock.now()).changes === 1),
    finish: write((job: string, dueAt: number, state: Exclude<OccurrenceState, "running">, because: string) => {
      if (finish.run(state, because, clock.now(), job, dueAt).changes === 0) return;
      // A job that found nothing to do is no news.
      if (state !== "skipped") tell("job ended", {}, { job, dueAt, state, because });
    }),
    closeInterrupted: write(() => interrupted.run(clock.now()).changes),
    latest: read(() => latest.all().map(fromRow)),
    history: read((job: string, limit: number) => history.all(job, limit).map(fromRow)),
    prune: write((before: number) => prune.run(before).changes),
  };
}

function fromRow({ due_at, started_at, ended_at, ...row }: Row): Occurrence {
  return { ...row, dueAt: due_at, startedAt: started_at, endedAt: ended_at };
}
