/** One turn of this agent: its persona, tools, gates, record and audit around what it is told. */
import {
  type Entry,
  noUsage,
  runTurn,
  type Source,
  type Tool,
  type Turn,
  type TurnEnd,
  type TurnEvent,
} from "../engine/index.ts";
import type { Message } from "../ledger/index.ts";
import { judgeLoop } from "../security/index.ts";
import { colleagueTools } from "../tools/index.ts";
import { createApprover, waitingNotice } from "./approver.ts";
import { systemPromptOf } from "./context.ts";
import type { Speaking } from "./speaking.ts";

/** What a turn is about; kept with it, so that another life of the process has the same tools. */
export type About = {
  /** The person's message that it goes back to; null for work that none began. */
  message: number | null;
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
  /** What people said in them; for work that no message began nothing, unless this says otherwise. */
  said?: readonly string[];
  /** Whose text the entries are. */
  sources: readonly Source[];
  /** Only tools that change nothing and reach nobody. */
  onlyLooking?: boolean;
  more?: readonly Tool[];
  onEvent?: (event: TurnEvent) => void;
  signal: AbortSignal;
};

/**
 * Runs a turn to its end, or on from where a former life of it stopped. A turn about a message that waits for a person ends
 * as `answered`, with the question as its text; one about none ends as `waiting`. Rejects only with a bug.
 */
export async function turnOf(speaking: Speaking, what: What): Promise<TurnEnd> {
  const { agent, persona, members, purse, limits, gate, journal, clock, sanitize, ledger, turns } = speaking;
  const { about, onEvent, signal } = what;
  const id = about.key;
  const started = await turns?.start({ id, about, entries: what.entries, sources: what.sources });
  if (started?.started === false) {
    return { kind: "failed", because: started.because, usage: noUsage, by: undefined, steps: 0 };
  }
  const { entries, sources } = started ?? what;
  const { message } = about;
  const asked = message === null ? undefined : await ledger.messages.get(message);
  const chat = chatOf(asked);
  const said = what.said ?? (message === null ? [] : undefined);
  const turn: Turn = {
    id,
    agent,
    ...(chat === undefined ? {} : { chat }),
    model: purse("standard", { purpose: what.purpose, message, room: asked?.room ?? "" }),
    systemPrompt: systemPromptOf(agent, persona, members, speaking.catalogue?.()),
    entries,
    ...(said === undefined ? {} : { said }),
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
  };
  const told = { agent, id, purpose: what.purpose, message };
  const end = await (speaking.telemetry?.turn(told, () => runTurn(turn)) ?? runTurn(turn));
  // A signal is no end: the process stops, or the lease is lost, and the turn goes on in another life.
  if (signal.aborted) await turns?.release(id);
  else await turns?.end(id, end.kind, "because" in end ? end.because : "");
  if (end.kind !== "waiting" || message === null) return end;
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
