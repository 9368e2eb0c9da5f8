/** Hours of trouble with the connection in minutes: two accounts of the real transport, every kind of fault, and nothing may be missed or said twice. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Random, seeded } from "../../../shared/base/index.ts";
import { startTelegram, type Telegram } from "../telegram.ts";
import type { Account, Supergroup } from "../world/model.ts";
import type { Report, Setup } from "./account.ts";

export type Soaking = {
  hours: number;
  seed: number;
  /** Where the sessions are kept; the caller's to remove. */
  folder: string;
  onHour?(report: { hour: number; said: number; heapMb: number }): void;
};

export type Soaked = {
  hours: number;
  seed: number;
  said: number;
  /** Messages that an account did not hear. */
  missed: string[];
  /** Texts that stand in the group twice. */
  repeated: string[];
  /** Messages that were not answered. */
  unanswered: string[];
  troubles: Record<string, number>;
  /** Of the account that answers, after a collection: at the first hour, at the last, and the most in between. */
  heapMb: { first: number; last: number; most: number };
  rssMb: { first: number; last: number };
  realSeconds: number;
};

/** One simulated minute is a second of the accounts' own pauses. */
const FASTER = 60;
/** A trouble every five minutes of an hour. */
const TROUBLES_PER_HOUR = 12;
const BETWEEN_MS = 120;
/** After an hour of trouble everything must have arrived within this: real time, lines that went silent included. */
const SETTLED_WITHIN_MS = 90_000;
const MEGABYTE = 1024 * 1024;

type Trouble = { name: string; happen(account: Account): void | Promise<void> };

export async function soak({ hours, seed, folder, onHour }: Soaking): Promise<Soaked> {
  const startedAt = Date.now();
  const random = seeded(seed);
  const telegram = await startTelegram({ channelTooLongAbove: 40 });
  const anna = telegram.person("Anna");
  const accounts = { kronos: telegram.account("Kronos"), nexus: telegram.account("Nexus") };
  const group = telegram.supergroup("The team", [anna.account, ...Object.values(accounts)]);
  const members = Object.entries(accounts).map(([agent, { id }]) => ({ agent, account: String(id) }));
  const lives = await Promise.all(
    Object.entries(accounts).map(([agent, account]) =>
      startLife({ telegram, agent, account, owner: anna.account, group, members, folder, answers: agent === "nexus" }),
    ),
  );
  const troubles = troublesOf(telegram);
  const count: Record<string, number> = {};
  const said: string[] = [];
  const heap: number[] = [];
  const rss: number[] = [];
  try {
    for (let hour = 1; hour <= hours; hour++) {
      // A line that goes silent is noticed by a call that is not answered for 15 real seconds: one every four hours.
      if (hour % 4 === 1) telegram.silence(accounts.nexus);
      for (let n = 0; n < TROUBLES_PER_HOUR; n++) {
        const trouble = pick(troubles, random);
        count[trouble.name] = (count[trouble.name] ?? 0) + 1;
        const before = Math.floor(random() * 3);
        for (let i = 0; i < before; i++) said.push(anna.say(group, `${hour}.${n}.${i} before`).text);
        await trouble.happen(pick(Object.values(accounts), random));
        for (let i = 0; i < 3; i++) said.push(anna.say(group, `${hour}.${n}.${i} after ${trouble.name}`).text);
        await pause(BETWEEN_MS);
      }
      await settled(hour, lives, said, telegram, accounts.nexus);
      const [, nexus] = lives;
      const memory = await nexus?.memory();
      if (memory !== undefined) {
        heap.push(memory.heapBytes / MEGABYTE);
        rss.push(memory.rssBytes / MEGABYTE);
        onHour?.({ hour, said: said.length, heapMb: Number((memory.heapBytes / MEGABYTE).toFixed(1)) });
      }
    }
    const answers = new Set(
      telegram.messages(group).flatMap(({ author, text }) => (author === accounts.nexus ? [text] : [])),
    );
    const round = (value: number | undefined) => Number((value ?? 0).toFixed(1));
    return {
      ...{ hours, seed, said: said.length },
      missed: lives.flatMap(({ agent, heard }) =>
        said.filter((text) => !heard.has(text)).map((text) => `${agent}: ${text}`),
      ),
      repeated: telegram.repeated().map(({ text }) => text),
      unanswered: said.filter((text) => !answers.has(`re ${text}`)),
      troubles: count,
      heapMb: { first: round(heap[0]), last: round(heap.at(-1)), most: round(Math.max(...heap)) },
      rssMb: { first: round(rss[0]), last: round(rss.at(-1)) },
      realSeconds: Math.round((Date.now() - startedAt) / 1_000),
    };
  } finally {
    for (const { child } of lives) child.kill("SIGKILL");
    await telegram.close();
  }
}

type Life = {
  agent: string;
  child: ChildProcess;
  heard: ReadonlySet<string>;
  memory(): Promise<{ heapBytes: number; rssBytes: number }>;
};

type Living = {
  telegram: Telegram;
  agent: string;
  account: Account;
  owner: Account;
  group: Supergroup;
  members: Setup["members"];
  folder: string;
  answers: boolean;
};

async function startLife({ telegram, agent, account, owner, group, members, folder, answers }: Living): Promise<Life> {
  const path = (what: string) => join(folder, `${agent}.${what}`);
  const paths = {
    session: path("session"),
    account: path("account"),
    position: path("position"),
    standing: path("standing"),
  };
  writeFileSync(paths.session, telegram.sessionOf(account), { mode: 0o600 });
  const child = fork(join(import.meta.dirname, "account.ts"), [], {
    execArgv: ["--expose-gc", "--disable-warning=ExperimentalWarning"],
    env: { ...process.env, REQUESTS_PER_MINUTE: "0", ...telegram.environment() },
  });
  const heard = new Set<string>();
  child.on("message", (report: Report) => {
    if (report.kind === "said") heard.add(report.text);
  });
  const up = reportOf(child, "up");
  const setup: Setup = {
    agent,
    members,
    settings: {
      ...{ apiId: telegram.apiId, apiHash: telegram.apiHash, group: `-100${group.id}`, owners: [String(owner.id)] },
      ...{ allowed: [], proxy: telegram.proxy.url, catchUpMaxAgeMs: 600_000, pace: 0 },
    },
    paths,
    faster: FASTER,
    answers,
  };
  child.send(setup);
  await up;
  return {
    agent,
    child,
    heard,
    async memory() {
      const report = reportOf(child, "memory");
      child.send("memory");
      return report;
    },
  };
}

async function reportOf<Kind extends Report["kind"]>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<Report, { kind: Kind }>> {
  while (true) {
    const [report] = (await once(child, "message")) as [Report];
    if (report.kind === kind) return report as Extract<Report, { kind: Kind }>;
  }
}

/** Everything that was said is heard by all, and answered once. Goes on all the same when time is up: the result names what is missing. */
async function settled(
  hour: number,
  lives: readonly Life[],
  said: readonly string[],
  telegram: Telegram,
  answering: Account,
): Promise<void> {
  const missing = () => {
    const answers = new Set(telegram.messages().flatMap(({ author, text }) => (author === answering ? [text] : [])));
    const unheard = lives.flatMap(({ agent, heard }) =>
      said.filter((text) => !heard.has(text)).map((text) => `${agent} has not heard "${text}"`),
    );
    return [
      ...unheard,
      ...said.filter((text) => !answers.has(`re ${text}`)).map((text) => `"${text}" is not answered`),
    ];
  };
  const signal = AbortSignal.timeout(SETTLED_WITHIN_MS);
  for (let left = missing(); left.length > 0; left = missing()) {
    if (signal.aborted) throw new Error(`after hour ${hour}: ${left.join(", ")}`);
    await pause(BETWEEN_MS);
  }
}

function troublesOf(telegram: Telegram): Trouble[] {
  const { faults } = telegram;
  const pushes = (how: "lose" | "twice" | "swap" | "too long"): Trouble => ({
    name: `pushes: ${how}`,
    happen: (account) => void faults.pushes({ account, times: 2, how }),
  });
  const call = (name: string, fault: object, method = "messages.SendMessage"): Trouble => ({
    name,
    happen: () => void faults.call({ method, ...fault } as Parameters<typeof faults.call>[0]),
  });
  return [
    { name: "cut", happen: (account) => void telegram.cut(account) },
    { name: "all cut", happen: () => void telegram.cut() },
    { name: "restart", happen: () => telegram.restart() },
    { name: "new salts", happen: () => telegram.changeSalts() },
    {
      name: "down",
      async happen() {
        telegram.down();
        await pause(3 * BETWEEN_MS);
        telegram.up();
      },
    },
    ...(["lose", "twice", "swap", "too long"] as const).map(pushes),
    call("cut before sending", { cut: "before" }),
    call("cut after sending", { cut: "after" }),
    call("flood wait", { error: "FLOOD_WAIT_1" }),
    call("no difference", { error: "INTERNAL", code: 500 }, "updates.GetChannelDifference"),
  ];
}

function pick<One>(list: readonly One[], random: Random): One {
  const one = list[Math.floor(random() * list.length)];
  if (one === undefined) throw new Error("there is nothing to pick from");
  return one;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
