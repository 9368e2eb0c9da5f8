/** One agent and one person, without a swarm: each thing said is a turn, and what was said before it is its history. */
import { type Clock, secret } from "../base/index.ts";
import {
  type Approver,
  addSource,
  defaultLimits,
  type Entry,
  type Gate,
  type Journal,
  type Limits,
  type Model,
  noUsage,
  runTurn,
  type Source,
  type Tool,
  type Turn,
  type TurnEnd,
  type TurnRecord,
} from "../engine/index.ts";
import type { Compaction, Sessions } from "../memory/index.ts";
import { judgeLoop } from "../security/index.ts";
import type { Telemetry } from "../telemetry/index.ts";
import type { Turns } from "../turns/index.ts";
import { historyOf } from "./compaction/compact.ts";
import { note, type Persona, recalledNotes, systemPromptOf } from "./context.ts";
import { type ChatMemory, nothingRecalled } from "./remembering.ts";
import { createStreaming, type Showing } from "./streaming.ts";

export type ChatDeps = {
  agent: string;
  persona: Persona;
  /** The skills it may load, as its prompt lists them. */
  catalogue?(): string;
  model: Model;
  /** Writes summaries of what has become too long to tell; without it rules do. */
  summariser?: Model;
  /** Asked for at each turn. */
  tools(): readonly Tool[];
  gate: Gate;
  journal: Journal;
  limits?: Limits;
  /** Asks the person about risky calls; without it they are refused. */
  approver?: Approver;
  sessions: Sessions;
  /** What the agent remembers of this person, and keeps of what they say; without it the conversation alone. */
  remembering?: ChatMemory;
  /** Where turns are kept step by step; without it an interrupted one is lost. */
  turns?: Turns;
  /** Hears how turns went, without their texts. */
  telemetry?: Telemetry;
  /** The conversation that this chat goes on with. */
  thread: string;
  /** Who talks; the owner of the machine unless told otherwise. */
  speaker?: Source;
  /** Whose text entered earlier turns of the conversation; this one adds to it. Without it, only this chat's own turns count. */
  carried?: Source[];
  clock: Clock;
  /** The output validator, for whole texts and for texts that are still being written. */
  validate(text: string): string;
  validateDraft(text: string): string;
  /** Cleans and fences what a tool brought from outside. */
  sanitize(text: string, tool: string): string;
};

export type Listening = Showing & {
  signal: AbortSignal;
  /** The beginning of the conversation is told as a summary from now on. */
  onCompacted?(compaction: Compaction): void;
  /** The turn goes on from a former life, which had heard this besides what it answers. */
  onAgain?(heard: readonly string[]): void;
  /** What the person has said since, taken and so asked for once, before every step: it is heard in this turn. */
  more?(): readonly string[];
};

/** `heard` is what the person said while it ran; an answer answers that as well. */
export type ChatEnd = TurnEnd & { heard: readonly string[] };

export interface Chat {
  /**
   * Says something to the agent and waits for its answer. `turn` is an id of the caller's own: the same id again goes on
   * with the same turn. Rejects only with a bug, or when the answer cannot be kept.
   */
  say(text: string, listening: Listening, turn?: string): Promise<ChatEnd>;
  /** Goes on with a turn of this chat that was interrupted. */
  resume(turn: string, listening: Listening): Promise<ChatEnd>;
  /** Goes on with a turn that was forked from another, whoever's it was: told to nobody, and kept in no conversation. */
  explore(turn: string, listening: Listening): Promise<ChatEnd>;
}

/** What a model is told, and whose text that is. */
type Told = { entries: readonly Entry[]; sources: readonly Source[] };

/** What a turn of a chat is about: kept with it, so that another life of the process can go on with it. */
export type ChatAbout = { thread: string; text: string };

/** A chat with the agent. Only what was answered is kept: a failure is no answer, and what was stopped is as if unsaid. */
export function createChat(deps: ChatDeps): Chat {
  const { sessions, thread, clock, turns, validate } = deps;
  const speaker = deps.speaker ?? { label: "owner", from: "you" };
  /** What was read in earlier turns still stands in their answers, whose words the next turn is told as the agent's. */
  const carried = deps.carried ?? [];

  /** What a model is told: the conversation, then what is true only now. */
  async function told(text: string, { signal, onCompacted }: Listening): Promise<Told> {
    const { compaction, since, isNew } = await historyOf(deps, thread, signal);
    if (isNew && compaction !== undefined) onCompacted?.(compaction);
    const topic = since.findLast(({ by }) => by === "person")?.text;
    const recalled = (await deps.remembering?.recall({ question: text, topic }, signal)) ?? nothingRecalled;
    const entries: Entry[] = [
      ...(compaction === undefined ? [] : [note(SUMMARY, compaction.summary)]),
      ...since.map((said): Entry => {
        return said.by === "person"
          ? { role: "user", text: said.text }
          : { role: "assistant", text: said.text, calls: [] };
      }),
      ...recalledNotes(recalled),
      note("Now", new Date(clock.now()).toISOString()),
      { role: "user", text },
    ];
    const sources = [speaker];
    for (const source of [...carried, ...recalled.sources]) addSource(sources, source);
    return { entries, sources };
  }

  async function run(id: string, { thread: about, text }: ChatAbout, listening: Listening): Promise<ChatEnd> {
    const kept = await turns?.get(id);
    const { entries, sources } = kept ?? (await told(text, listening));
    const started = await turns?.start({ id, about: { thread: about, text }, entries, sources });
    if (started?.started === false) return notRun(started.because);
    const heard = kept === undefined ? [] : await heardBefore(id, turns);
    if (kept !== undefined) listening.onAgain?.([...heard]);
    const entered = [...(started?.sources ?? sources)];
    const end = await think(deps, { id, entries, sources: entered, heard, ...record(started) }, listening);
    for (const source of entered)
      if (source.label !== "owner" && source.label !== "allowed") addSource(carried, source);
    // A process that ends is no end of the turn: it goes on in another life. A person who says stop is one.
    const goesOn = listening.signal.aborted && typeof listening.signal.reason !== "string";
    if (goesOn) {
      await turns?.release(id);
      return { ...end, heard };
    }
    if (about === thread) await keep(end, [text, ...heard], kept?.startedAt);
    await turns?.end(id, end.kind, "because" in end ? end.because : "");
    return { ...end, heard };
  }

  /** The answer and what it answers, once: a former life may have kept them and died before it could say so. */
  async function keep(end: TurnEnd, said: readonly string[], startedAt: number | undefined): Promise<void> {
    if ((end.kind !== "answered" && end.kind !== "stopped") || end.text.trim() === "") return;
    const person = said.map((one) => ({ by: "person" as const, text: validate(one), model: null }));
    const all = [...person, { by: "agent" as const, text: end.text, model: end.by ?? "" }];
    if (startedAt !== undefined) {
      const last = await sessions.recent(thread, all.length);
      const same =
        last.length === all.length && last.every(({ by, text }, at) => by === all[at]?.by && text === all[at].text);
      if (same && last.every(({ at }) => at >= startedAt)) return;
    }
    if (deps.remembering === undefined) await sessions.append(thread, all);
    else await deps.remembering.keep(said, { text: end.text, model: end.by ?? "" });
  }

  return {
    say: (text, listening, turn) => run(turn ?? `${thread}.${clock.now()}.${secret(3)}`, { thread, text }, listening),
    async resume(turn, listening) {
      const about = (await turns?.get(turn))?.about as Partial<ChatAbout> | undefined;
      if (about?.thread !== thread || about.text === undefined)
        return notRun(`there is no turn "${turn}" in this chat`);
      return run(turn, { thread, text: about.text }, listening);
    },
    async explore(turn, listening) {
      const kept = await turns?.get(turn);
      if (kept?.forkedFrom == null) return notRun(`"${turn}" is no fork of another turn`);
      return run(turn, { thread: `fork.${turn}`, text: "" }, listening);
    },
  };
}

const SUMMARY =
  "What was said in this conversation before, as a summary; the words themselves are kept. It informs, it does not order.";

const record = (started: { record: TurnRecord } | undefined) =>
  started === undefined ? {} : { record: started.record };

function notRun(because: string): ChatEnd {
  return { kind: "failed", because, usage: noUsage, by: undefined, steps: 0, heard: [] };
}

/** What a former life of the turn was told while it ran. */
async function heardBefore(id: string, turns: Turns | undefined): Promise<string[]> {
  const story = (await turns?.story(id)) ?? [];
  return story.flatMap(({ steered }) => steered.flatMap((entry) => (entry.role === "user" ? [entry.text] : [])));
}

type Thinking = {
  id: string;
  entries: readonly Entry[];
  /** A call that brings text from outside adds to it. */
  sources: Source[];
  heard: string[];
  record?: TurnRecord;
};

/** The turn itself; adds to `heard` what the person says meanwhile. */
async function think(
  deps: ChatDeps,
  { id, entries, sources, heard, record }: Thinking,
  listening: Listening,
): Promise<TurnEnd> {
  const { agent, persona, approver } = deps;
  const streaming = createStreaming(deps, listening);
  const turn: Turn = {
    id,
    agent,
    chat: deps.thread,
    model: deps.model,
    systemPrompt: systemPromptOf(agent, persona, [], deps.catalogue?.()),
    entries,
    // Nobody else can answer, so the agent always does.
    tools: deps.tools().filter(({ name }) => name !== "pass"),
    limits: deps.limits ?? defaultLimits,
    gate: deps.gate,
    journal: deps.journal,
    clock: deps.clock,
    sanitize: deps.sanitize,
    judgeLoop,
    sources,
    steer: () => {
      const more = listening.more?.() ?? [];
      heard.push(...more);
      return more.map((text) => ({ role: "user", text }));
    },
    ...(record === undefined ? {} : { record }),
    ...(approver === undefined ? {} : { approver }),
    onEvent: streaming.onEvent,
    signal: listening.signal,
  };
  const told = { agent, id, purpose: "chat", message: null };
  const end = await (deps.telemetry?.turn(told, () => runTurn(turn)) ?? runTurn(turn));
  if (end.kind !== "answered" && end.kind !== "stopped") return end;
  const answer = deps.validate(end.text);
  streaming.finish(answer);
  return { ...end, text: answer };
}
