/** A turn with three tools, one of which acts outside, kept in a real file; and points at which its process may be killed. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import { openAudit } from "../../../shared/audit/index.ts";
import { assert, systemClock } from "../../../shared/base/index.ts";
import {
  type Completion,
  defaultLimits,
  defineTool,
  type Model,
  noUsage,
  runTurn,
  type Tool,
  type TurnEnd,
  type TurnRecord,
} from "../../../shared/engine/index.ts";
import { openTurns } from "../../../shared/turns/index.ts";

export type Errand = {
  folder: string;
  /** Called wherever a process may die, with what has just happened or is about to. */
  at(point: string): void;
  /** Whether the tool that acts outside can find out if it has. */
  canTell: boolean;
  /** How the process is told to end, where it is. */
  signal?: AbortSignal;
};

/** What the world outside has seen of the turn. */
export const letters = (folder: string): string[] =>
  existsSync(join(folder, "letters")) ? readFileSync(join(folder, "letters"), "utf8").trim().split("\n") : [];

/** Runs the turn, or goes on with it. Tells what each call brought, too. */
export async function runErrand({
  folder,
  at,
  canTell,
  signal = new AbortController().signal,
}: Errand): Promise<{ end: TurnEnd; told: string[] }> {
  const turns = await openTurns({ path: join(folder, "turns.db"), clock: systemClock, sole: true });
  const audit = openAudit({ path: join(folder, "calls.jsonl"), agent: "kronos", clock: systemClock, redact: (x) => x });
  try {
    const entries = [{ role: "user" as const, text: "write to them" }];
    const started = await turns.start({ id: "errand", about: {}, entries, sources: [] });
    assert(started.started, "nobody else runs the errand");
    const { record, sources } = started;
    at("started");
    const end = await runTurn({
      id: "errand",
      agent: "kronos",
      model: script(),
      systemPrompt: "",
      entries: started.entries,
      sources: [...sources],
      tools: tools(folder, at, canTell),
      limits: defaultLimits,
      gate: { decide: async () => ({ allow: true }) },
      journal: audit,
      clock: systemClock,
      record: watched(record, at),
      signal,
    });
    // As an agent does: a process that ends is no end of its turn.
    if (signal.aborted) await turns.release("errand");
    else await turns.end("errand", end.kind, "");
    const calls = (await turns.story("errand")).flatMap((step) => step.calls);
    return { end, told: calls.map(({ outcome }) => outcome?.text ?? "") };
  } finally {
    audit.close();
    turns.close();
  }
}

/** Asks for the three tools, one a step, then answers. */
function script(): Model {
  const steps = ["look-up", "write-note", "send-letter"];
  return {
    async complete({ entries }) {
      const results = entries.flatMap((entry) => (entry.role === "tool" ? [entry.text] : []));
      const tool = steps[results.length];
      const calls = tool === undefined ? [] : [{ id: `c${results.length + 1}`, tool, arguments: "{}" }];
      return {
        kind: "completed",
        text: tool === undefined ? "done" : "",
        calls,
        usage: noUsage,
        by: "script",
      } satisfies Completion;
    },
  };
}

function tools(folder: string, at: (point: string) => void, canTell: boolean): Tool[] {
  const base = { input: z.strictObject({}), risk: "safe", source: "trusted", parallel: false } as const;
  return [
    defineTool({
      ...base,
      name: "look-up",
      description: "Looks.",
      effects: "none",
      run: async () => ({ text: "their address" }),
    }),
    defineTool({
      ...base,
      name: "write-note",
      description: "Writes the same note.",
      effects: "local",
      run: async () => {
        writeFileSync(join(folder, "note"), "address");
        at("note written");
        return { text: "noted" };
      },
      settled: async () => (existsSync(join(folder, "note")) ? { text: "noted" } : undefined),
    }),
    defineTool({
      ...base,
      name: "send-letter",
      description: "Sends a letter.",
      effects: "external",
      run: async (_, { effectKey }) => {
        at("before the letter");
        appendFileSync(join(folder, "letters"), `${effectKey}\n`);
        at("after the letter");
        // The answer has a way to go; whoever is told to stop does not wait for it.
        await setImmediate();
        return { text: "sent" };
      },
      ...(canTell
        ? {
            settled: async (_: unknown, { effectKey }: { effectKey: string }) =>
              letters(folder).includes(effectKey) ? { text: "sent" } : undefined,
          }
        : {}),
    }),
  ];
}

function watched(record: TurnRecord, at: (point: string) => void): TurnRecord {
  const around =
    <Args extends unknown[]>(what: string, write: (...args: Args) => Promise<void>) =>
    async (...args: Args) => {
      at(`before ${what}`);
      await write(...args);
      at(`after ${what}`);
    };
  return {
    step: record.step,
    call: record.call,
    keepStep: around("a step is kept", record.keepStep),
    begin: around("a call begins", record.begin),
    end: around("a call ends", record.end),
  };
}
