/** Seven real processes under a real pm2: up, killed, back, asked, down, and nothing left of them. */
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../shared/base/index.ts";
import { homeAt } from "../../shared/config/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { kaos, kaosAlone, newHome } from "./kaos.ts";

type Status = { url?: string; processes: { name: string; state: string; pid?: number; restarts: number }[] };

const ALL = ["impulse", "keystone", "kronos", "lacuna", "nexus", "resonant", "supervisor"];
const BACK_MAX_MS = 120_000;

const statusOf = async (home: string) => JSON.parse((await kaos(home, ["status", "--json"])).stdout) as Status;

/** A home whose processes are stopped, whatever the test did. */
function swarmHome(): string {
  const home = newHome();
  onTestFinished(async () => void (await kaosAlone(home, ["down"])));
  return home;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("a swarm comes up, survives kill -9, answers what was said while it was down, and leaves nothing behind", async () => {
  const home = swarmHome();
  await kaos(home, ["room", "@nexus, what is 12*7?"]);

  const up = await kaosAlone(home, ["up"]);
  expect(up.stderr).toBe("");
  expect(up.stdout).toMatch(/^✓ Up after [\d.]+ s: impulse, keystone, [^.]+ and the\s+supervisor\.\n/);
  expect(up.stdout).toMatch(/http:\/\/127\.0\.0\.1:\d+\/login\?token=\S+/);
  expect(up.code).toBe(0);
  const { processes, url } = await statusOf(home);
  expect(
    processes
      .filter(({ state }) => state === "up")
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(ALL);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);

  const again = await kaosAlone(home, ["up", "--json"]);
  expect(JSON.parse(again.stdout)).toMatchObject({ started: [], before: expect.arrayContaining(ALL) });

  const victim = processes.find(({ name }) => name === "nexus")?.pid ?? 0;
  process.kill(victim, "SIGKILL");
  const back = await untilBack(home, "nexus", victim);
  expect(back).toMatchObject({ state: "up", restarts: 1 });

  const asked = JSON.parse((await kaos(home, ["room", "--wait", "--json", "@nexus, what is 2*3?"])).stdout);
  expect(asked.missing).toEqual([]);
  expect(asked.answers).toMatchObject([{ sender: { name: "nexus" }, text: expect.stringContaining("6") }]);
  expect((await kaos(home, ["why", "1"])).stdout).toMatch(/nexus +answered +tier 1/);
  expect((await kaos(home, ["logs", "nexus"])).stdout).toMatch(/nexus {2}agent up/);

  const pids = (await statusOf(home)).processes.flatMap(({ pid }) => pid ?? []);
  const down = await kaosAlone(home, ["down"]);
  expect(down.stdout).toMatch(/^✓ Stopped: impulse, .+ and supervisor\.\n$/);
  expect(pids.filter(isRunning)).toEqual([]);
  expect(existsSync(join(home, "pm2", "rpc.sock"))).toBe(false);
  expect((await statusOf(home)).processes.map(({ state }) => state)).toEqual(ALL.map(() => "down"));
  expect((await kaosAlone(home, ["down"])).stdout).toMatch(/^Nothing ran in /);
});

/** Waits for what the ledger hears, and asks `kaos status` then. */
async function untilBack(home: string, name: string, formerPid: number) {
  const ledger = await openLedger({ path: homeAt(home).ledger, clock: systemClock });
  try {
    const limit = AbortSignal.timeout(BACK_MAX_MS);
    while (!limit.aborted) {
      const seen = ledger.changes.version();
      const agent = (await ledger.agents.roster()).find((row) => row.name === name);
      if (agent?.alive && agent.pid !== formerPid)
        return (await statusOf(home)).processes.find((one) => one.name === name);
      await ledger.changes.past(seen, { signal: limit, atMostMs: 1_000 });
    }
    throw new Error(`${name} did not come back within ${BACK_MAX_MS} ms`);
  } finally {
    ledger.close();
  }
}

test("up says why a process does not come up, in its own words, and keeps trying for it", async () => {
  const home = swarmHome();
  const { stderr, code } = await kaosAlone(home, ["up", "kronos"], { env: { KAOS_STANDARD_CHAIN: "deepseek" } });
  expect(stderr).toMatch(/^✗ kronos does not come up: KAOS_STANDARD_CHAIN: deepseek needs a key: set DEEPSEEK_API_KEY/);
  expect(stderr).toContain(`Its log is ${join(home, "logs", "kronos.log")}`);
  expect(code).toBe(1);
});

test("a port that is taken is told before anything starts", async () => {
  const home = swarmHome();
  const other = createServer();
  onTestFinished(() => void other.close());
  const port = await new Promise<number>((resolve) =>
    other.listen(0, "127.0.0.1", () => resolve(Number((other.address() as { port: number }).port))),
  );
  const { stderr, code } = await kaosAlone(home, ["up"], { env: { DASHBOARD_PORT: String(port) } });
  expect(stderr).toMatch(
    new RegExp(`^✗ Port ${port}, where the control room should listen, is taken by another program\\..+DASHBOARD_PORT`),
  );
  expect(code).toBe(1);
  expect(existsSync(join(home, "pm2", "rpc.sock"))).toBe(false);
});
