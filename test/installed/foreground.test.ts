/** One service is the whole swarm: what systemd and Docker start serves, and ends with everything it started. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../shared/base/index.ts";
import { homeAt, programRoot } from "../../shared/config/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { newHome } from "../cli/kaos.ts";

const root = programRoot();
const unit = readFileSync(join(root, "docs/kaos.service"), "utf8");
const [, line = ""] = /^ExecStart=\/usr\/bin\/env node (.+)$/m.exec(unit) ?? [];

test("systemd and Docker start the same", () => {
  const [, command = "[]"] = /^CMD (.+)$/m.exec(readFileSync(join(root, "Dockerfile"), "utf8")) ?? [];
  expect((JSON.parse(command) as string[]).join(" ")).toBe(`node ${line}`);
});

test("it serves, and when it is stopped nothing is left", async () => {
  const home = newHome();
  mkdirSync(join(home, "pm2"));
  const service = spawn(process.execPath, line.split(" "), {
    cwd: root,
    env: {
      PATH: process.env["PATH"],
      HOME: home,
      KAOS_HOME: home,
      PM2_HOME: join(home, "pm2"),
      PM2_DISABLE_VERSION_CHECK: "1",
      PM2_CONCURRENT_ACTIONS: "16",
      DASHBOARD_PORT: "0",
    },
    stdio: "ignore",
  });
  onTestFinished(() => void service.kill("SIGKILL"));
  const ledger = await openLedger({ path: homeAt(home).ledger, clock: systemClock });
  onTestFinished(() => ledger.close());
  const up = async () => (await ledger.agents.roster()).filter(({ alive }) => alive);
  const { signal } = new AbortController();
  for (;;) {
    const seen = ledger.changes.version();
    const url = (await ledger.supervisor.state())?.url;
    if (url && (await up()).length === 6) {
      expect((await fetch(new URL("/readyz", url))).status).toBe(200);
      break;
    }
    await ledger.changes.past(seen, { signal, atMostMs: 1_000 });
  }
  const pids = (await up()).map(({ pid }) => pid);
  service.kill("SIGTERM");
  await once(service, "exit");
  expect(await up()).toEqual([]);
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow();
});
