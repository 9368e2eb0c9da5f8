/** The real client library, unmodified, as one device of an account: for tests of the server itself. */
import { TelegramClient } from "telegram";
import { Raw } from "telegram/events/index.js";
import { Logger, LogLevel } from "telegram/extensions/Logger.js";
import { StringSession } from "telegram/sessions/index.js";
import { onTestFinished } from "vitest";
import type { Telegram } from "./telegram.ts";
import { createWaiting } from "./waiting.ts";
import type { Account } from "./world/model.ts";

type Kind<Update> = { new (...args: never[]): Update; readonly name: string; readonly className?: string };

export type RealClient = {
  readonly api: TelegramClient;
  /** Every update so far, raw, in order of arrival. */
  readonly updates: readonly object[];
  /** The first update of this kind that fits, now or later. */
  gets<Update>(kind: Kind<Update>, fits?: (update: Update) => boolean): Promise<Update>;
  all<Update>(kind: Kind<Update>): Update[];
};

/** Connects with a key that both sides know, and reads the list of rooms once, so that their ids can be used. */
export async function openClient(telegram: Telegram, account: Account): Promise<RealClient> {
  const client = await connectClient(telegram, telegram.sessionOf(account));
  await client.api.getMe();
  await client.api.getDialogs({});
  return client;
}

/** Connects with the text of a session, or with none: a handshake. Gone after the test. */
export async function connectClient(telegram: Telegram, session = ""): Promise<RealClient> {
  const { proxy, apiId, apiHash } = telegram;
  const api = new TelegramClient(new StringSession(session), apiId, apiHash, {
    proxy: { ip: proxy.host, port: proxy.port, socksType: 5 },
    baseLogger: new Logger(LogLevel.NONE),
    connectionRetries: 100,
    retryDelay: 50,
    floodSleepThreshold: 0,
    securityChecks: true,
  });
  // What the library meets while a line is broken is no news to the tests that break it.
  api.onError = async () => {};
  const updates: object[] = [];
  const waiting = createWaiting(() => `It got ${updates.map((update) => nameOf(update)).join(", ")}.`);
  api.addEventHandler((update: object) => {
    updates.push(update);
    waiting.noticed();
  }, new Raw({}));
  onTestFinished(() => api.destroy());
  await api.connect();

  function all<Update>(kind: Kind<Update>): Update[] {
    return updates.filter((update): update is Update & object => update instanceof kind);
  }
  return {
    api,
    updates,
    all,
    gets: (kind, fits = () => true) =>
      waiting.until(`an update ${kind.className ?? kind.name}`, () => all(kind).find(fits)),
  };
}

function nameOf(update: object): string {
  return "className" in update ? String(update.className) : update.constructor.name;
}

/** The number by which clients call a supergroup. */
export function markedId(group: { id: number }): string {
  return `-100${group.id}`;
}
