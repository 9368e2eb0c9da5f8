/** The one file that loads the Telegram library (gramjs), and only when it is called: by an agent that uses Telegram. */
import type { Api, TelegramClient } from "telegram";
import { messageOf } from "../../../base/index.ts";
import { TelegramRefusal, TelegramSilent } from "../failures.ts";

export type GramjsOptions = {
  apiId: number;
  apiHash: string;
  /** Text of a session; empty for a login. */
  session: string;
  /** A SOCKS5 proxy, when the account goes through one. */
  proxy: { host: string; port: number; username?: string; password?: string } | undefined;
  /** What the account's list of devices shows. Must stay the same for an account. */
  device: string;
};

/** An answer comes within this, or is not waited for any longer. The library itself would wait for ever. */
const CALL_MAX_MS = 15_000;
/** The same for what may take a handshake first. */
export const CONNECT_MAX_MS = 30_000;
const CLOSE_MAX_MS = 5_000;
/** After so many failures in a row the library gives up; the account's life cycle then begins anew with another client. */
const CONNECTION_TRIES_MAX = 5;
const RETRY_MS = 1_000;

/** The parts of the library that we use. */
export type Loaded = Awaited<ReturnType<typeof load>>;
/** A client and what its requests are made of. */
export type Client = {
  api: Loaded["Api"];
  long(text: string): Api.long;
  client: TelegramClient;
  lib: Loaded;
  /** Waits for work of the library: it has no deadlines of its own, and what it waits for when it is closed never ends. */
  ask<Result>(work: Promise<Result>, atMostMs?: number): Promise<Result>;
  /** Rejects with TelegramSilent when the service cannot be reached. */
  connect(): Promise<void>;
  /** Ends all that the client does, and whatever is still asked. */
  close(): Promise<void>;
};

async function load() {
  const [
    { Api, TelegramClient },
    { StringSession },
    { Raw },
    { UpdateConnectionState },
    logger,
    helpers,
    password,
    uploads,
  ] = await Promise.all([
    import("telegram"),
    import("telegram/sessions/index.js"),
    import("telegram/events/index.js"),
    import("telegram/network/index.js"),
    import("telegram/extensions/Logger.js"),
    import("telegram/Helpers.js"),
    import("telegram/Password.js"),
    import("telegram/client/uploads.js"),
  ]);
  return {
    Api,
    TelegramClient,
    StringSession,
    Raw,
    UpdateConnectionState,
    ...logger,
    ...helpers,
    ...password,
    CustomFile: uploads.CustomFile,
  };
}

/** A client that is not connected yet. */
export async function createClient({ apiId, apiHash, session, proxy, device }: GramjsOptions): Promise<Client> {
  const lib = await load();
  const stored = new lib.StringSession(session);
  // The library would keep two rows a message for ever. What we need of it, `known` keeps.
  stored.processEntities = () => {};
  const client = new lib.TelegramClient(stored, apiId, apiHash, {
    connectionRetries: CONNECTION_TRIES_MAX,
    retryDelay: RETRY_MS,
    requestRetries: 3,
    floodSleepThreshold: 0,
    securityChecks: true,
    deviceModel: device,
    systemVersion: "KAOS",
    appVersion: "1",
    baseLogger: new lib.Logger(lib.LogLevel.NONE),
    ...(proxy === undefined ? {} : { proxy: { ip: proxy.host, socksType: 5, ...withoutHost(proxy) } }),
  });
  client.onError = async () => {};
  client._entityCache.add = () => {};
  const closed = new AbortController();
  const ask: Client["ask"] = (work, atMostMs = CALL_MAX_MS) => within(work, atMostMs, closed.signal);
  return {
    api: lib.Api,
    long: (text) => lib.returnBigInt(text),
    client,
    lib,
    ask,
    async connect() {
      if (await ask(client.connect(), CONNECT_MAX_MS)) return;
      throw new TelegramSilent("Telegram cannot be reached. Check the network, and TELEGRAM_PROXY if it is set.");
    },
    async close() {
      closed.abort();
      await within(client.destroy(), CLOSE_MAX_MS).catch(() => {});
    },
  };
}

function withoutHost({ port, username, password }: NonNullable<GramjsOptions["proxy"]>) {
  return { port, ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
}

/** Settles with the work, or rejects when it takes too long or the client is closed: with what the port promises, a refusal or silence. */
async function within<Result>(work: Promise<Result>, atMostMs: number, closed?: AbortSignal): Promise<Result> {
  const { promise: silence, reject } = Promise.withResolvers<never>();
  const onClosed = () => reject(new TelegramSilent("The connection to Telegram was closed."));
  const because = `Telegram did not answer within ${atMostMs / 1_000} s.`;
  const timer = setTimeout(() => reject(new TelegramSilent(because)), atMostMs);
  closed?.addEventListener("abort", onClosed, { once: true });
  try {
    return await Promise.race([work, silence]);
  } catch (error) {
    throw failureOf(error);
  } finally {
    clearTimeout(timer);
    closed?.removeEventListener("abort", onClosed);
  }
}

function failureOf(error: unknown): unknown {
  if (error instanceof TelegramSilent || error instanceof TelegramRefusal) return error;
  if (typeof error === "object" && error !== null && "errorMessage" in error) {
    const { seconds } = error as { seconds?: number };
    const waits: Record<string, string> = {
      FloodWaitError: "FLOOD_WAIT",
      FloodTestPhoneWaitError: "FLOOD_WAIT",
      SlowModeWaitError: "SLOWMODE_WAIT",
    };
    const [, code = "", number] = /^(.*?)(?:_(\d+))?$/.exec(String(error.errorMessage)) ?? [];
    return new TelegramRefusal(waits[error.constructor.name] ?? code, seconds ?? Number(number ?? 0));
  }
  // "Request was unsuccessful 1 time(s)", "Cannot send requests while disconnected", a text that was thrown.
  return new TelegramSilent(`Telegram did not answer: ${messageOf(error)}`, { cause: error });
}
