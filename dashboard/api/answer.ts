/** Follows what agents write to a message, from the first draft to the last word, out of the ledger. */
import type { Clock } from "../../shared/base/index.ts";
import type { Draft, Ledger, Message, Outcome } from "../../shared/ledger/index.ts";
import { ApiFailure } from "./failure.ts";

/** The longest delay of any tier, and time to think and to send. */
const WAIT_MAX_MS = 180_000;
const LOOK_AGAIN_MS = 1_000;

type Following = {
  seq: number;
  /** Whose answers count. One that dies is not waited for. */
  agents: readonly string[];
  /** Whether each answer begins with the name of whoever gives it. */
  named: boolean;
  signal: AbortSignal;
};

/**
 * The pieces of the answers, one agent after the other, as they are written. What was shown and then withdrawn, because the agent
 * used a tool first, cannot be taken back: the answer follows after an empty line.
 * Ends when every agent has decided. Throws an ApiFailure when nobody answered; rejects with an AbortError when told to stop.
 */
export async function* follow(
  ledger: Ledger,
  clock: Clock,
  { seq, agents, named, signal }: Following,
): AsyncGenerator<string> {
  const until = clock.now() + WAIT_MAX_MS;
  const heard = new Set<string>();
  let speaker: string | undefined;
  let telling = createTelling();
  let answered = false;
  for (;;) {
    signal.throwIfAborted();
    const version = ledger.changes.version();
    const state = await look(ledger, seq);
    for (;;) {
      speaker ??= agents.find((agent) => !heard.has(agent) && textOf(state, agent).text !== "");
      if (speaker === undefined) break;
      const { text, final } = textOf(state, speaker);
      const beginning = telling.begun() ? "" : `${answered ? "\n\n" : ""}${named ? `**${speaker}:** ` : ""}`;
      const piece = telling.next(text, final);
      if (piece !== "") yield beginning + piece;
      answered ||= piece !== "";
      if (!final) break;
      heard.add(speaker);
      speaker = undefined;
      telling = createTelling();
    }
    const alive = new Set((await ledger.agents.roster()).filter((agent) => agent.alive).map(({ name }) => name));
    const waiting = agents.filter((name) => alive.has(name) && !state.outcomes.some(({ agent }) => agent === name));
    if (waiting.length === 0 && answered) return;
    if (waiting.length === 0) throw nobody(agents, state.outcomes, seq);
    if (clock.now() >= until)
      throw new ApiFailure(
        504,
        "still_thinking",
        `After ${WAIT_MAX_MS / 1_000} seconds ${waiting.join(", ")} had not finished. The answer will stand in the ledger: kaos why ${seq}.`,
      );
    await ledger.changes.past(version, { signal, atMostMs: LOOK_AGAIN_MS });
  }
}

type State = { outcomes: readonly Outcome[]; said: readonly Message[]; drafts: readonly Draft[] };

async function look(ledger: Ledger, seq: number): Promise<State> {
  // The outcome is read first: whoever has one has said all of it.
  const outcomes = await ledger.outcomes.ofMessage(seq);
  const [thread, drafts] = await Promise.all([ledger.messages.thread(seq), ledger.drafts.all()]);
  return {
    outcomes,
    said: thread.filter(({ sender }) => sender.kind === "agent"),
    drafts: drafts.filter(({ message }) => message === seq),
  };
}

/** What an agent has said, or is writing. */
function textOf({ outcomes, said, drafts }: State, agent: string): { text: string; final: boolean } {
  const parts = said.filter(({ sender }) => sender.id === agent || sender.name === agent).map(({ text }) => text);
  const final = outcomes.some((outcome) => outcome.agent === agent);
  if (parts.length > 0) return { text: parts.join("\n\n"), final };
  return { text: final ? "" : (drafts.find((draft) => draft.agent === agent)?.text ?? ""), final };
}

/** Passes on what is new of a text that grows, and that may be withdrawn for another one. */
export function createTelling(): { begun(): boolean; next(text: string, final: boolean): string } {
  let told = "";
  return {
    begun: () => told !== "",
    next(text, final) {
      const rest = restAfter(told, text);
      // The draft was further than the first of several messages is: the others follow.
      if (rest === undefined && !final && restAfter(text, told) !== undefined) return "";
      if (rest === undefined && text === "") return "";
      told = rest === undefined ? text : told + rest;
      return rest ?? `\n\n${text}`;
    },
  };
}

/**
 * What of `text` follows after `sent`; undefined when it does not begin so. White space does not count: an answer in several
 * messages is cut where there was some.
 */
function restAfter(sent: string, text: string): string | undefined {
  let at = 0;
  for (const letter of sent) {
    if (/\s/u.test(letter)) continue;
    while (at < text.length && /\s/u.test(text[at] ?? "")) at++;
    if (!text.startsWith(letter, at)) return undefined;
    at += letter.length;
  }
  return text.slice(at);
}

function nobody(agents: readonly string[], outcomes: readonly Outcome[], seq: number): ApiFailure {
  const mine = outcomes.filter(({ agent }) => agents.includes(agent));
  if (mine.length === 0)
    return new ApiFailure(
      503,
      "agent_down",
      `${agents.join(", ")} went down. What was said is kept, and answered when they are up again.`,
    );
  const why = mine.map(({ agent, outcome, because }) => `${agent} ${outcome}: ${because}`).join("; ");
  return new ApiFailure(502, "no_answer", `Nobody answered (${why}). kaos why ${seq} tells more.`);
}
