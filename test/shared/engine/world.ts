/** What a turn needs in a test: a model that follows a script, a clock one moves by hand, tools that say what they did. */
import { z } from "zod";
import { assert, type Clock } from "../../../shared/base/index.ts";
import {
  type Completion,
  defaultLimits,
  defineTool,
  type Model,
  type ModelFailure,
  type ModelOptions,
  type ModelRequest,
  type Tool,
  type ToolResult,
  type Turn,
  type TurnEvent,
} from "../../../shared/engine/index.ts";
import { createOpenGate } from "../../doubles/open-gate.ts";
import { createRecordingJournal, type RecordingJournal } from "../../doubles/recording-journal.ts";

export type Scripted =
  | Completion
  | ModelFailure
  | ((request: ModelRequest, options: ModelOptions) => Promise<Completion | ModelFailure>);

const USAGE = { inputTokens: 10, cachedTokens: 0, outputTokens: 5, costUsd: 0.01 };

/** A completion in words. */
export function words(text: string): Completion {
  return { kind: "completed", text, calls: [], usage: USAGE, by: "script" };
}

/** A completion that asks for tools: `["c1", "look-up", { of: "x" }]`; arguments that are text are taken as they are. */
export function asks(...calls: [id: string, tool: string, input: unknown][]): Completion {
  return {
    ...words(""),
    calls: calls.map(([id, tool, input]) => ({
      id,
      tool,
      arguments: typeof input === "string" ? input : JSON.stringify(input),
    })),
  };
}

/** A model that completes as the script says, keeps what it was asked, and fails loudly when asked more often. */
export function createScript(...script: Scripted[]): Model & { readonly requests: readonly ModelRequest[] } {
  const requests: ModelRequest[] = [];
  return {
    requests,
    async complete(request, options) {
      const next = script[requests.length];
      requests.push(request);
      assert(next !== undefined, `the script has a completion for request ${requests.length}`);
      return typeof next === "function" ? next(request, options) : next;
    },
  };
}

/** Time that moves when told. `sleeping()` says how many wait. */
export function createManualClock(startMs = 1_000_000): Clock & { advance(ms: number): void; sleeping(): number } {
  let now = startMs;
  const waiting = new Set<{ due: number; wake: () => void }>();
  return {
    now: () => now,
    sleeping: () => waiting.size,
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.reject(new DOMException("stopped", "AbortError"));
      return new Promise((resolve, reject) => {
        const sleeper = { due: now + ms, wake: resolve };
        waiting.add(sleeper);
        signal?.addEventListener(
          "abort",
          () => {
            waiting.delete(sleeper);
            reject(new DOMException("stopped", "AbortError"));
          },
          { once: true },
        );
      });
    },
    advance(ms) {
      now += ms;
      for (const sleeper of [...waiting]) if (sleeper.due <= now && waiting.delete(sleeper)) sleeper.wake();
    },
  };
}

/** A harmless tool that takes `{ of?: string }`. */
export function tool(
  name: string,
  run: Tool<{ of?: string | undefined }>["run"] | ToolResult,
  more: Partial<Tool> = {},
): Tool {
  return {
    ...defineTool({
      name,
      description: `The test's ${name}.`,
      input: z.strictObject({ of: z.string().optional() }),
      effects: "none",
      risk: "safe",
      source: "trusted",
      parallel: false,
      run: typeof run === "function" ? run : async () => run,
    }),
    ...more,
  };
}

export type World = Turn & {
  journal: RecordingJournal;
  clock: ReturnType<typeof createManualClock>;
  events: TurnEvent[];
};

/** A turn with everything in place; what a test is about, it gives. */
export function turn(
  given: Partial<Omit<Turn, "limits" | "journal">> & {
    model: Model;
    limits?: Partial<Turn["limits"]>;
    journal?: RecordingJournal;
  },
): World {
  const events: TurnEvent[] = [];
  return {
    id: "turn-1",
    agent: "kronos",
    systemPrompt: "You are Kronos.",
    entries: [{ role: "user", text: "What now?" }],
    tools: [],
    gate: createOpenGate(),
    sources: [],
    signal: new AbortController().signal,
    onEvent: (event) => void events.push(event),
    ...given,
    clock: (given.clock as World["clock"] | undefined) ?? createManualClock(),
    limits: { ...defaultLimits, ...given.limits },
    journal: given.journal ?? createRecordingJournal(),
    events,
  };
}

/** What the model was told of the calls so far, by call id. */
export function told(request: ModelRequest | undefined): Record<string, string> {
  const entries = request?.entries ?? [];
  return Object.fromEntries(entries.flatMap((entry) => (entry.role === "tool" ? [[entry.callId, entry.text]] : [])));
}
