/** `kaos telegram` as a person uses it: the built command line, the real library, the loopback server. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { homeAt, programRoot } from "../../shared/config/index.ts";
import { takeLock } from "../../shared/sqlite/index.ts";
import { writeLogin } from "../../shared/transport/index.ts";
import { newHome, type Ran } from "../cli/kaos.ts";
import { startTelegram, type Telegram } from "./telegram.ts";
import type { Account, Supergroup } from "./world/model.ts";

describe("kaos telegram", () => {
  let telegram: Telegram;
  let home: string;
  let nexus: Account;
  let kronos: Account;
  let group: Supergroup;

  beforeEach(async () => {
    telegram = await startTelegram();
    home = newHome();
    nexus = telegram.account("Nexus", { username: "nexus_kaos", password: "correct horse" });
    kronos = telegram.account("Kronos", { username: "kronos_kaos" });
    group = telegram.supergroup("The team", [telegram.person("Anna").account, nexus, kronos]);
  });
  afterEach(() => telegram.close());

  /** Runs it; each of `answers` is typed when the one before was read. */
  async function kaos(
    words: string[],
    answers: (() => Promise<string>)[] = [],
    env: Record<string, string> = {},
  ): Promise<Ran> {
    const child = spawn(process.execPath, [join(programRoot(), "dist/cli/main.js"), "--home", home, ...words], {
      env: {
        PATH: process.env["PATH"],
        HOME: home,
        TELEGRAM_GROUP: `-100${group.id}`,
        TELEGRAM_OWNER_IDS: "1",
        ...telegram.environment(),
        ...env,
      },
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const output = Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
    for (const answer of answers) child.stdin.write(`${await answer()}\n`);
    child.stdin.end();
    const [stdout, stderr, [code]] = await output;
    return { stdout, stderr, code: code as number | null };
  }

  test("logs an account in by phone, code and password, keeps the session for its owner alone, and says what comes next", async () => {
    const { stdout, stderr, code } = await kaos(
      ["telegram", "login", "nexus", "--phone", `+${nexus.phone}`],
      [() => telegram.codeFor(nexus, { timeoutMs: 120_000 }), async () => "correct horse"],
    );
    expect([code, stdout]).toEqual([0, `nexus is logged in as Nexus (@nexus_kaos), account ${nexus.id}.\n`]);
    expect(stderr).toContain("telegram check");
    const { session } = homeAt(home).agent("nexus").telegram;
    expect(statSync(session).mode & 0o777).toBe(0o600);

    const again = await kaos(["telegram", "check", "nexus", "--json"]);
    expect(JSON.parse(again.stdout)).toMatchObject({
      ok: true,
      accounts: [{ agent: "nexus", ok: true, username: "nexus_kaos", group: "The team", room: `telegram:${group.id}` }],
    });
    expect(again.stdout + again.stderr + stdout + stderr).not.toContain("correct horse");
  });

  test("checks every account, and says of each what is wrong with it", async () => {
    const logIn = (agent: string, account: Account) =>
      writeLogin(homeAt(home).agent(agent).telegram, telegram.sessionOf(account), {
        id: String(account.id),
        username: account.username,
        name: account.name,
      });
    const outsider = telegram.account("Lacuna");
    logIn("kronos", kronos);
    logIn("nexus", kronos);
    logIn("lacuna", outsider);
    const { stdout, stderr, code } = await kaos(["telegram", "check"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/impulse +Not logged in. Log it in: `kaos telegram login impulse`\./);
    expect(stdout).toMatch(/lacuna +The Telegram account of lacuna is not in the group/);
    expect(stdout).toMatch(/nexus +It has the account of kronos/);
    expect(stderr).toMatch(/cannot serve on Telegram yet/);
  });

  test("an agent that runs is not disturbed: it has noted how its account stands", async () => {
    const lock = takeLock(homeAt(home).agent("nexus").lock);
    onTestFinished(() => lock?.release());
    const { stdout } = await kaos(["telegram", "check", "nexus"]);
    expect(stdout).toContain("It runs without Telegram. Its log says why.");
    const { stderr, code } = await kaos(["telegram", "login", "nexus"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("nexus runs with its session of now. Stop it first")]);
  });

  test("without an application, or with what is no proxy, it says what to write where", async () => {
    const none = await kaos(["telegram", "check"], [], { TELEGRAM_API_ID: "" });
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining("https://my.telegram.org")]);
    const proxy = await kaos(["telegram", "check"], [], { TELEGRAM_PROXY: "http://x" });
    expect(proxy.stderr).toContain("TELEGRAM_PROXY");
    expect(proxy.stderr).toContain("socks5://host:port");
  });
});
