/** Scheduled work: each due instant of a job has one row, whoever plans it, and is begun once, whoever tries to. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import type { Tell } from "./events.ts";
import { maybe } from "./maybe.ts";

export type OccurrenceState = "waiting" | "running" | "ran" | "skipped" | "missed" | "failed" | "blocked";
/** How an occurrence can end. `skipped`: there was nothing to do. `blocked`: something that the job needs is not set. */
export type OccurrenceEnd = Exclude<OccurrenceState, "waiting" | "running">;

export type Occurrence = {
  job: string;
  dueAt: number;
  state: OccurrenceState;
  because: string;
  /** Whether a person asked for it outside the timetable, and whether it may change anything. */
  asked: "" | "run" | "dry";
  attempts: number;
  startedAt: number;
  endedAt: number | null;
};

/** One due instant, and what shall become of it: it waits for its start, or has ended already. */
export type Planned = { dueAt: number } & (
  | { state: "waiting"; startAt: number }
  | { state: "missed" | "skipped"; because: string }
);

export interface Occurrences {
  /** Up to when the due instants of this job have occurrences; undefined when it was never planned. */
  plannedTo(job: string): Promise<number | undefined>;
  /** Writes due instants and moves the mark from `from` to `to`, in one step. False when somebody else moved it first. */
  plan(
    job: string,
    span: { from: number | undefined; to: number },
    instants: readonly Planned[],
    lane?: string,
  ): Promise<boolean>;
  /** A person wants it now. Returns the occurrence's time, which is its name. */
  ask(job: string, asked: "run" | "dry", by: string, lane?: string): Promise<number>;
  /** What waits and may start now, oldest first. */
  startable(): Promise<Occurrence[]>;
  /** When the next waiting one may start; Infinity when none waits. */
  nextStart(): Promise<number>;
  /** True for the one caller that may run this instant of the job; false too while its lane is taken. */
  begin(job: string, dueAt: number, run?: { lane?: string; owner?: string }): Promise<boolean>;
  /** It still runs. */
  renew(job: string, dueAt: number): Promise<void>;
  finish(job: string, dueAt: number, state: OccurrenceEnd, because: string): Promise<void>;
  /** This try failed: another one starts at `startAt`. */
  retry(job: string, dueAt: number, startAt: number, because: string): Promise<void>;
  /**
   * What others left running has failed: nobody knows what it did, so it is not run again. Returns which. Jobs of `goOn`
   * find what they have done: theirs waits, and is begun again.
   */
  closeInterrupted(owner?: string, goOn?: readonly string[]): Promise<Pick<Occurrence, "job" | "dueAt">[]>;
  get(job: string, dueAt: number): Promise<Occurrence | undefined>;
  /** The newest occurrence of each job. */
  latest(): Promise<Occurrence[]>;
  history(job: string, limit: number): Promise<Occurrence[]>;
  /** How many due instants of each job were missed, failed or blocked since this time. */
  gaps(
    since: number,
  ): Promise<{ job: string; state: OccurrenceState; count: number; lastAt: number; because: string }[]>;
  /** Deletes ended occurrences that were due before this time. Returns how many. */
  prune(before: number): Promise<number>;
}

/** A supervisor that runs a job says so this often … */
export const RUN_RENEW_MS = 20_000;
/** … and has ended, or sleeps, when it has not said so for this long. */
const RUN_LEASE_MS = 60_000;

type Row = Omit<Occurrence, "dueAt" | "startedAt" | "endedAt"> & {
  due_at: number;
  started_at: number;
  ended_at: number | null;
};

const COLUMNS = "job, due_at, state, because, asked, attempts, started_at, ended_at";

/** Left running by another life of a supervisor. A lease from the far future was given before the clock jumped back. */
const LEFT = `state = 'running' AND owner <> @owner AND (lease_until < @now OR lease_until - @now > ${RUN_LEASE_MS})`;

export function createOccurrences(
  db: Database,
  { read, write, writeLightly }: Atomic,
  clock: Clock,
  tell: Tell,
): Occurrences {
  const plannedTo = db.prepare<[string], number | null>("SELECT planned_to FROM jobs WHERE name = ?").pluck();
  const mark = db.prepare(
    "INSERT INTO jobs (name, planned_to) VALUES (@job, @to) ON CONFLICT (name) DO UPDATE SET planned_to = @to",
  );
  const insert = db.prepare(`
    INSERT INTO occurrences (job, due_at, state, because, asked, lane, start_at, started_at, ended_at)
    VALUES (@job, @dueAt, @state, @because, @asked, @lane, @startAt, @now, CASE @state WHEN 'waiting' THEN NULL ELSE @now END)
    ON CONFLICT DO NOTHING
  `);
  const startable = db.prepare<[number], Row>(
    `SELECT ${COLUMNS} FROM occurrences WHERE state = 'waiting' AND start_at <= ? ORDER BY due_at, job`,
  );
  const nextStart = db
    .prepare<[], number | null>("SELECT min(start_at) FROM occurrences WHERE state = 'waiting'")
    .pluck();
  const laneTaken = db
    .prepare<[string], number>("SELECT count(*) FROM occurrences WHERE lane = ? AND state = 'running'")
    .pluck();
  const begin = db.prepare(`
    INSERT INTO occurrences (job, due_at, state, lane, start_at, attempts, owner, lease_until, started_at)
    VALUES (@job, @dueAt, 'running', @lane, @dueAt, 1, @owner, @leaseUntil, @now)
    ON CONFLICT (job, due_at) DO UPDATE
    SET state = 'running', lane = @lane, attempts = attempts + 1, owner = @owner, lease_until = @leaseUntil, started_at = @now
    WHERE state = 'waiting'
  `);
  const renew = db.prepare("UPDATE occurrences SET lease_until = ? WHERE job = ? AND due_at = ? AND state = 'running'");
  const finish = db.prepare(
    "UPDATE occurrences SET state = ?, because = ?, ended_at = ? WHERE job = ? AND due_at = ? AND state IN ('waiting', 'running')",
  );
  const retry = db.prepare(
    "UPDATE occurrences SET state = 'waiting', start_at = ?, because = ? WHERE job = ? AND due_at = ? AND state = 'running'",
  );
  const interrupted = db.prepare<[Record<string, string | number>], Row>(`
    UPDATE occurrences SET state = 'failed', because = 'the supervisor ended while it ran', ended_at = @now
    WHERE ${LEFT} RETURNING ${COLUMNS}
  `);
  const left = db.prepare<[Record<string, string | number>]>(`
    UPDATE occurrences SET state = 'waiting', because = 'the supervisor ended while it ran', start_at = @now
    WHERE ${LEFT} AND job IN (SELECT value FROM json_each(@goOn))
  `);
  const get = db.prepare<[string, number], Row>(`SELECT ${COLUMNS} FROM occurrences WHERE job = ? AND due_at = ?`);
  // From job to job along the primary key: a group over all occurrences would read every one of them.
  const latest = db.prepare<[], Row>(`
    WITH RECURSIVE names (name) AS (
      SELECT min(job) FROM occurrences
      UNION ALL SELECT (SELECT min(job) FROM occurrences WHERE job > name) FROM names WHERE name IS NOT NULL
    )
    SELECT ${COLUMNS} FROM names JOIN occurrences
    ON job = name AND due_at = (SELECT max(due_at) FROM occurrences WHERE job = name) ORDER BY job
  `);
  const history = db.prepare<[string, number], Row>(
    `SELECT ${COLUMNS} FROM occurrences WHERE job = ? ORDER BY due_at DESC LIMIT ?`,
  );
  // SQLite takes the other columns from the row that max() found.
  const gaps = db.prepare<
    [number],
    { job: string; state: OccurrenceState; count: number; lastAt: number; because: string }
  >(`
    SELECT job, state, count(*) AS count, max(due_at) AS lastAt, because FROM occurrences
    WHERE due_at >= ? AND state IN ('missed', 'failed', 'blocked') GROUP BY job, state ORDER BY job, state
  `);
  const prune = db.prepare("DELETE FROM occurrences WHERE due_at < ? AND ended_at IS NOT NULL");
  const anyLeft = db.prepare<[Record<string, string | number>], unknown>(
    `SELECT 1 FROM occurrences WHERE ${LEFT} LIMIT 1`,
  );
  const isAnyLeft = read((owner: string) => anyLeft.get({ owner, now: clock.now() }) !== undefined);
  const closeLeft = write((owner: string, goOn: readonly string[]) => {
    const now = clock.now();
    left.run({ owner, now, goOn: JSON.stringify(goOn) });
    return interrupted.all({ owner, now }).map(fromRow);
  });

  return {
    plannedTo: read((job: string) => plannedTo.get(job) ?? undefined),
    plan: write(
      (
        job: string,
        { from, to }: { from: number | undefined; to: number },
        instants: readonly Planned[],
        lane: string = job,
      ) => {
        if ((plannedTo.get(job) ?? undefined) !== from) return false;
        const now = clock.now();
        for (const one of instants) {
          const startAt = one.state === "waiting" ? one.startAt : one.dueAt;
          const because = one.state === "waiting" ? "" : one.because;
          insert.run({ job, dueAt: one.dueAt, state: one.state, because, asked: "", lane, startAt, now });
        }
        mark.run({ job, to });
        return true;
      },
    ),
    ask: write((job: string, asked: "run" | "dry", by: string, lane: string = job) => {
      const now = clock.now();
      let dueAt = now;
      const row = { job, state: "waiting", because: `asked for by ${by}`, asked, lane, startAt: now, now };
      while (insert.run({ ...row, dueAt }).changes === 0) dueAt++;
      return dueAt;
    }),
    startable: read(() => startable.all(clock.now()).map(fromRow)),
    nextStart: read(() => nextStart.get() ?? Number.POSITIVE_INFINITY),
    begin: write((job: string, dueAt: number, { lane = job, owner = "" }: { lane?: string; owner?: string } = {}) => {
      if ((laneTaken.get(lane) ?? 0) > 0) return false;
      const now = clock.now();
      return begin.run({ job, dueAt, lane, owner, leaseUntil: now + RUN_LEASE_MS, now }).changes === 1;
    }),
    renew: writeLightly((job: string, dueAt: number) => void renew.run(clock.now() + RUN_LEASE_MS, job, dueAt)),
    finish: write((job: string, dueAt: number, state: OccurrenceEnd, because: string) => {
      if (finish.run(state, because, clock.now(), job, dueAt).changes === 0) return;
      // A job that found nothing to do is no news.
      if (state !== "skipped") tell("job ended", {}, { job, dueAt, state, because });
    }),
    retry: write((job: string, dueAt: number, startAt: number, because: string) => {
      if (retry.run(startAt, because, job, dueAt).changes === 1)
        tell("job waits for its next try", {}, { job, dueAt, because });
    }),
    // Looking is a read; only what was left takes the write lock.
    closeInterrupted: async (owner = "", goOn: readonly string[] = []) =>
      (await isAnyLeft(owner)) ? closeLeft(owner, goOn) : [],
    get: read((job: string, dueAt: number) => maybe(get.get(job, dueAt), fromRow)),
    latest: read(() => latest.all().map(fromRow)),
    history: read((job: string, limit: number) => history.all(job, limit).map(fromRow)),
    gaps: read((since: number) => gaps.all(since)),
    prune: write((before: number) => prune.run(before).changes),
  };
}

function fromRow({ due_at, started_at, ended_at, ...row }: Row): Occurrence {
  return { ...row, dueAt: due_at, startedAt: started_at, endedAt: ended_at };
}
