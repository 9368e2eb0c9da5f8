/** One turn of this agent: its persona, tools, gates, record and audit around what it is told. */
import { type Entry, runTurn, type Source, type Tool, type TurnEnd, type TurnEvent } from "../engine/index.ts";
import type { Message } from "../ledger/index.ts";
import { judgeLoop } from "../security/index.ts";
import { colleagueTools } from "../tools/index.ts";
import { createApprover, waitingNotice } from "./approver.ts";
import { systemPromptOf } from "./context.ts";
import type { Speaking } from "./speaking.ts";

/** What a turn is about; kept with it, so that another life of the process has the same tools. */
export type About = {
  /** The person's message that it goes back to. */
  message: number;
  /** How often the work has changed hands. */
  depth: number;
  /** The same for every try. */
  key: string;
  /** Whether it may end in silence. */
  mayPass: boolean;
};

type What = {
  about: About;
  /** What its money is booked for. */
  purpose: string;
  entries: readonly Entry[];
  /** Whose text the entries are. */
  sources: readonly Source[];
  /** Only tools that change nothing and reach nobody. */
  onlyLooking?: boolean;
  more?: readonly Tool[];
  onEvent?: (event: TurnEvent) => void;
  signal: AbortSignal;
};

/**
 * Runs a turn to its end, or on from where a former life of it stopped. A turn that waits for a person ends as `answered`,
 * with the question as its text. Rejects only with a bug.
 */
export async function turnOf(speaking: Speaking, what: What): Promise<TurnEnd> {
  const { agent, persona, members, purse, limits, gate, journal, clock, sanitize, ledger, turns } = speaking;
  const { about, onEvent, signal } = what;
  const id = about.key;
  const started = await turns?.start({ id, about, entries: what.entries, sources: what.sources });
  const { entries, sources } = started ?? what;
  const { message } = about;
  const asked = await ledger.messages.get(message);
  const chat = chatOf(asked);
  const end = await runTurn({
    id,
    agent,
    ...(chat === undefined ? {} : { chat }),
    model: purse("standard", { purpose: what.purpose, message, room: asked?.room ?? "" }),
    systemPrompt: systemPromptOf(agent, persona, members, speaking.catalogue?.()),
    entries,
    tools: [...toolsFor(speaking, what, asked), ...(what.more ?? [])],
    limits,
    gate,
    journal,
    clock,
    sanitize,
    sources: [...sources],
    judgeLoop,
    approver: createApprover(ledger, message),
    ...(started === undefined ? {} : { record: started.record }),
    ...(onEvent === undefined ? {} : { onEvent }),
    signal,
  });
  // A signal is no end: the process stops, or the lease is lost, and the turn goes on in another life.
  if (!signal.aborted) await turns?.end(id, end.kind, "because" in end ? end.because : "");
  if (end.kind !== "waiting") return end;
  const approval = await ledger.approvals.get(end.approval);
  const text = approval === undefined ? end.because : waitingNotice(approval);
  return { kind: "answered", text, usage: end.usage, by: "notice", steps: end.steps };
}

/** A topic of a room is a chat of its own. */
function chatOf(message: Message | undefined): string | undefined {
  if (message === undefined) return undefined;
  return message.topic === null ? message.room : `${message.room}/${message.topic}`;
}

function toolsFor(speaking: Speaking, { about, onlyLooking }: What, asked: Message | undefined): Tool[] {
  const { tools, ledger, clock, agent, members } = speaking;
  // A stranger is talked to, and no more.
  if (asked?.sender.kind === "stranger") return tools().filter(({ name }) => name === "pass" && about.mayPass);
  const memory = asked === undefined ? [] : (speaking.memoryTools?.(asked) ?? []);
  const own = [...tools(), ...memory].filter(({ name }) => name !== "pass" || about.mayPass);
  if (onlyLooking) return own.filter(({ effects, risk }) => effects === "none" && risk === "safe");
  const { message, depth, key } = about;
  return [...own, ...colleagueTools({ ledger, clock }, { agent, members, message, depth, key })];
}
