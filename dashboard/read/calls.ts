/** The tool calls of all agents as one trail, newest first: each with what was decided about it and what came of it. */

import { type AuditFilter, type AuditLine, readAudit, recentSessions } from "../../shared/audit/index.ts";
import { messageOf } from "../../shared/base/index.ts";

/** The log of one agent. */
export type Log = { agent: string; path: string };

/** One call, or something that happened to the log itself. */
export type Entry = {
  agent: string;
  seq: number;
  at: number;
  turn: string;
  /** The conversation; empty for a turn that stands alone, and for lines that were written without it. */
  session: string;
} & (
  | {
      kind: "call";
      tool: string;
      effects: string;
      /** As they were written down: without secrets, and cut when they were long. */
      arguments: unknown;
      decision: { allow: boolean | "ask"; because: string };
      /** Undefined while it runs, or when its process died. */
      result: { class: string; text: string; latencyMs: number } | undefined;
    }
  | { kind: "note"; event: string; says: string }
);

export type CallFilter = Pick<AuditFilter, "tool" | "class" | "turn" | "session" | "since" | "until">;

/** Of each agent the number below which the next page begins. */
export type Cursor = ReadonlyMap<string, number>;

/** `failed` are logs that could not be read, each with the reason. */
export type Trail = { entries: Entry[]; next: Cursor | undefined; failed: { agent: string; because: string }[] };

/** A call and its result are two lines. */
const LINES_PER_ENTRY = 2;
/** Lines that are looked through for the other halves of calls. */
const TURNS_LINES_MAX = 2_000;

/** Reads one page of the trail. The logs stay in their own order, whatever their clocks did. */
export function readTrail(logs: readonly Log[], filter: CallFilter, before: Cursor, limit: number): Trail {
  const failed: Trail["failed"] = [];
  const heads = logs.flatMap((log) => {
    try {
      return [{ agent: log.agent, ...entriesOf(log, filter, before.get(log.agent), limit) }];
    } catch (error) {
      failed.push({ agent: log.agent, because: messageOf(error) });
      return [];
    }
  });
  const entries: Entry[] = [];
  const next = new Map(before);
  while (entries.length < limit) {
    // A log that was not read to its end may go on with something newer than what the others have.
    if (heads.some(({ entries: rest, more }) => rest.length === 0 && more)) break;
    const newest = heads
      .filter(({ entries: rest }) => rest.length > 0)
      .reduce<(typeof heads)[number] | undefined>(
        (best, one) => (best === undefined || atOf(one) > atOf(best) ? one : best),
        undefined,
      );
    const entry = newest?.entries.shift();
    if (entry === undefined) break;
    entries.push(entry);
    next.set(entry.agent, entry.seq);
  }
  const more = heads.some(({ entries: rest, more }) => rest.length > 0 || more);
  return { entries, next: more ? next : undefined, failed };
}

/** The conversations that calls were lately made in; logs that cannot be read have none. */
export function sessionsIn(logs: readonly Log[]): string[] {
  const found = logs.flatMap(({ path }) => {
    try {
      return recentSessions(path);
    } catch {
      // The trail itself says which log it is, and why.
      return [];
    }
  });
  return [...new Set(found)].toSorted();
}

/** Every line of these logs that the filter lets through, as it was written, one log after the other, newest first. */
export function* exportLines(logs: readonly Log[], filter: CallFilter): Generator<string> {
  const batch = 500;
  for (const { path } of logs) {
    let before: number | undefined;
    for (;;) {
      const lines = readAudit(path, { ...filter, ...(before !== undefined && { before }) }, batch);
      for (const line of lines) yield `${JSON.stringify(line)}\n`;
      before = lines.at(-1)?.seq;
      if (lines.length < batch) break;
    }
  }
}

function atOf({ entries: [first] }: { entries: readonly Entry[] }): number {
  return first?.at ?? 0;
}

function entriesOf(
  { agent, path }: Log,
  filter: CallFilter,
  before: number | undefined,
  limit: number,
): { entries: Entry[]; more: boolean } {
  const from = { ...filter, ...(before !== undefined && { before }) };
  if (filter.class !== undefined) {
    const results = readAudit(path, { ...from, event: "tool_result" }, limit);
    const around = linesAround(path, results);
    return {
      entries: results.flatMap((result) => {
        const call = around.filter(isSame(result)).find(({ seq, event }) => seq < result.seq && event === "tool_call");
        // Numbered by its result, by which it is found: so the next page goes on below it.
        return call === undefined ? [] : [{ ...entryOf(agent, call, result), seq: result.seq }];
      }),
      more: results.length === limit,
    };
  }
  const linesMax = limit * LINES_PER_ENTRY;
  const lines = readAudit(path, from, linesMax);
  const calls = lines.filter(({ event }) => event === "tool_call");
  const around = linesAround(
    path,
    calls.filter((call) => nextOf(call, lines) === undefined),
  );
  return {
    entries: lines
      .filter(({ event }) => event !== "tool_result")
      .map((line) => {
        const next = nextOf(line, lines) ?? nextOf(line, around);
        return entryOf(agent, line, next?.["event"] === "tool_result" ? next : undefined);
      }),
    more: lines.length === linesMax,
  };
}

/** The lines of the turns of these: where the other half of a call is looked for when it was not read with it. */
function linesAround(path: string, lines: readonly AuditLine[]): readonly AuditLine[] {
  const turns = [...new Set(lines.map(({ turn }) => turn))].filter((turn) => typeof turn === "string");
  return turns.length === 0 ? [] : readAudit(path, { turns }, TURNS_LINES_MAX);
}

/**
 * What was written next about this call: its result. A call that waited for a person is written again when it runs, so a result
 * belongs to the asking before it.
 */
function nextOf(call: AuditLine, newestFirst: readonly AuditLine[]): AuditLine | undefined {
  return newestFirst.filter(isSame(call)).findLast(({ seq }) => seq > call.seq);
}

function isSame(one: AuditLine): (other: AuditLine) => boolean {
  return (other) => other["turn"] === one["turn"] && other["call"] === one["call"];
}

function entryOf(agent: string, line: AuditLine, result: AuditLine | undefined): Entry {
  const at = Date.parse(textOf(line["at"])) || 0;
  const base = { agent, seq: line.seq, at, turn: textOf(line["turn"]), session: textOf(line["session"]) };
  if (line["event"] !== "tool_call") {
    const event = textOf(line["event"]);
    return { ...base, kind: "note", event, says: NOTES[event]?.(line) ?? "something else was written into the log" };
  }
  const decision = (line["decision"] ?? {}) as { allow?: unknown; because?: unknown };
  return {
    ...base,
    kind: "call",
    tool: textOf(line["tool"]),
    effects: textOf(line["effects"]),
    arguments: line["arguments"],
    decision: {
      allow: decision.allow === true || decision.allow === "ask" ? decision.allow : false,
      because: textOf(decision.because),
    },
    result: result && {
      class: textOf(result["class"]),
      text: textOf(result["result"]),
      latencyMs: Number(result["latencyMs"]) || 0,
    },
  };
}

/** What happened to the log itself, in sentences. */
const NOTES: Readonly<Record<string, (line: AuditLine) => string>> = {
  repair: ({ bytes }) =>
    `a crash had left ${Number(bytes) || "some"} bytes unfinished; they stay, and this line vouches for them`,
  cut: ({ lines }) => `${Number(lines) || "some"} lines were gone when the log was opened`,
  retired: ({ lines }) =>
    `the oldest file went because the log had become too large, up to line ${Number(lines) || "?"}`,
};

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
