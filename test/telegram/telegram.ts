/** Starts a Telegram on loopback and hands out everything a test does with it. */
import { randomBytes } from "node:crypto";
import { type Calls, createCalls, type SeenCall } from "./answer-calls.ts";
import { addresses, environmentFor, freshKey, sessionText, teachKey } from "./client-settings.ts";
import { createFaults, type Faults } from "./faults.ts";
import { lastWords, repeated, standing } from "./inspect.ts";
import { methods } from "./methods/index.ts";
import { createLogins } from "./methods/logins.ts";
import { createUploads } from "./methods/uploads.ts";
import { createPerson, type Person } from "./person.ts";
import { createPushes } from "./pushes.ts";
import { createTrouble, type Trouble } from "./trouble.ts";
import { createWaiting, type Wait, type Waiting } from "./waiting.ts";
import { createRsaKey } from "./wire/rsa-key.ts";
import { createWire } from "./wire/server.ts";
import { openSocksFront } from "./wire/socks-front.ts";
import type { Account, BasicGroup, Message, Room, Supergroup } from "./world/model.ts";
import { type AccountOptions, createWorld, type SupergroupOptions, type World } from "./world/world.ts";

export type TelegramOptions = {
  /** Pushes show members as `min`: readable, and not to be called anything by. */
  minUsers?: boolean;
  /** Plain texts in private chats and basic groups come in the abridged form, as in Telegram. */
  shortUpdates?: boolean;
  /** How many events one difference brings. */
  differenceEventsMax?: number;
  /** From how many missed events on a supergroup's difference is too long to be told. */
  channelTooLongAbove?: number;
};

export type Telegram = Trouble & {
  readonly proxy: { host: string; port: number; url: string };
  readonly apiId: number;
  readonly apiHash: string;
  /** The variables that lead another process here, a login included. */
  environment(): Record<string, string>;
  /** Teaches this process the server's key, for logins from it; taken back by `close`. */
  teachKey(): void;
  readonly world: World;
  readonly faults: Faults;
  account(name: string, options?: AccountOptions): Account;
  person(name: string, options?: AccountOptions): Person;
  supergroup(title: string, members: readonly [Account, ...Account[]], options?: SupergroupOptions): Supergroup;
  basicGroup(title: string, members: readonly [Account, ...Account[]]): BasicGroup;
  /** A device that is logged in as this account, each time a new one: the text of a StringSession. */
  sessionOf(account: Account): string;
  /** The login code that comes to the account's other devices, now or later. */
  codeFor(account: Account, wait?: Wait): Promise<string>;
  /** The account's phone reads a QR code, `tg://login?token=…`. Throws when the code is unknown or too old. */
  scan(url: string, account: Account): void;
  until: Waiting["until"];
  /** What stands in a room, or everywhere; service messages and deleted ones are left out. */
  messages(room?: Room): Message[];
  /** Messages that say what their author has said in the same room before. */
  repeated(): Message[];
  readonly calls: readonly SeenCall[];
  /** Throws when a client called something that does not exist here, or the server itself failed. */
  close(): Promise<void>;
};

const host = "127.0.0.1";
const loginDcId = 4;
const reactions = ["👍", "👎", "❤", "🔥", "😁", "🤔", "🎉", "👏", "👀"];

export async function startTelegram(options: TelegramOptions = {}): Promise<Telegram> {
  const { minUsers = false, shortUpdates = true } = options;
  const { differenceEventsMax = 100, channelTooLongAbove = 1000 } = options;
  const world = createWorld();
  const logins = createLogins();
  const rsa = createRsaKey();
  const apiId = 12345;
  const apiHash = randomBytes(16).toString("hex");
  const failures: string[] = [];

  const waiting = createWaiting(() => lastWords(world.messages));
  const faults = createFaults((name) => methods.some((method) => method.name === name));
  const dcIds = Object.keys(addresses).map(Number);
  const addressOf = (dcId: number) => addresses[dcId] ?? "";
  const limits = { differenceEventsMax, channelTooLongAbove };
  const setting = { world, logins, uploads: createUploads(), dcIds, addressOf, apiId, apiHash, reactions, ...limits };
  const calls: Calls = createCalls({ setting, methods, faults, noticed: waiting.noticed });
  const failed = (because: unknown, { className }: { className: string }) =>
    void failures.push(`${className}: ${because instanceof Error ? because.stack : String(because)}`);
  const wire = createWire({ rsa, respond: calls.respond, failed });
  const trouble = createTrouble(wire);

  world.listen(createPushes({ wire, faults, manner: { minUsers, shortUpdates } }));
  world.listen(waiting.noticed);

  const front = await openSocksFront((address) => {
    const dcId = dcIds.find((id) => addressOf(id) === address) ?? loginDcId;
    return trouble.isDown() ? null : (socket) => wire.accept(socket, dcId);
  });
  const proxyUrl = `socks5://${host}:${front.port}`;
  let unlearn: (() => void) | null = null;

  return {
    ...trouble,
    proxy: { host, port: front.port, url: proxyUrl },
    apiId,
    apiHash,
    environment: () => environmentFor({ proxyUrl, apiId, apiHash, key: rsa.public }),
    teachKey() {
      unlearn ??= teachKey(rsa.public);
    },
    world,
    faults,
    account: world.addAccount,
    person: (name, about) => createPerson(world.addAccount(name, about), { world, waiting }),
    supergroup: world.addSupergroup,
    basicGroup: world.addBasicGroup,
    sessionOf(account) {
      const key = freshKey();
      wire.devices.add(key, account.dcId, account);
      return sessionText(account.dcId, key);
    },
    codeFor: (account, wait) => waiting.until(`a code for ${account.name}`, () => logins.codeFor(account), wait),
    scan(url, account) {
      const token = new URL(url).searchParams.get("token") ?? "";
      const result = logins.acceptToken(Buffer.from(token, "base64url"), account);
      if (result !== "accepted") throw new Error(`the phone of ${account.name} does not accept this code: ${result}`);
    },
    until: waiting.until,
    messages: (room) => standing(world.messages).filter((message) => !room || message.room === room),
    repeated: () => repeated(world.messages),
    calls: calls.seen,
    async close() {
      wire.close();
      unlearn?.();
      await front.close();
      const unknown = [...calls.unknown].map((name) => `a client called ${name}, which the server does not have`);
      if (failures.length + unknown.length > 0) throw new Error([...unknown, ...failures].join("\n"));
    },
  };
}
