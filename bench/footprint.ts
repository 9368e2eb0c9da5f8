/** How much the swarm takes at rest and how soon it is ready: `node dist/bench/footprint.js [--json]`. Linux only, for it reads /proc. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { ownEnv, programRoot } from "../shared/config/index.ts";

const run = promisify(execFile);
/** After the start V8 collects again and again for most of a minute; then the processes only beat. */
const SETTLE_MS = 60_000;
const IDLE_WINDOW_MS = 60_000;
/** Clock ticks of /proc/<pid>/stat per second on Linux. */
const TICKS_PER_SECOND = 100;

type Figure = { pid: string; name: string; pssMiB: number; cpuTicks: number };

const home = mkdtempSync(join(tmpdir(), "kaos-footprint-"));
try {
  const startMs = await timed(() => kaos("up", "--json"));
  await pause(SETTLE_MS);
  const before = figures();
  await pause(IDLE_WINDOW_MS);
  const after = figures();
  const pssMiB = sum(after.map((figure) => figure.pssMiB));
  const busyTicks = sum(after.map(({ cpuTicks }) => cpuTicks)) - sum(before.map(({ cpuTicks }) => cpuTicks));
  const result = {
    machine: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}`,
    processes: after.length,
    pssMiB: round(pssMiB),
    each: Object.fromEntries(
      after.map(({ pid, name, pssMiB, cpuTicks }) => {
        const ticks = cpuTicks - (before.find((figure) => figure.pid === pid)?.cpuTicks ?? 0);
        return [name, { pssMiB: round(pssMiB), cpuPercent: percent(ticks) }];
      }),
    ),
    startSeconds: round(startMs / 1_000),
    idleCpuPercentOfOneCore: percent(busyTicks),
  };
  process.stdout.write(
    `${process.argv.includes("--json") ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`,
  );
} finally {
  await kaos("down");
  rmSync(home, { recursive: true, force: true });
}

async function kaos(...args: string[]): Promise<void> {
  await run(process.execPath, [join(programRoot(), "dist/cli/main.js"), "--home", home, ...args], {
    env: ownEnv({ DASHBOARD_PORT: "0" }),
  });
}

/** The processes of this home: those that have its folder in their environment. */
function figures(): Figure[] {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid && readText(pid, "environ").includes(home))
    .map((pid) => {
      // pm2 tells each process its name; its own daemon has none.
      const name = /(?:^|\0)name=([a-z-]+)\0/.exec(readText(pid, "environ"))?.[1] ?? "pm2";
      const pss = /^Pss:\s+(\d+) kB/m.exec(readText(pid, "smaps_rollup"))?.[1] ?? "0";
      const [user = 0, system = 0] = readText(pid, "stat").split(") ")[1]?.split(" ").slice(11, 13).map(Number) ?? [];
      return { pid, name, pssMiB: Number(pss) / 1_024, cpuTicks: user + system };
    });
}

function readText(pid: string, file: string): string {
  try {
    return readFileSync(join("/proc", pid, file), "utf8");
  } catch {
    return "";
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function percent(ticks: number): number {
  return Math.round((ticks / TICKS_PER_SECOND / (IDLE_WINDOW_MS / 1_000)) * 10_000) / 100;
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}
