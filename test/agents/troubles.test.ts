/** What an agent's process says and does when it cannot be what it should: a second one of the same agent, a newer ledger, a lock that somebody else holds. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../shared/base/index.ts";
import { homeAt, programRoot } from "../../shared/config/index.ts";
import { type Ledger, openLedger } from "../../shared/ledger/index.ts";
import { openDatabase } from "../../shared/sqlite/index.ts";
import { newHome } from "../cli/kaos.ts";
import { said } from "../doubles/ledger.ts";

describe("an agent's process", () => {
  test("ends with a sentence where the same agent runs already, and the first goes on", async () => {
    const home = newHome();
    const ledger = await openHome(home);
    const first = startAgent(home, "kronos");
    await isUp(ledger, "kronos");
    const second = await endOf(startAgent(home, "kronos"));
    expect(second.code).toBe(1);
    expect(second.because).toMatch(/^kronos runs already in .+ `kaos status`.+`kaos down`/);
    expect(await ledger.agents.roster()).toMatchObject([{ name: "kronos", pid: first.pid, epoch: 1, alive: true }]);
    first.kill("SIGTERM");
    expect((await endOf(first)).code).toBe(0);
    expect(await ledger.agents.roster()).toMatchObject([{ name: "kronos", state: "down" }]);
  });

  test("ends with a sentence on a ledger that a newer version wrote, and changes nothing in it", async () => {
    const home = newHome();
    const ledger = await openHome(home);
    const db = openDatabase(homeAt(home).ledger, { durability: "off" });
    db.exec("INSERT INTO migrations VALUES ('9999-teleport', 0)");
    db.close();
    const { code, because } = await endOf(startAgent(home, "kronos"));
    expect(code).toBe(1);
    expect(because).toMatch(
      /^The ledger .+ was written by a newer version of KAOS .+9999-teleport.+Nothing was changed\. Update KAOS/,
    );
    expect(await ledger.agents.roster()).toEqual([]);
  });

  test("ends with a sentence when nobody knows its name", async () => {
    const { code, because } = await endOf(startAgent(newHome(), "krnos"));
    expect(code).toBe(1);
    expect(because).toMatch(/^There is no agent "krnos"\. Known are /);
  });

  test("answers what was said, though somebody holds the ledger's lock for seconds meanwhile", async () => {
    const home = newHome();
    const ledger = await openHome(home);
    const agent = startAgent(home, "kronos");
    await isUp(ledger, "kronos");
    const { seq } = await ledger.messages.record(said("@kronos, are you there?", { saidAt: Date.now() }));
    const stranger = openDatabase(homeAt(home).ledger, { durability: "off" });
    stranger.exec("BEGIN IMMEDIATE");
    await systemClock.sleep(LOCKED_MS);
    stranger.exec("COMMIT");
    stranger.close();
    await until(ledger, async () => (await ledger.outcomes.ofMessage(seq)).length === 1);
    expect(await ledger.outcomes.ofMessage(seq)).toMatchObject([{ agent: "kronos", outcome: "replied" }]);
    expect((await ledger.messages.thread(seq)).length).toBe(2);
    expect(agent.exitCode).toBeNull();
  });
});

/** Longer than SQLite itself waits, shorter than a step may wait. */
const LOCKED_MS = 2_000;
const PATIENCE_MS = 120_000;

/** A ledger in a home, opened before anybody else does. */
async function openHome(home: string): Promise<Ledger> {
  mkdirSync(home, { recursive: true });
  const ledger = await openLedger({ path: homeAt(home).ledger, clock: systemClock, durability: "off" });
  onTestFinished(() => ledger.close());
  return ledger;
}

function startAgent(home: string, name: string): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [join(programRoot(), "dist/agents/main.js"), name], {
    env: {
      PATH: process.env["PATH"],
      KAOS_HOME: home,
      KAOS_LITE_CHAIN: "",
      KAOS_STANDARD_CHAIN: "",
      SWARM_PACE: "0.05",
      OFFLINE_WORDS_PER_SECOND: "0",
    },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** How it ended, and the reason in its last line. */
async function endOf(child: ChildProcessWithoutNullStreams): Promise<{ code: number | null; because: string }> {
  const [out, , [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  const last = out.trimEnd().split("\n").at(-1) ?? "";
  const { because } = JSON.parse(last === "" ? "{}" : last) as { because?: string };
  return { code: code as number | null, because: because ?? "" };
}

const isUp = (ledger: Ledger, name: string) =>
  until(ledger, async () => (await ledger.agents.roster()).some((row) => row.name === name && row.alive));

async function until(ledger: Ledger, isSo: () => Promise<boolean>): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  for (let seen = ledger.changes.version(); !(await isSo()); seen = ledger.changes.version()) {
    signal.throwIfAborted();
    await ledger.changes.past(seen, { signal, atMostMs: PATIENCE_MS });
  }
}
