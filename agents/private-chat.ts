/** The conversation that an owner or an allowed person has with an agent alone. The ledger sees nothing of it but commands and questions about risky calls. */
import {
  type ChatEnd,
  COMMAND_MAX_AGE_MS,
  type Commands,
  type Listening,
  waitingNotice,
} from "../shared/agent/index.ts";
import { messageOf, stableId, stopWith } from "../shared/base/index.ts";
import type { Approver } from "../shared/engine/index.ts";
import type { Approval, Ledger } from "../shared/ledger/index.ts";
import { type PrivateMessage, privateRoom, type TelegramTransport } from "../shared/transport/index.ts";
import type { Letter, Letters } from "./letters.ts";
import { createPost, type PostDeps, wantsVoice, withoutVoice } from "./post.ts";
import { createPrivateApprover } from "./private-approver.ts";

type Deps = Omit<PostDeps, "telegram"> & {
  commands: Commands;
  /** Says it in the conversation with this person, and waits for the answer. The same letter again goes on with its turn. */
  say(letter: Letter, approver: Approver, listening: Pick<Listening, "signal" | "more" | "onAgain">): Promise<ChatEnd>;
  /** Whether a former life has begun the turn of this letter. */
  hasBegun(letter: Letter): Promise<boolean>;
  letters: Letters;
  /** Letters of one person that are read in a minute; 0: any number. */
  requestsPerMinute: number;
  /** Letters that are older than this when they are come to are not answered. */
  catchUpMaxAgeMs: number;
  ledger: Ledger;
  /** The account: it tells what comes, and is made with this. */
  telegram(): Pick<TelegramTransport, "tell" | "tellAloud" | "typing" | "capabilities">;
};

export interface PrivateChat {
  /** Keeps a message and resolves; answering it waits for nobody. Strangers are ignored. */
  heard(message: PrivateMessage): Promise<void>;
  /** Goes on with what a former life of this agent left unanswered. */
  resume(): Promise<void>;
}

/** A stop or a pause is noticed at once; this is how often it is looked for all the same. */
const LOOK_EVERY_MS = 30_000;
/** The window of `requestsPerMinute`. */
const MINUTE_MS = 60_000;

/**
 * A letter is kept, answered, sent and closed, in this order, each step recorded before the next. Whoever dies in between
 * goes on there: a turn may be run again, but the parts of an answer have random ids that depend on the letter alone, so
 * none appears twice.
 *
 * What the person writes while a letter is being answered is heard at the next step of its turn, and then the one answer
 * closes both. What no step hears any more is answered on its own, after it.
 */
export function createPrivateChat(deps: Deps): PrivateChat {
  const { agent, commands, letters, requestsPerMinute, catchUpMaxAgeMs, ledger, telegram, clock, log, signal } = deps;
  const post = createPost(deps);
  /** Each person's conversation goes one message after another; commands go past it. */
  const lanes = new Map<string, Promise<void>>();
  /** What nobody has begun to answer, oldest first. */
  let waiting: Letter[] = [];
  /** What was too old when this life of the agent came to it. */
  const late = new WeakSet<Letter>();

  function begin(letter: Letter): void {
    const done = (task: Promise<void>) =>
      task.catch((error: unknown) => {
        if (!signal.aborted) log.warn("private letter not answered", { because: messageOf(error) });
      });
    if (isCommand(letter)) return void done(attend(letter, async () => ({ text: await obey(letter), also: [] })));
    if (ageMs(letter) > catchUpMaxAgeMs) late.add(letter);
    waiting.push(letter);
    const before = lanes.get(letter.person) ?? Promise.resolve();
    const lane = before.then(() => {
      // The turn before it has heard it, and answered it too.
      if (!waiting.includes(letter)) return undefined;
      waiting = waiting.filter((one) => one !== letter);
      return done(attend(letter, () => converse(letter)));
    });
    lanes.set(letter.person, lane);
    void lane.then(() => {
      if (lanes.get(letter.person) === lane) lanes.delete(letter.person);
    });
  }

  async function attend(letter: Letter, think: () => Promise<Thought>): Promise<void> {
    let text = letter.answer;
    if (text === null) {
      const thought = await think();
      signal.throwIfAborted();
      text = thought.text;
      await letters.answer(letter, text, thought.also);
    }
    await post.answer(letter, text);
    await letters.close(letter);
  }

  /** Commands are an owner's; from anybody else a text with a slash is a text. */
  function isCommand({ kind, text }: Letter): boolean {
    return kind === "owner" && /^\/(?!voice\b)[a-z]/u.test(text.trim());
  }

  const ageMs = ({ saidAt }: Letter): number => clock.now() - saidAt;

  async function obey(letter: Letter): Promise<string> {
    if (ageMs(letter) > COMMAND_MAX_AGE_MS) return `Not obeyed: ${AWAY}`;
    return commands.run(letter.text, letter.name);
  }

  async function converse(letter: Letter): Promise<Thought> {
    if (letter.unread !== null) return { text: letter.unread, also: [] };
    // A turn that has begun is brought to its end: it may have done something already.
    if (late.has(letter) && !(await deps.hasBegun(letter))) return { text: `Not answered: ${AWAY}`, also: [] };
    const paused = await ledger.controls.pausedBecause(agent);
    if (paused !== undefined) return { text: paused, also: [] };
    const ending = new AbortController();
    const leave = stopWith(ending, signal);
    const turn = ending.signal;
    const { person } = letter;
    void telegram().typing({ room: privateRoom(person), topic: null }, turn);
    const listening = stopWhenTold(turn, (by) => ending.abort(by));
    const show = (approval: Approval) =>
      void post
        .send(person, waitingNotice(approval), null, stableId("approval", agent, person, approval.id))
        .catch(() => {});
    const approver = createPrivateApprover({ ledger, clock, show, signal: turn });
    /** What this turn hears besides its letter. */
    const taken: Letter[] = [];
    const take = (next: readonly Letter[]) => {
      taken.push(...next);
      waiting = waiting.filter((one) => !next.includes(one));
      return next.map(({ text }) => text);
    };
    const mine = () => waiting.filter((one) => one.person === person && mayJoin(one));
    const inTime = () => mine().filter((one) => !late.has(one));
    try {
      const end = await deps.say({ ...letter, text: withoutVoice(letter.text) }, approver, {
        signal: turn,
        more: () => take(inTime()),
        onAgain: (heard) => {
          for (const text of heard)
            take(
              mine()
                .filter((one) => one.text === text)
                .slice(0, 1),
            );
        },
      });
      if (end.kind === "answered" || end.kind === "stopped") return { text: textOf(end), also: taken };
      // Without an answer each is answered on its own.
      waiting = [...taken, ...waiting];
      return { text: textOf(end), also: [] };
    } catch (error) {
      if (signal.aborted) throw error;
      log.error("private turn failed", { error });
      waiting = [...taken, ...waiting];
      return { text: `No answer: ${messageOf(error)}`, also: [] };
    } finally {
      leave();
      ending.abort();
      await listening;
    }
  }

  /** A pause or /stop concerns what is thought here as well. */
  async function stopWhenTold(turn: AbortSignal, stop: (by: string) => void): Promise<void> {
    const since = clock.now();
    while (!turn.aborted) {
      const seen = ledger.changes.version();
      const by = await ledger.controls.stoppedBy(agent, since).catch(() => undefined);
      if (by !== undefined) return stop(by);
      await ledger.changes.past(seen, { signal: turn, atMostMs: LOOK_EVERY_MS });
    }
  }

  return {
    async heard({ from, text, messageId, saidAt, unread = null }) {
      const { kind, id: person, name } = from;
      if (kind !== "owner" && kind !== "allowed") return log.info("private message ignored", { from: person, kind });
      const before = await letters.saidAfter(person, saidAt - MINUTE_MS);
      const letter: Letter = { person, messageId, name, kind, text, saidAt, unread: unread ?? null, answer: null };
      // A command stops and pauses, so it is obeyed however much was said.
      const tooMany = requestsPerMinute > 0 && before >= requestsPerMinute && !isCommand(letter);
      if (tooMany) letter.unread = `Not read: more than ${requestsPerMinute} messages in a minute. Wait a minute.`;
      if (!(await letters.keep(letter))) return undefined;
      // Told once; more of the same would be answered with a flood of its own.
      return tooMany && before > requestsPerMinute ? letters.close(letter) : begin(letter);
    },
    async resume() {
      for (const letter of await letters.open()) begin(letter);
    },
  };
}

const AWAY = "I was away when you wrote this. Write it again if it still matters.";

/** What is to be said, and which other letters that answers. */
type Thought = { text: string; also: readonly Letter[] };

/** What could not be read, has its answer, or wants to hear it is no part of another's turn. */
function mayJoin(letter: Letter): boolean {
  return letter.unread === null && letter.answer === null && !wantsVoice(letter);
}

function textOf(end: ChatEnd): string {
  switch (end.kind) {
    case "answered":
      return end.text;
    case "stopped":
      return end.text === "" ? `No answer: ${end.because}` : end.text;
    default:
      return `No answer: ${end.because}`;
  }
}
