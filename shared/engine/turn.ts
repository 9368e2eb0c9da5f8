/** The loop: a model reasons, asks for tools and reads what they bring, step by step, until the turn has an end. */
import { assert } from "../base/index.ts";
import type { Ran } from "./breaker.ts";
import type { Calling } from "./calling.ts";
import { acceptCalls, runCalls } from "./calls.ts";
import { startDeadline } from "./deadline.ts";
import { limitReached } from "./limits.ts";
import { addUsage, type Completion, type Entry, type Model, type ModelFailure, noUsage, type Usage } from "./model.ts";
import type { KeptStep } from "./record.ts";
import { shortenOld } from "./shorten.ts";
import type { Seen } from "./sources.ts";
import type { Tool } from "./tool.ts";

export type Turn = Omit<Calling, "said" | "saidNow" | "seen"> & {
  model: Model;
  systemPrompt: string;
  /** The conversation so far, oldest first, without the system prompt. */
  entries: readonly Entry[];
  /** What people said in it, oldest first, the last being what the turn answers: its user entries, unless those are a task that no person wrote. */
  said?: readonly string[];
  /** What was said while the turn runs; taken, and so asked for once each, before every step. */
  steer?: () => readonly Entry[];
};

/** How a turn ended, what it used, who answered last, and in how many steps. */
export type TurnEnd = { usage: Usage; by: string | undefined; steps: number } & (
  | { kind: "answered"; text: string }
  /** The model has nothing to add and said so by a tool. */
  | { kind: "passed"; because: string }
  /**
   * A limit or the breaker, with the model's own words on what is done and what is open; or the turn's signal. `text` is
   * empty after the signal, because nobody waits for it, and when no last word was to be had.
   */
  | { kind: "stopped"; because: string; text: string }
  /** A person is asked about a call. The turn's record goes on with the answer when it is run again. */
  | { kind: "waiting"; approval: number; because: string }
  /** No model answered. Not an answer: it belongs in no history and no memory. */
  | { kind: "failed"; because: string }
);

/** Runs one turn to its end. Rejects only with a bug. */
export async function runTurn(turn: Turn): Promise<TurnEnd> {
  const { limits } = turn;
  const entries: Entry[] = [{ role: "system", text: turn.systemPrompt }, ...turn.entries];
  const ran: Ran[] = [];
  const callIds = new Set<string>();
  const said = [...(turn.said ?? wordsOf(turn.entries))];
  const saidNow = said.slice(-1);
  // What was noted for the model before the turn; the persona is ours.
  const seen = turn.entries.flatMap((entry): Seen[] => (entry.role === "system" ? [{ text: entry.text }] : []));
  const spent: Spent = { usage: noUsage, by: undefined, steps: 0 };
  assert(
    turn.sanitize !== undefined || turn.tools.every(({ source }) => source === "trusted"),
    "a turn with tools that bring text from outside has a way to sanitize it",
  );

  const wall = startDeadline(turn.clock, limits.wallMs, turn.signal);
  try {
    for (;;) {
      if (turn.signal.aborted) return { kind: "stopped", because: whyStopped(turn.signal), text: "", ...spent };
      const kept = turn.record?.step(spent.steps + 1);
      const steered = kept?.steered ?? turn.steer?.() ?? [];
      entries.push(...steered);
      said.push(...wordsOf(steered));
      saidNow.push(...wordsOf(steered));
      const limit = limitReached(limits, { ...spent, wallPassed: wall.passed() });
      if (limit !== undefined) return await lastWord(turn, entries, spent, limit);

      shortenOld(entries, limits.entriesCharactersMax);
      spent.steps++;
      turn.onEvent?.({ kind: "step", step: spent.steps });
      const completion =
        kept === undefined ? await complete(turn, entries, turn.tools, spent, wall.signal) : replay(turn, kept, spent);
      if (completion.kind === "interrupted") continue;
      if (completion.kind === "completed" && kept === undefined)
        await turn.record?.keepStep(spent.steps, { steered, completion });
      if (completion.kind === "failed") return { kind: "failed", because: completion.because, ...spent };
      if (completion.calls.length === 0) return answer(completion, spent);

      const calls = acceptCalls(completion.calls, limits.callsPerStepMax, callIds);
      entries.push({ role: "assistant", text: completion.text, calls });
      const step = await runCalls(
        { ...turn, said: [...said], saidNow: [...saidNow], seen, signal: wall.signal },
        calls,
        ran,
        spent.steps,
      );
      if (step.kind === "waiting") return { kind: "waiting", approval: step.approval, because: step.because, ...spent };
      if (step.kind === "passed") return { kind: "passed", because: step.because, ...spent };
      entries.push(...step.results);
      if (step.kind === "broken") return await lastWord(turn, entries, spent, step.because);
      if (calls.length < completion.calls.length)
        entries.push({ role: "system", text: notRun(calls.length, completion.calls.length) });
      if (completion.cut) entries.push({ role: "system", text: cutStep(limits.tokensPerCompletionMax) });
    }
  } finally {
    wall.end();
  }
}

type Spent = { usage: Usage; by: string | undefined; steps: number };

/** One completion. Adds what it used to `spent`; retracts what it streamed unless that is the answer. */
async function complete(
  turn: Turn,
  entries: readonly Entry[],
  tools: readonly Tool[],
  spent: Spent,
  signal: AbortSignal,
): Promise<Completion | ModelFailure | { kind: "interrupted" }> {
  let streamed = false;
  const onText = (piece: string): void => {
    streamed = true;
    turn.onEvent?.({ kind: "text", piece });
  };
  const retract = (): void => {
    if (streamed) turn.onEvent?.({ kind: "retracted" });
  };
  try {
    const request = { entries: [...entries], tools, tokensMax: turn.limits.tokensPerCompletionMax };
    const completion = await turn.model.complete(request, { signal, onText });
    spent.usage = addUsage(spent.usage, completion.usage);
    if (completion.kind === "failed" || (completion.calls.length > 0 && tools.length > 0)) retract();
    if (completion.kind === "failed") return completion;
    spent.by = completion.by;
    const cut = completion.cut && completion.calls.length === 0 ? cutAnswer(request.tokensMax) : "";
    if (cut !== "") onText(cut);
    turn.onEvent?.({ kind: "completed", usage: completion.usage, by: completion.by });
    return { ...completion, text: completion.text + cut };
  } catch (error) {
    // A model rejects only because it was told to stop; anything else is a bug of the model.
    if (!signal.aborted) throw error;
    retract();
    return { kind: "interrupted" };
  }
}

/** What stands in user entries. */
function wordsOf(entries: readonly Entry[]): string[] {
  return entries.flatMap((entry) => (entry.role === "user" ? [entry.text] : []));
}

/** What a former life of this turn was answered in this step: counted, and not asked for again. */
function replay(turn: Turn, { completion }: KeptStep, spent: Spent): Completion {
  spent.usage = addUsage(spent.usage, completion.usage);
  spent.by = completion.by;
  turn.onEvent?.({ kind: "completed", usage: completion.usage, by: completion.by });
  if (completion.calls.length === 0 && completion.text !== "") turn.onEvent?.({ kind: "text", piece: completion.text });
  return completion;
}

/** An empty answer is none: there is nothing to send. */
function answer({ text, by }: Completion, spent: Spent): TurnEnd {
  if (text.trim() === "") return { kind: "failed", because: `${by} answered with no words`, ...spent };
  return { kind: "answered", text, ...spent };
}

/** One more completion, without tools, that says what is done and what is open; it may take as long as one tool call. */
async function lastWord(turn: Turn, entries: readonly Entry[], spent: Spent, because: string): Promise<TurnEnd> {
  const limit = startDeadline(turn.clock, turn.limits.callMs, turn.signal);
  try {
    const last = await complete(
      turn,
      [...entries, { role: "system", text: closing(because) }],
      [],
      spent,
      limit.signal,
    );
    if (turn.signal.aborted) return { kind: "stopped", because: whyStopped(turn.signal), text: "", ...spent };
    return { kind: "stopped", because, text: last.kind === "completed" ? last.text : "", ...spent };
  } finally {
    limit.end();
  }
}

function closing(because: string): string {
  return `This turn ends here: ${because}. You have no tools any more. Say briefly, in the person's language, what was done, what was found, and what is still open.`;
}

function notRun(run: number, asked: number): string {
  return `Only the first ${run} of the ${asked} calls of that step were run. Ask for the others again if they are still needed.`;
}

/** For the person: an answer that stops in the middle must not look whole. */
function cutAnswer(tokensMax: number): string {
  return `\n\n(It is cut off here: an answer has ${tokensMax} tokens at most.)`;
}

function cutStep(tokensMax: number): string {
  return `Your last step reached its limit of ${tokensMax} tokens and was cut off: the arguments of its last call may be incomplete. Ask again in smaller parts.`;
}

/** In words: who said stop, when the signal's reason tells. */
export function whyStopped(signal: AbortSignal): string {
  return typeof signal.reason === "string" ? `stopped by ${signal.reason}` : "stopped on request";
}
