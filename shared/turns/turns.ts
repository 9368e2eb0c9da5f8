/** The turns of one agent as rows: begun, kept step by step, ended; and found again after a death. */
import { type Clock, type Random, systemRandom } from "../base/index.ts";
import type { CallOutcome, Entry, KeptCall, KeptStep, Source, ToolCall, TurnRecord } from "../engine/index.ts";
import { atomic, migrate, openDatabase } from "../sqlite/index.ts";
import { migrations } from "./migrations.ts";

export type TurnState = "running" | "waiting" | "answered" | "passed" | "stopped" | "failed";

export type TurnRow = {
  id: string;
  /** What it answers, as its starter wrote it. */
  about: Readonly<Record<string, unknown>>;
  entries: readonly Entry[];
  sources: readonly Source[];
  state: TurnState;
  because: string;
  /** How often it was begun. */
  lives: number;
  startedAt: number;
  changedAt: number;
};

/** A turn as it is to be run: from its start, or on from where a former life stopped. */
export type StartedTurn = { entries: readonly Entry[]; sources: readonly Source[]; record: TurnRecord; lives: number };

export interface Turns {
  /** Begins a turn, or goes on with the one of this id: then `entries` and `sources` are those it began with. */
  start(turn: Pick<TurnRow, "id" | "about" | "entries" | "sources">): Promise<StartedTurn>;
  /** How it ended, or that it waits. */
  end(id: string, state: Exclude<TurnState, "running">, because: string): Promise<void>;
  get(id: string): Promise<TurnRow | undefined>;
  /** The newest turns, newest first. */
  latest(limit: number): Promise<TurnRow[]>;
  /** What was kept of a turn, step by step: completions, and the calls of each. */
  story(id: string): Promise<(KeptStep & { step: number; calls: KeptCallRow[] })[]>;
  /** Deletes turns that nothing has happened to since this time. */
  forget(before: number): Promise<number>;
  close(): void;
}

export type KeptCallRow = {
  call: string;
  tool: string;
  arguments: string;
  state: "begun" | "ended";
  outcome: CallOutcome | undefined;
};

type Row = Omit<TurnRow, "about" | "entries" | "sources" | "startedAt" | "changedAt"> & {
  about: string;
  entries: string;
  sources: string;
  started_at: number;
  changed_at: number;
};
type StepRow = { step: number; steered: string; completion: string };
type CallRow = {
  call: string;
  step: number;
  tool: string;
  arguments: string;
  state: "begun" | "ended";
  outcome: string | null;
  passed: number;
};

/** Opens, creates and migrates the file. Throws DatabaseUnusable or SchemaMismatch with the next step. */
export async function openTurns({
  path,
  clock,
  random = systemRandom,
}: {
  path: string;
  clock: Clock;
  random?: Random;
}): Promise<Turns> {
  // FULL: an intent that a power cut takes away would let an effect happen twice.
  const db = openDatabase(path, { durability: "full" });
  try {
    await migrate(db, { what: `The turns ${path}`, migrations, clock });
  } catch (error) {
    db.close();
    throw error;
  }
  const { read, write } = atomic(db, { clock, random });

  const insert = db.prepare(`
    INSERT INTO turns (id, about, entries, sources, state, started_at, changed_at)
    VALUES (@id, @about, @entries, @sources, 'running', @now, @now)
    ON CONFLICT (id) DO UPDATE SET state = 'running', lives = lives + 1, changed_at = @now
  `);
  const get = db.prepare<[string], Row>("SELECT * FROM turns WHERE id = ?");
  const latest = db.prepare<[number], Row>("SELECT * FROM turns ORDER BY started_at DESC, id DESC LIMIT ?");
  const end = db.prepare("UPDATE turns SET state = ?, because = ?, changed_at = ? WHERE id = ?");
  const steps = db.prepare<[string], StepRow>("SELECT * FROM steps WHERE turn = ? ORDER BY step");
  const calls = db.prepare<[string], CallRow>("SELECT * FROM calls WHERE turn = ? ORDER BY step, at, call");
  const keepStep = db.prepare(
    "INSERT INTO steps (turn, step, steered, completion, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const begin = db.prepare(`
    INSERT INTO calls (turn, call, step, tool, arguments, effect_key, state, at)
    VALUES (@turn, @call, @step, @tool, @arguments, @effectKey, 'begun', @now) ON CONFLICT DO NOTHING
  `);
  const endCall = db.prepare(`
    INSERT INTO calls (turn, call, step, tool, arguments, effect_key, state, outcome, passed, at)
    VALUES (@turn, @call, @step, @tool, @arguments, '', 'ended', @outcome, @passed, @now)
    ON CONFLICT (turn, call) DO UPDATE SET state = 'ended', outcome = @outcome, passed = @passed
  `);
  const forget = db.prepare("DELETE FROM turns WHERE changed_at < ?");

  function recordOf(id: string): TurnRecord {
    const keptSteps = new Map(steps.all(id).map((row) => [row.step, stepOf(row)]));
    const keptCalls = new Map(calls.all(id).map((row) => [row.call, callOf(row)]));
    return {
      step: (step) => keptSteps.get(step),
      keepStep: write((step: number, { steered, completion }: KeptStep) => {
        keepStep.run(id, step, JSON.stringify(steered), JSON.stringify(completion), clock.now());
      }),
      call: (callId) => keptCalls.get(callId),
      begin: write((step: number, call: ToolCall, effectKey: string) => {
        begin.run({
          turn: id,
          call: call.id,
          step,
          tool: call.tool,
          arguments: call.arguments,
          effectKey,
          now: clock.now(),
        });
      }),
      end: write((step: number, call: ToolCall, outcome: CallOutcome, passed: boolean) => {
        endCall.run({
          turn: id,
          call: call.id,
          step,
          tool: call.tool,
          arguments: call.arguments,
          outcome: JSON.stringify(outcome),
          passed: passed ? 1 : 0,
          now: clock.now(),
        });
      }),
    };
  }

  return {
    start: write(({ id, about, entries, sources }: Pick<TurnRow, "id" | "about" | "entries" | "sources">) => {
      insert.run({
        id,
        about: JSON.stringify(about),
        entries: JSON.stringify(entries),
        sources: JSON.stringify(sources),
        now: clock.now(),
      });
      const row = get.get(id);
      if (row === undefined) throw new Error("a turn that was just written is gone");
      const kept = fromRow(row);
      return { entries: kept.entries, sources: kept.sources, record: recordOf(id), lives: kept.lives };
    }),
    end: write((id: string, state: Exclude<TurnState, "running">, because: string) => {
      end.run(state, because, clock.now(), id);
    }),
    get: read((id: string) => {
      const row = get.get(id);
      return row === undefined ? undefined : fromRow(row);
    }),
    latest: read((limit: number) => latest.all(limit).map(fromRow)),
    story: read((id: string) => {
      const rows = calls.all(id);
      return steps.all(id).map((row) => ({
        step: row.step,
        ...stepOf(row),
        calls: rows.filter(({ step }) => step === row.step).map(callRowOf),
      }));
    }),
    forget: write((before: number) => forget.run(before).changes),
    close: () => db.close(),
  };
}

function fromRow({ about, entries, sources, started_at, changed_at, ...row }: Row): TurnRow {
  return {
    ...row,
    about: JSON.parse(about) as Record<string, unknown>,
    entries: JSON.parse(entries) as Entry[],
    sources: JSON.parse(sources) as Source[],
    startedAt: started_at,
    changedAt: changed_at,
  };
}

function stepOf({ steered, completion }: StepRow): KeptStep {
  return {
    steered: JSON.parse(steered) as Entry[],
    completion: JSON.parse(completion) as KeptStep["completion"],
  };
}

function callOf({ outcome, passed }: CallRow): KeptCall {
  if (outcome === null) return { state: "begun" };
  return { state: "ended", outcome: JSON.parse(outcome) as CallOutcome, passed: passed === 1 };
}

function callRowOf({ call, tool, arguments: asked, state, outcome }: CallRow): KeptCallRow {
  return {
    call,
    tool,
    arguments: asked,
    state,
    outcome: outcome === null ? undefined : (JSON.parse(outcome) as CallOutcome),
  };
}
