/** Six agent processes, as pm2 starts them, with the real library in one group on the loopback server. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../shared/base/index.ts";
import { homeAt, programRoot } from "../../shared/config/index.ts";
import { type Ledger, openLedger } from "../../shared/ledger/index.ts";
import { writeLogin } from "../../shared/transport/index.ts";
import { newFolder } from "./hearing.ts";
import type { Person } from "./person.ts";
import { startTelegram, type Telegram } from "./telegram.ts";
import type { Account, Message, Supergroup } from "./world/model.ts";

const SIX = ["impulse", "keystone", "kronos", "lacuna", "nexus", "resonant"] as const;
const isListening = ({ method }: { method: string }) => method === "updates.GetChannelDifference";
/** Six processes start on two busy cores. */
const PATIENCE = { timeoutMs: 120_000 };

describe("six processes in a Telegram group", () => {
  let telegram: Telegram;
  let anna: Person;
  let accounts: Record<string, Account>;
  let group: Supergroup;
  let ledger: Ledger;
  let start: (name: string) => Promise<ChildProcess>;

  beforeEach(async () => {
    telegram = await startTelegram();
    anna = telegram.person("Anna");
    accounts = Object.fromEntries(SIX.map((name) => [name, telegram.account(name, { username: `${name}_kaos` })]));
    group = telegram.supergroup("The team", [anna.account, ...Object.values(accounts)]);
    const home = homeAt(newFolder());
    for (const [name, account] of Object.entries(accounts)) {
      const whose = { id: String(account.id), username: account.username, name: account.name };
      writeLogin(home.agent(name).telegram, telegram.sessionOf(account), whose);
    }
    ledger = await openLedger({ path: home.ledger, clock: systemClock, durability: "off" });
    onTestFinished(() => ledger.close());
    start = (name) => startProcess(name, home.folder);
  });
  afterEach(() => telegram.close());

  async function startProcess(name: string, home: string): Promise<ChildProcess> {
    const child = spawn(process.execPath, [join(programRoot(), "dist/agents/main.js"), name], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: {
        PATH: process.env["PATH"],
        HOME: home,
        KAOS_HOME: home,
        KAOS_LITE_CHAIN: "",
        KAOS_STANDARD_CHAIN: "",
        OFFLINE_WORDS_PER_SECOND: "0",
        SWARM_PACE: "0.05",
        TELEGRAM_GROUP: `-100${group.id}`,
        TELEGRAM_OWNER_IDS: String(anna.account.id),
        ...telegram.environment(),
      },
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    await Promise.race([
      once(child, "message"),
      once(child, "exit").then(() => Promise.reject(new Error(`${name} ended`))),
    ]);
    return child;
  }

  /** The outcomes of all six for what Anna said, once each has one. */
  async function decided(message: Message): Promise<Record<string, string>> {
    const signal = AbortSignal.timeout(PATIENCE.timeoutMs);
    while (true) {
      const seen = ledger.changes.version();
      const row = (await ledger.messages.latest(`telegram:${group.id}`, 50)).find(({ text }) => text === message.text);
      const outcomes = row === undefined ? [] : await ledger.outcomes.ofMessage(row.seq);
      if (outcomes.length === SIX.length) return Object.fromEntries(outcomes.map((one) => [one.agent, one.outcome]));
      if (signal.aborted) throw new Error(`only ${outcomes.length} have decided about "${message.text}"`);
      await ledger.changes.past(seen, { signal, atMostMs: 1_000 });
    }
  }

  async function rowOf(message: Message) {
    const rows = await ledger.messages.latest(`telegram:${group.id}`, 50);
    return rows.find(({ text }) => text === message.text) ?? expect.fail(`"${message.text}" is not in the ledger`);
  }

  const repliesTo = (message: Message) => telegram.messages(group).filter(({ replyTo }) => replyTo === message);

  test("an evening: addressed, unaddressed, a flood wait, a restart of Telegram, a process that dies while it sends", async () => {
    const [, , kronosProcess] = await Promise.all(SIX.map((name) => start(name)));
    const { kronos, nexus } = accounts;
    // An account that never connected before hears from then on.
    const hearing = () => new Set(telegram.calls.filter(isListening).map(({ account }) => account));
    await telegram.until("all six to hear", () => hearing().size === SIX.length, PATIENCE);
    if (kronosProcess === undefined || kronos === undefined || nexus === undefined) throw new Error("six are not six");

    const addressed = anna.say(group, "@nexus_kaos what is 15 % of 80?");
    await anna.hears(group, { from: nexus, replyTo: addressed }, PATIENCE);
    expect(await decided(addressed)).toMatchObject({ nexus: "replied", kronos: "declined" });
    expect(repliesTo(addressed)).toHaveLength(1);

    telegram.faults.call({ method: "messages.SendMessage", error: "FLOOD_WAIT_2" });
    const open = anna.say(group, "What should we do first: the importer or the onboarding?");
    await anna.hears(group, { replyTo: open }, PATIENCE);
    const outcomes = Object.values(await decided(open));
    expect(outcomes.filter((outcome) => outcome === "replied").length).toBeGreaterThanOrEqual(1);
    expect(repliesTo(open).length).toBeLessThanOrEqual(2);

    telegram.restart();
    const afterwards = anna.say(group, "kronos, are you still there?");
    await anna.hears(group, { from: kronos, replyTo: afterwards }, PATIENCE);

    // The answer stands in the group, its sender is never told, and no colleague has heard of it: nothing is recorded.
    telegram.faults.call({ method: "messages.SendMessage", account: kronos, hang: "after" });
    for (const account of Object.values(accounts)) {
      if (account !== kronos) telegram.faults.pushes({ account, how: "lose", times: 2 });
    }
    const fatal = anna.say(group, "kronos, one last thing: what matters most?");
    await anna.hears(group, { from: kronos, replyTo: fatal }, PATIENCE);
    kronosProcess.kill("SIGKILL");
    await once(kronosProcess, "exit");
    const sent = await rowOf(fatal);
    const claims = await ledger.claims.ofRoot(sent.seq);
    expect(claims.filter(({ agent }) => agent === "kronos").map(({ state }) => state)).toEqual(["delivering"]);
    const missed = anna.say(group, "kronos, good night!");
    await start("kronos");
    await anna.hears(group, { from: kronos, replyTo: missed }, PATIENCE);
    expect(await decided(fatal)).toMatchObject({ kronos: "replied" });
    expect(await decided(missed)).toMatchObject({ kronos: "replied" });
    expect(repliesTo(fatal)).toHaveLength(1);
    expect(repliesTo(missed)).toHaveLength(1);
    expect(telegram.repeated()).toEqual([]);

    anna.say(nexus, "/status");
    expect((await anna.hears(nexus, { from: nexus }, PATIENCE)).text).toContain("● kronos");

    // One row a message, whichever of the six accounts told it first.
    const rows = await ledger.messages.latest(`telegram:${group.id}`, 100);
    expect(rows.map(({ messageId }) => messageId)).toEqual(
      telegram.messages(group).map((one) => String(one.ids.get(group.box))),
    );
  });
});
