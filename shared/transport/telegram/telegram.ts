/** Telegram as a transport: one user account of one agent, in one supergroup. */
import { type Clock, isAbort, type Log, messageOf } from "../../base/index.ts";
import type { Delivery, Hearing, Transport } from "../contract.ts";
import { type AccountDeps, liveOn, type Standing } from "./account.ts";
import { TelegramRefusal, TelegramSilent, verdictOf } from "./failures.ts";
import { type AccountPaths, type NotedStanding, writeStanding } from "./files.ts";
import type { FloodStore } from "./governor.ts";
import type { Perceive, PrivateMessage } from "./incoming.ts";
import { createMarkdown } from "./markdown.ts";
import { openPort } from "./open.ts";
import { channelOf, type Letter, personOf, privateRoom, TEXT_MAX } from "./outgoing.ts";
import type { Member } from "./senders.ts";

export type TelegramSettings = {
  apiId: number;
  apiHash: string;
  /** The group: its number, @name or link. */
  group: string;
  owners: readonly string[];
  allowed: readonly string[];
  /** `socks5://host:port`, or nothing. */
  proxy: string;
  catchUpMaxAgeMs: number;
  /** Factor on everything that is slow only to be human. */
  pace: number;
};

export type TelegramDeps = {
  agent: string;
  members: readonly Member[];
  settings: TelegramSettings;
  paths: AccountPaths;
  floods: FloodStore;
  /**
   * Keeps what somebody wrote to the agent alone. Resolves when it is kept, not when it is answered: what is heard next
   * waits for it. When it rejects, it is told again; `messageId` tells repetitions.
   */
  privately(message: PrivateMessage): Promise<void>;
  /** Turns voice messages and photos of people who are answered into words. What is heard next waits for it. */
  perceive: Perceive;
  clock: Clock;
  log: Log;
};

/** What is beside the contract: private chats, which the ledger never sees. */
export interface TelegramTransport extends Transport {
  /** Writes to a person alone, once for each `randomId`. The person must have written before, or share the group. */
  tell(person: string, letter: { text: string; replyTo: string | null; randomId: string }): Promise<Delivery>;
  /** The same as a voice message, Ogg with Opus. */
  tellAloud(person: string, letter: { voice: Uint8Array; replyTo: string | null; randomId: string }): Promise<Delivery>;
  /** Why the account does not hear or send now; undefined while it does. */
  trouble(): string | undefined;
}

/** An agent does not wait longer than this for its account: it counts as dead when it has not beaten for ten seconds. */
const START_MAX_MS = 8_000;
/** A letter for an account that is not connected is tried again this soon. */
const AGAIN_MS = 3_000;

/** Opens the library only when it starts. */
export function createTelegram(deps: TelegramDeps): TelegramTransport {
  const { agent, settings, clock, log } = deps;
  const closing = new AbortController();
  let standing: Standing = { kind: "waiting", because: "the Telegram account has not started" };
  let life: Promise<void> = Promise.resolve();

  function accountDeps(hearing: Hearing, render: AccountDeps["render"], onStanding: AccountDeps["onStanding"]) {
    const { members, paths, floods, privately, perceive } = deps;
    const { owners, allowed, group, pace } = settings;
    const open = (session: string) => openPort(agent, settings, session);
    return {
      ...{ agent, members, owners, allowed, group, paths, floods, privately, perceive, clock, log, pace },
      ...{ open, render, hearing, onStanding },
    };
  }

  /** Undefined when the account can send now. */
  function refusal(): Delivery | undefined {
    if (standing.kind === "live") return undefined;
    const { because } = standing;
    if (standing.kind === "waiting") return { kind: "later", afterMs: AGAIN_MS, because, asked: true };
    return { kind: "never", because };
  }

  function noteStanding(now: Standing): void {
    try {
      writeStanding(deps.paths, notedOf(now));
    } catch (error) {
      // A full disk must not end what needs no disk.
      log.warn("standing not noted", { because: messageOf(error) });
    }
  }

  async function post(letter: Letter): Promise<Delivery> {
    if (standing.kind !== "live") return refusal() ?? later("the account is not connected");
    try {
      return await standing.outgoing.send(letter);
    } catch (error) {
      if (isAbort(error)) return later("the connection was lost");
      throw error;
    }
  }

  return {
    name: "telegram",
    capabilities: { textMax: TEXT_MAX, catchUpMaxAgeMs: settings.catchUpMaxAgeMs, typing: true, reactions: true },

    async start(hearing) {
      const { render } = await createMarkdown();
      const settled = Promise.withResolvers<void>();
      const onStanding = (now: Standing) => {
        standing = now;
        noteStanding(now);
        if (now.kind !== "waiting") settled.resolve();
      };
      life = liveOn(
        accountDeps(hearing, (text) => render(text, TEXT_MAX), onStanding),
        closing.signal,
      ).catch((error: unknown) => {
        if (closing.signal.aborted) return;
        // A bug of this transport must not silence the agent elsewhere.
        log.error("telegram account stopped by a bug", { error });
        onStanding({
          kind: "unusable",
          because: "its Telegram transport met a mistake of its own; see the agent's log",
        });
      });
      const patience = new AbortController();
      await Promise.race([settled.promise, clock.sleep(START_MAX_MS, patience.signal).catch(() => {})]);
      patience.abort();
    },

    async send(outgoing) {
      const channel = channelOf(outgoing);
      if (channel === undefined) return { kind: "never", because: `${outgoing.room} is no room of Telegram` };
      if (standing.kind === "live" && standing.group.id !== channel) {
        return { kind: "never", because: `${agent} serves another Telegram group now` };
      }
      return post({ ...outgoing, to: { kind: "channel", id: channel } });
    },

    tell: (person, letter) =>
      post({ ...letter, room: privateRoom(person), topic: null, to: { kind: "user", id: person } }),

    tellAloud: (person, { voice, replyTo, randomId }) =>
      post({
        ...{ room: privateRoom(person), topic: null, text: "", replyTo, randomId, voice },
        to: { kind: "user", id: person },
      }),

    async typing(place, signal) {
      if (standing.kind !== "live") return;
      const channel = channelOf(place);
      const person = personOf(place);
      const to =
        channel !== undefined
          ? ({ kind: "channel", id: channel } as const)
          : person !== undefined && ({ kind: "user", id: person } as const);
      if (to !== false) await standing.outgoing.typing(to, place.topic, signal);
    },

    async react({ room, messageId }, emoji) {
      const channel = channelOf({ room });
      if (channel === undefined) return { kind: "never", because: `${room} is no room of Telegram` };
      if (standing.kind !== "live") return refusal() ?? later("the account is not connected");
      return react(standing, channel, Number(messageId), emoji);
    },

    trouble: () => (standing.kind === "live" ? undefined : standing.because),

    async close() {
      closing.abort();
      await life;
    },
  };
}

async function react(
  { port, absorb }: Standing & { kind: "live" },
  channel: string,
  id: number,
  emoji: string | null,
): Promise<Delivery> {
  try {
    absorb(await port.react({ kind: "channel", id: channel }, id, emoji));
    return { kind: "sent", messageId: String(id) };
  } catch (error) {
    if (error instanceof TelegramSilent) return later("Telegram did not answer in time");
    if (!(error instanceof TelegramRefusal)) throw error;
    const verdict = verdictOf(error);
    if (verdict.kind === "wait") {
      return { kind: "later", afterMs: verdict.ms, because: verdict.because, asked: true };
    }
    return { kind: "never", because: error.message };
  }
}

function later(because: string): Delivery {
  return { kind: "later", afterMs: AGAIN_MS, because, asked: true };
}

function notedOf(standing: Standing): NotedStanding {
  if (standing.kind !== "live") return { live: false, because: standing.because };
  const { self, group } = standing;
  return { live: true, account: self.id, username: self.username, group: group.title, room: `telegram:${group.id}` };
}
