/** One agent and one person, without a swarm: each thing said is a turn, and what was said before it is its history. */
import type { Clock } from "../base/index.ts";
import {
  type Approver,
  defaultLimits,
  type Entry,
  type Gate,
  type Journal,
  type Limits,
  type Model,
  runTurn,
  type Source,
  type Tool,
  type TurnEnd,
  type TurnEvent,
} from "../engine/index.ts";
import type { Said, Sessions } from "../memory/index.ts";
import { judgeLoop } from "../security/index.ts";
import { type Persona, systemPromptOf } from "./context.ts";

export type ChatDeps = {
  agent: string;
  persona: Persona;
  /** The skills it may load, as its prompt lists them. */
  catalogue?(): string;
  model: Model;
  /** Asked for at each turn. */
  tools(): readonly Tool[];
  gate: Gate;
  journal: Journal;
  limits?: Limits;
  /** Asks the person about risky calls; without it they are refused. */
  approver?: Approver;
  sessions: Sessions;
  /** The conversation that this chat goes on with. */
  thread: string;
  /** Who talks; the owner of the machine unless told otherwise. */
  speaker?: Source;
  clock: Clock;
  /** The output validator, for whole texts and for texts that are still being written. */
  validate(text: string): string;
  validateDraft(text: string): string;
  /** Cleans and fences what a tool brought from outside. */
  sanitize(text: string, tool: string): string;
};

export type Listening = {
  signal: AbortSignal;
  /** Each piece of the answer as it is written, validated. */
  onText?(piece: string): void;
  /** What was written so far was not the answer yet: a tool is asked first. */
  onRetracted?(): void;
  /** A tool is asked, with these arguments, validated. */
  onCall?(tool: string, args: string): void;
};

export interface Chat {
  /** Says something to the agent and waits for its answer. Rejects only with a bug, or when the answer cannot be kept. */
  say(text: string, listening: Listening): Promise<TurnEnd>;
}

/** Things said before that a model is told: twenty exchanges, … */
const HISTORY_MAX = 40;
/** … as far as they fit into this, about 8,000 tokens. */
const HISTORY_CHARACTERS_MAX = 32_000;

/** A chat with the agent. Only what was answered is kept: a failure is no answer, and what was stopped is as if unsaid. */
export function createChat(deps: ChatDeps): Chat {
  const { agent, persona, sessions, thread, clock, validate } = deps;
  let turns = 0;

  return {
    async say(text, listening) {
      const streaming = createStreaming(deps, listening);
      const history = newestOf(await sessions.recent(thread, HISTORY_MAX));
      const end = await runTurn({
        id: `${thread}.${clock.now()}.${++turns}`,
        agent,
        chat: thread,
        model: deps.model,
        systemPrompt: systemPromptOf(agent, persona, [], deps.catalogue?.()),
        entries: [
          ...history,
          { role: "system", text: `Now\n${new Date(clock.now()).toISOString()}` },
          { role: "user", text },
        ],
        // Nobody else can answer, so the agent always does.
        tools: deps.tools().filter(({ name }) => name !== "pass"),
        limits: deps.limits ?? defaultLimits,
        gate: deps.gate,
        journal: deps.journal,
        clock,
        sanitize: deps.sanitize,
        judgeLoop,
        sources: [deps.speaker ?? { label: "owner", from: "you" }],
        ...(deps.approver === undefined ? {} : { approver: deps.approver }),
        onEvent: streaming.onEvent,
        signal: listening.signal,
      });
      if (end.kind !== "answered" && end.kind !== "stopped") return end;
      const answer = validate(end.text);
      streaming.finish(answer);
      if (answer.trim() !== "") {
        await sessions.append(thread, [
          { by: "person", text: validate(text), model: null },
          { by: "agent", text: answer, model: end.by ?? "" },
        ]);
      }
      return { ...end, text: answer };
    },
  };
}

/** The newest of the history that fits, beginning with something a person said. */
function newestOf(history: readonly Said[]): Entry[] {
  let characters = 0;
  const tooMuch = history.findLastIndex(({ text }) => {
    characters += text.length;
    return characters > HISTORY_CHARACTERS_MAX;
  });
  const kept = history.slice(tooMuch + 1);
  const first = kept.findIndex(({ by }) => by === "person");
  return kept
    .slice(first === -1 ? kept.length : first)
    .map(({ by, text }) => (by === "person" ? { role: "user", text } : { role: "assistant", text, calls: [] }));
}

/** Passes on what is new of a validated draft, in the end the rest of the answer, and what tools are asked meanwhile. */
function createStreaming(
  { validate, validateDraft }: Pick<ChatDeps, "validate" | "validateDraft">,
  { onText, onRetracted, onCall }: Listening,
) {
  let text = "";
  let shown = "";
  const show = (safe: string) => {
    if (!safe.startsWith(shown) || safe === shown) return;
    onText?.(safe.slice(shown.length));
    shown = safe;
  };
  return {
    onEvent(event: TurnEvent): void {
      switch (event.kind) {
        case "text":
          text += event.piece;
          show(validateDraft(text));
          return;
        case "retracted":
          if (shown !== "") onRetracted?.();
          text = "";
          shown = "";
          return;
        case "call":
          onCall?.(event.call.tool, validate(event.call.arguments));
          return;
        default:
          return;
      }
    },
    finish(answer: string): void {
      // The validator took out something that a draft had shown: then the answer begins again.
      if (!answer.startsWith(shown)) {
        onRetracted?.();
        shown = "";
      }
      show(answer);
    },
  };
}
