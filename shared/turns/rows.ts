/** A turn, its steps and its calls as they stand in the tables, and reading them. */
import type { CallOutcome, Entry, KeptCall, KeptStep, Source } from "../engine/index.ts";

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
  /** Whether somebody runs it now, or did so shortly before the death of their process. */
  held: boolean;
  /** The turn whose beginning it shares, and up to which step. */
  forkedFrom: string | null;
  forkedAt: number | null;
};

/** A turn as a list shows it, with how many steps and calls it took so far. */
export type TurnGlance = Omit<TurnRow, "entries" | "sources"> & { steps: number; calls: number };

export type KeptCallRow = {
  call: string;
  tool: string;
  arguments: string;
  state: "begun" | "ended";
  outcome: CallOutcome | undefined;
  /** Whether it ended its turn in silence. */
  passed: boolean;
};

/** A row of `turns`. */
export type Row = Pick<TurnRow, "id" | "state" | "because" | "lives"> & {
  forked_from: string | null;
  forked_at: number | null;
  holder: string;
  lease_until: number;
  about: string;
  entries: string;
  sources: string;
  started_at: number;
  changed_at: number;
};
export type GlanceRow = Omit<Row, "entries" | "sources"> & { steps: number; calls: number };
/** A row of `steps`. */
export type StepRow = { step: number; steered: string; completion: string };
/** A row of `calls`. */
export type CallRow = {
  call: string;
  step: number;
  tool: string;
  arguments: string;
  state: "begun" | "ended";
  outcome: string | null;
  passed: number;
};

/** Whether somebody runs it, or died while running it and is still waited for. */
export function isHeld({ holder, lease_until: until }: Row, now: number): boolean {
  return holder !== "" && until > now;
}

/** The turn of a row. */
export function fromRow(row: Row, now: number): TurnRow {
  const { about, entries, sources, started_at, changed_at, forked_from, forked_at } = row;
  const { id, state, because, lives } = row;
  return {
    ...{ id, state, because, lives, forkedFrom: forked_from, forkedAt: forked_at },
    held: isHeld(row, now),
    about: JSON.parse(about) as Record<string, unknown>,
    entries: JSON.parse(entries) as Entry[],
    sources: JSON.parse(sources) as Source[],
    startedAt: started_at,
    changedAt: changed_at,
  };
}

/** The step of a row. */
export function stepOf({ steered, completion }: StepRow): KeptStep {
  return {
    steered: JSON.parse(steered) as Entry[],
    completion: JSON.parse(completion) as KeptStep["completion"],
  };
}

/** The call of a row, for a turn that goes on. */
export function callOf({ outcome, passed }: CallRow): KeptCall {
  if (outcome === null) return { state: "begun" };
  return { state: "ended", outcome: JSON.parse(outcome) as CallOutcome, passed: passed === 1 };
}

/** The call of a row, for whoever reads the story of a turn. */
export function callRowOf({ call, tool, arguments: asked, state, outcome, passed }: CallRow): KeptCallRow {
  return {
    call,
    tool,
    arguments: asked,
    state,
    outcome: outcome === null ? undefined : (JSON.parse(outcome) as CallOutcome),
    passed: passed === 1,
  };
}
