/** The turns of one agent as rows: begun, kept step by step, ended; and found again after a death. */
import { type Clock, type Random, secret, systemRandom } from "../base/index.ts";
import type { Entry, KeptStep, Source, TurnRecord } from "../engine/index.ts";
import { atomic, type Database, migrate, openDatabase, type Patience, refuseOtherVersion } from "../sqlite/index.ts";
import { migrations } from "./migrations.ts";
import { createRecords, LEASE_MS } from "./record.ts";
import {
  type CallRow,
  callRowOf,
  fromRow,
  type GlanceRow,
  isHeld,
  type KeptCallRow,
  type Row,
  type StepRow,
  stepOf,
  type TurnGlance,
  type TurnRow,
  type TurnState,
} from "./rows.ts";

/** A turn as it is to be run: from its start, or on from where a former life stopped. */
export type StartedTurn = {
  started: true;
  entries: readonly Entry[];
  sources: readonly Source[];
  record: TurnRecord;
  lives: number;
};
/** Somebody else runs it now. */
export type RefusedTurn = { started: false; because: string };

export interface Turns {
  /**
   * Begins a turn, or goes on with the one of this id: then `entries` and `sources` are those it began with. Whoever begins
   * it holds it until `end` or `release`; meanwhile nobody else gets it, and of two lives in one process only the newer one
   * may begin calls.
   */
  start(turn: Pick<TurnRow, "id" | "about" | "entries" | "sources">): Promise<StartedTurn | RefusedTurn>;
  /** How it ended, or that it waits. */
  end(id: string, state: Exclude<TurnState, "running">, because: string): Promise<void>;
  /** Lets it go as it is: another life goes on with it. */
  release(id: string): Promise<void>;
  /**
   * A new turn of the id `as` that shares the record of `id` up to step `at`. What `id` did after that with effects is not
   * done again. Says why not when there is no such turn or step.
   */
  fork(id: string, fork: { as: string; at: number }): Promise<{ forked: true } | { forked: false; because: string }>;
  get(id: string): Promise<TurnRow | undefined>;
  /** Turns that have neither ended nor been given up, oldest first. */
  unfinished(): Promise<TurnRow[]>;
  /** The newest turns, newest first. */
  latest(limit: number): Promise<TurnRow[]>;
  /** The newest turns without what the model was told, newest first; with `before` those that began earlier. */
  glance(how: { limit: number; before?: number }): Promise<TurnGlance[]>;
  /** What was kept of a turn, step by step: completions, and the calls of each. */
  story(id: string): Promise<(KeptStep & { step: number; calls: KeptCallRow[] })[]>;
  /** Deletes turns that nothing has happened to since this time. */
  forget(before: number): Promise<number>;
  close(): void;
}

/**
 * Opens, creates and migrates the file; with `readonly` it only looks at one that is there. Throws DatabaseUnusable or
 * SchemaMismatch with the next step.
 */
export async function openTurns({
  path,
  clock,
  random = systemRandom,
  sole = false,
  readonly = false,
  patience,
  tune = () => {},
}: {
  path: string;
  clock: Clock;
  random?: Random;
  /** The opener has the agent's lock, so nobody else runs its turns: what a dead process held is free at once. */
  sole?: boolean;
  readonly?: boolean;
  /** Waits out a full disk: what a turn has to write down, it writes down before it goes on. */
  patience?: Patience | undefined;
  /** Sets up each connection once it is open, for whoever wants other limits than a process has: a test. */
  tune?(db: Database): void;
}): Promise<Turns> {
  // NORMAL survives the death of the process, and of the machine all but the last moments.
  const db = openDatabase(path, { durability: "normal", readonly });
  try {
    const schema = { what: `The file of turns ${path}`, migrations };
    if (readonly) refuseOtherVersion(db, schema);
    else await migrate(db, { ...schema, clock });
  } catch (error) {
    db.close();
    throw error;
  }
  tune(db);
  // Quietly: nobody watches this file.
  const { read, writeQuietly: write } = atomic(db, { clock, random, patience });
  // FULL, for the beginning of effects: one that a power cut takes away would let an effect happen twice. It forces
  // everything to the disk that was written before it.
  const sure = openDatabase(path, { durability: "full", readonly });
  tune(sure);
  const { writeQuietly: writeSurely } = atomic(sure, { clock, random, patience });

  /** Who holds turns through this opening of the file. */
  const holder = secret(8);
  const free = db.prepare("UPDATE turns SET holder = '', lease_until = 0 WHERE holder <> ''");
  if (sole) await write(() => void free.run())();

  const insert = db.prepare(`
    INSERT INTO turns (id, about, entries, sources, state, started_at, changed_at, holder, lease_until)
    VALUES (@id, @about, @entries, @sources, 'running', @now, @now, @holder, @until)
    ON CONFLICT (id) DO UPDATE SET
      state = 'running', lives = lives + 1, changed_at = @now, holder = @holder, lease_until = @until
  `);
  const release = db.prepare("UPDATE turns SET holder = '', lease_until = 0 WHERE id = ? AND holder = ?");
  const unfinished = db.prepare<[], Row>(
    "SELECT * FROM turns WHERE state IN ('running', 'waiting') ORDER BY started_at, id",
  );
  const forkTurn = db.prepare(`
    INSERT INTO turns (id, about, entries, sources, state, lives, started_at, changed_at, forked_from, forked_at)
    SELECT @as, about, entries, sources, 'running', 0, @now, @now, @id, @at FROM turns WHERE id = @id
  `);
  const forkSteps = db.prepare(`
    INSERT INTO steps (turn, step, steered, completion, at)
    SELECT @as, step, steered, completion, at FROM steps WHERE turn = @id AND step <= @at
  `);
  const forkCalls = db.prepare(`
    INSERT INTO calls (turn, call, step, tool, arguments, effect_key, state, outcome, passed, at)
    SELECT @as, call, step, tool, arguments, effect_key, state, outcome, passed, at FROM calls
    WHERE turn = @id AND step <= @at
  `);
  const get = db.prepare<[string], Row>("SELECT * FROM turns WHERE id = ?");
  const latest = db.prepare<[number], Row>("SELECT * FROM turns ORDER BY started_at DESC, id DESC LIMIT ?");
  const glance = db.prepare<[number, number], GlanceRow>(`
    SELECT id, about, state, because, lives, holder, lease_until, started_at, changed_at, forked_from, forked_at,
      (SELECT count(*) FROM steps WHERE turn = id) AS steps, (SELECT count(*) FROM calls WHERE turn = id) AS calls
    FROM turns WHERE started_at < ? ORDER BY started_at DESC, id DESC LIMIT ?
  `);
  const end = db.prepare(
    "UPDATE turns SET state = ?, because = ?, changed_at = ?, holder = '', lease_until = 0 WHERE id = ?",
  );
  const steps = db.prepare<[string], StepRow>("SELECT * FROM steps WHERE turn = ? ORDER BY step");
  const calls = db.prepare<[string], CallRow>("SELECT * FROM calls WHERE turn = ? ORDER BY step, at, call");
  // What a fork must not repeat stands in the turn it was forked from.
  const forget = db.prepare(`
    DELETE FROM turns WHERE changed_at < @before
      AND id NOT IN (SELECT forked_from FROM turns WHERE forked_from IS NOT NULL AND changed_at >= @before)
  `);

  const recordOf = createRecords({ db, sure, write, writeSurely, clock, holder });
  const rowOf = (row: Row): TurnRow => fromRow(row, clock.now());

  return {
    start: write(({ id, about, entries, sources }: Pick<TurnRow, "id" | "about" | "entries" | "sources">) => {
      const now = clock.now();
      const before = get.get(id);
      if (before !== undefined && before.holder !== holder && isHeld(before, now)) {
        const because = `the turn "${id}" is being run by another process; it is free at ${new Date(before.lease_until).toISOString()} if that one shows no sign of life`;
        return { started: false as const, because };
      }
      insert.run({
        id,
        about: JSON.stringify(about),
        entries: JSON.stringify(entries),
        sources: JSON.stringify(sources),
        now,
        holder,
        until: now + LEASE_MS,
      });
      const row = get.get(id);
      if (row === undefined) throw new Error("a turn that was just written is gone");
      const kept = fromRow(row, now);
      const { lives } = kept;
      return { started: true as const, entries: kept.entries, sources: kept.sources, record: recordOf(row), lives };
    }),
    end: write((id: string, state: Exclude<TurnState, "running">, because: string) => {
      end.run(state, because, clock.now(), id);
    }),
    release: write((id: string) => void release.run(id, holder)),
    fork: write((id: string, { as, at }: { as: string; at: number }) => {
      const kept = steps.all(id).length;
      if (get.get(id) === undefined) return { forked: false as const, because: `there is no turn "${id}"` };
      if (at < 0 || at > kept) {
        const because = kept === 0 ? "it has no step yet" : `it has the steps 1 to ${kept}, and 0 is its beginning`;
        return { forked: false as const, because };
      }
      const copy = { id, as, at };
      forkTurn.run({ ...copy, now: clock.now() });
      forkSteps.run(copy);
      forkCalls.run(copy);
      return { forked: true as const };
    }),
    unfinished: read(() => unfinished.all().map(rowOf)),
    get: read((id: string) => {
      const row = get.get(id);
      return row === undefined ? undefined : rowOf(row);
    }),
    latest: read((limit: number) => latest.all(limit).map(rowOf)),
    glance: read(({ limit, before = Number.MAX_SAFE_INTEGER }: { limit: number; before?: number }) =>
      glance.all(before, limit).map(({ steps: taken, calls: made, ...row }) => {
        const { entries: _, sources: __, ...turn } = rowOf({ ...row, entries: "[]", sources: "[]" });
        return { ...turn, steps: taken, calls: made };
      }),
    ),
    story: read((id: string) => {
      const rows = calls.all(id);
      return steps.all(id).map((row) => ({
        step: row.step,
        ...stepOf(row),
        calls: rows.filter(({ step }) => step === row.step).map(callRowOf),
      }));
    }),
    forget: write((before: number) => forget.run({ before }).changes),
    close() {
      sure.close();
      db.close();
    },
  };
}
