/** An account of the product on the loopback server, and everything that it hears. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Clock, silentLog, systemClock } from "../../shared/base/index.ts";
import {
  createTelegram,
  type Heard,
  type HeardReactions,
  type PrivateMessage,
  type TelegramTransport,
} from "../../shared/transport/index.ts";
import { openTestLedger } from "../doubles/ledger.ts";
import type { Telegram } from "./telegram.ts";
import { createWaiting } from "./waiting.ts";
import type { Account, Supergroup } from "./world/model.ts";

export type Told =
  | ({ kind: "said" } & Heard)
  | { kind: "edited"; room: string; messageId: string; text: string }
  | { kind: "deleted"; room: string; messageId: string }
  | ({ kind: "reacted" } & HeardReactions)
  | ({ kind: "privately" } & PrivateMessage);

export type Listening = {
  transport: TelegramTransport;
  paths: { session: string; position: string };
  /** In the order in which it was told. */
  told: readonly Told[];
  /** The first thing told that fits, now or later. */
  hears<Kind extends Told["kind"]>(
    kind: Kind,
    fits?: (told: Extract<Told, { kind: Kind }>) => boolean,
  ): Promise<Extract<Told, { kind: Kind }>>;
  /** Why it does not serve, once it does not. */
  troubled(because: RegExp): Promise<string>;
  /** The same account, files and position, in a new process. */
  again(): Promise<Listening>;
};

type Options = {
  agent?: string;
  members?: Readonly<Record<string, Account>>;
  owner?: Account;
  allowed?: readonly Account[];
  group?: string;
  clock?: Clock;
  /** The text of a session; one of the account by default. */
  session?: string;
};

/** A folder that is gone after the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kaos-telegram-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function listen(
  telegram: Telegram,
  account: Account,
  group: Supergroup,
  { agent = "nexus", members = {}, owner, allowed = [], clock = systemClock, session, ...more }: Options = {},
): Promise<Listening> {
  const folder = newFolder();
  const paths = {
    session: join(folder, "telegram.session"),
    account: join(folder, "telegram.account.json"),
    position: join(folder, "telegram.position.json"),
    standing: join(folder, "telegram.standing.json"),
  };
  writeFileSync(paths.session, session ?? telegram.sessionOf(account), { mode: 0o600 });
  const { ledger, close } = await openTestLedger(systemClock);
  onTestFinished(close);

  async function start(): Promise<Listening> {
    const told: Told[] = [];
    const waiting = createWaiting(() => `It heard: ${JSON.stringify(told)}`);
    const lookAgain = () => queueMicrotask(waiting.noticed);
    const tell = async (one: Told) => {
      told.push(one);
      waiting.noticed();
    };
    const transport = createTelegram({
      agent,
      members: Object.entries({ [agent]: account, ...members }).map(([name, { id }]) => ({
        agent: name,
        account: String(id),
      })),
      settings: {
        apiId: telegram.apiId,
        apiHash: telegram.apiHash,
        group: more.group ?? `-100${group.id}`,
        owners: owner === undefined ? [] : [String(owner.id)],
        allowed: allowed.map(({ id }) => String(id)),
        proxy: telegram.proxy.url,
        catchUpMaxAgeMs: 600_000,
        pace: 0,
      },
      paths,
      floods: ledger.floodWaits,
      privately: (message) => tell({ kind: "privately", ...message }),
      perceive: async () => ({ words: "" }),
      clock,
      // What it logs is followed by how it stands.
      log: { ...silentLog, info: lookAgain, warn: lookAgain, error: lookAgain },
    });
    onTestFinished(() => transport.close());
    await transport.start({
      said: (heard) => tell({ kind: "said", ...heard }),
      edited: (edited) => tell({ kind: "edited", ...edited }),
      deleted: (deleted) => tell({ kind: "deleted", ...deleted }),
      reacted: (reacted) => tell({ kind: "reacted", ...reacted }),
    });
    // On a busy machine an account may take longer to connect than an agent waits for it.
    await waiting.until(`${agent} to stand`, () => !/connecting|not started/.test(transport.trouble() ?? ""));
    return {
      transport,
      paths,
      told,
      hears: (kind, fits = () => true) =>
        waiting.until(`${agent} to hear "${kind}"`, () =>
          told.find((one): one is Extract<Told, { kind: typeof kind }> => one.kind === kind && fits(one as never)),
        ),
      troubled: (because) =>
        waiting.until(`${agent} to be in trouble: ${because}`, () => {
          const trouble = transport.trouble();
          return trouble !== undefined && because.test(trouble) && trouble;
        }),
      async again() {
        await transport.close();
        return start();
      },
    };
  }
  return start();
}
