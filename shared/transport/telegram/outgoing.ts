/** Sending, once: threaded, emphasised, at a human pace, and never faster than Telegram allows. */
import { type Clock, isAbort, oneLine, stopWith } from "../../base/index.ts";
import type { Delivery, Outgoing, Place } from "../contract.ts";
import { TelegramRefusal, TelegramSilent, verdictOf } from "./failures.ts";
import type { Governor } from "./governor.ts";
import type { Peer, Sending, TelegramPort, Text, Update } from "./port.ts";

/** Telegram's limit on one message. */
export const TEXT_MAX = 4_096;

/** A message of ours: who gets it, and what it is. */
export type Letter = { to: Peer } & Omit<Outgoing, "id"> & {
    /** Said aloud instead of written. */
    voice?: Uint8Array;
  };

type Deps = {
  port: Pick<TelegramPort, "send" | "sendVoice" | "history" | "typing">;
  /** The account's own id, by which it knows its messages in a history. */
  self: string;
  render(markdown: string): Text;
  governor: Governor;
  absorb(updates: readonly Update[]): void;
  clock: Clock;
  /** Factor on the time that typing takes; 0 for tests. */
  pace: number;
  signal: AbortSignal;
};

/** A bucket that is empty for no longer than this is waited for; longer, the letter goes back to the outbox. */
const WAIT_HERE_MS = 5_000;
/** After a lost answer the same letter, with the same random id, is sent again this soon. */
const AGAIN_MS = 2_000;
/** Nobody waits longer than this for somebody who types fast. */
const TYPING_MAX_MS = 8_000;
const TYPING_MS_PER_CHARACTER = 15;
/** Typing is shown for six seconds, so it is said again before. */
const TYPING_EVERY_MS = 5_000;
/** So far back a message of ours is looked for. */
const SEARCHED_POSTS_MAX = 100;
/** An account that wrote too much rests. */
const REST_MS = 24 * 3_600_000;

export type Outgoer = {
  send(letter: Letter): Promise<Delivery>;
  /** Shows that somebody types until the signal says stop. */
  typing(to: Peer, topic: string | null, signal: AbortSignal): Promise<void>;
};

export function createOutgoing(deps: Deps): Outgoer {
  const { port, self, render, governor, absorb, clock, pace, signal } = deps;

  async function send(letter: Letter): Promise<Delivery> {
    const admission = await admit(letter.room);
    if (admission !== undefined) return admission;
    const { text, emphasis } = render(letter.text);
    const sending: Sending = {
      to: letter.to,
      text,
      emphasis,
      replyTo: numberOrNull(letter.replyTo),
      topic: numberOrNull(letter.topic),
      randomId: letter.randomId,
    };
    await typeFor(sending);
    return deliver(letter, sending);
  }

  /** Undefined when the letter may go. */
  async function admit(room: string): Promise<Delivery | undefined> {
    while (true) {
      const admission = await governor.admit(room);
      if (admission.kind === "go") return undefined;
      if (admission.asked || admission.ms > WAIT_HERE_MS) {
        return { kind: "later", afterMs: admission.ms, because: admission.because, asked: true };
      }
      await clock.sleep(admission.ms, signal);
    }
  }

  async function deliver(letter: Letter, sending: Sending): Promise<Delivery> {
    try {
      const { id, updates } =
        letter.voice === undefined
          ? await port.send(sending)
          : await port.sendVoice(letter.to, { ...sending, bytes: letter.voice });
      absorb(updates);
      // An answer without an id is none: the same random id asks again, and finds the message.
      if (id === undefined)
        return { kind: "later", afterMs: AGAIN_MS, because: "Telegram's answer told no id", asked: true };
      return { kind: "sent", messageId: String(id) };
    } catch (error) {
      if (error instanceof TelegramSilent) {
        return { kind: "later", afterMs: AGAIN_MS, because: "Telegram did not answer in time", asked: true };
      }
      if (!(error instanceof TelegramRefusal)) throw error;
      return refused(letter, sending, error);
    }
  }

  async function refused(letter: Letter, sending: Sending, error: TelegramRefusal): Promise<Delivery> {
    const verdict = verdictOf(error);
    switch (verdict.kind) {
      case "duplicate":
        return { kind: "sent", messageId: await findSent(sending) };
      case "wait":
        await governor.toldToWait(verdict.of, letter.room, verdict.ms, verdict.because);
        return { kind: "later", afterMs: verdict.ms, because: verdict.because, asked: true };
      case "stop":
        if (verdict.rest) await governor.toldToWait("account", letter.room, REST_MS, verdict.because);
        return { kind: "never", because: verdict.because };
      case "unthreaded":
        // What is answered is gone; in a topic the answer still belongs there.
        if (sending.replyTo === null) return { kind: "never", because: "the topic is gone" };
        return deliver(letter, { ...sending, replyTo: null });
      case "unemphasised":
        if (sending.emphasis.length === 0) return { kind: "never", because: `Telegram refused: ${error.code}` };
        return deliver(letter, { ...sending, emphasis: [] });
      case "again":
        return { kind: "later", afterMs: AGAIN_MS, because: verdict.because };
    }
  }

  /** The message stands there already: an answer was lost. The newest of ours with this text is it. */
  async function findSent({ to, text, replyTo, randomId }: Sending): Promise<string> {
    const posts = await port.history(to, { limit: SEARCHED_POSTS_MAX });
    const ours = posts.filter((post) => (post.out || post.from.id === self) && oneLine(post.text) === oneLine(text));
    const threaded = ours.find(({ reply }) => replyTo === null || reply?.to === replyTo);
    const found = threaded ?? ours[0];
    // Somebody has deleted it meanwhile. It was sent all the same.
    return found === undefined ? `sent-${randomId}` : String(found.id);
  }

  async function typeFor({ to, topic, text }: Sending): Promise<void> {
    const ms = pace * Math.min(TYPING_MAX_MS, text.length * TYPING_MS_PER_CHARACTER);
    if (ms === 0) return;
    const done = new AbortController();
    const typing = showTyping(to, topic, done.signal);
    await clock.sleep(ms, signal).finally(() => done.abort());
    await typing;
  }

  async function showTyping(to: Peer, topic: number | null, until: AbortSignal): Promise<void> {
    const ending = new AbortController();
    const leaves = [stopWith(ending, signal), stopWith(ending, until)];
    while (!ending.signal.aborted) {
      // Nobody misses it, and a refusal here says nothing about sending.
      await port.typing(to, topic).catch(() => {});
      await clock.sleep(TYPING_EVERY_MS, ending.signal).catch((error: unknown) => {
        if (!isAbort(error)) throw error;
      });
    }
    for (const leave of leaves) leave();
  }

  return {
    send,
    typing: (to, topic, until) => showTyping(to, numberOrNull(topic), until),
  };
}

/** A room of the contract as a supergroup; undefined when it is another transport's. */
export function channelOf({ room }: Pick<Place, "room">): string | undefined {
  return /^telegram:(\d+)$/.exec(room)?.[1];
}

/** The private chat with a person, as a place to write to. The ledger knows no such room. */
export function privateRoom(person: string): string {
  return `telegram:private:${person}`;
}

/** Whose private chat this is; undefined when it is another room. */
export function personOf({ room }: Pick<Place, "room">): string | undefined {
  return /^telegram:private:(\d+)$/.exec(room)?.[1];
}

function numberOrNull(id: string | null): number | null {
  return id === null ? null : Number(id);
}
