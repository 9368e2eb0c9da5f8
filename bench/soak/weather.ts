/** What befalls a swarm in a soak beside killed processes: locked files, a full disk, a clock that jumps, a provider that is gone. */
import { execFileSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Random, systemClock } from "../../shared/base/index.ts";
import { homeAt } from "../../shared/config/index.ts";
import { openDatabase } from "../../shared/sqlite/index.ts";
import type { SoakProvider } from "./provider.ts";
import { CLOCK_FILE } from "./witness.ts";

/** How often each befell, and what could not be tried here, with its reason. */
export type Befallen = { locks: number; fullDisks: number; jumps: number; outages: number; skipped: readonly string[] };

type Weather = {
  home: string;
  /** Whether the home lies on a disk of its own that may be filled; else why not. */
  ownDisk: { own: true } | { own: false; because: string };
  witness: string;
  provider: SoakProvider;
  random: Random;
  over: AbortSignal;
};

/** One after the other, with a pause between, ms. */
const PAUSE_MS = 2_500;
/** Shorter than the ten seconds that a process waits for a lock. */
const LOCK_MS = 2_500;
const FULL_MS = 3_000;
const OUTAGE_MS = 4_000;
/** As far as the simulator's clock jumps, and back. */
const JUMP_MAX_MS = 60_000;

/** Makes weather until the signal; afterwards everything is as it should be. */
export async function makeWeather({ home, ownDisk, witness, provider, random, over }: Weather): Promise<Befallen> {
  const befallen = { locks: 0, fullDisks: 0, jumps: 0, outages: 0 };
  const wait = async (ms: number) => systemClock.sleep(ms, over).catch(() => {});
  const kinds = [lock, outage, jump, ...(ownDisk.own ? [fill] : [])];
  while (!over.aborted) {
    await wait(PAUSE_MS * (0.5 + random()));
    if (!over.aborted) await kinds[Math.floor(random() * kinds.length)]?.();
  }
  writeFileSync(join(witness, CLOCK_FILE), "0");
  return { ...befallen, skipped: ownDisk.own ? [] : [`full disk: ${ownDisk.because}`] };

  /** Another program has the ledger, or an agent's files, open for writing. */
  async function lock(): Promise<void> {
    const { ledger, agent } = homeAt(home);
    const files = [ledger, agent("kronos").database, agent("nexus").turns].filter(existsSync);
    const file = files[Math.floor(random() * files.length)];
    if (file === undefined) return;
    const db = openDatabase(file, { durability: "normal" });
    try {
      db.exec("BEGIN IMMEDIATE");
      befallen.locks++;
      await wait(LOCK_MS * random());
      db.exec("ROLLBACK");
    } catch {
      // Somebody was faster; the next lock is another one.
    } finally {
      db.close();
    }
  }

  async function fill(): Promise<void> {
    const ballast = join(home, "ballast");
    befallen.fullDisks++;
    try {
      // dd writes until the disk says no.
      execFileSync("dd", ["if=/dev/zero", `of=${ballast}`, "bs=64k"], { stdio: "ignore" });
    } catch {
      // It is full.
    }
    await wait(FULL_MS * random());
    rmSync(ballast, { force: true });
  }

  async function outage(): Promise<void> {
    befallen.outages++;
    provider.fail(random() < 0.5 ? "refuses" : "is silent");
    await wait(OUTAGE_MS * (0.5 + random()));
    provider.fail(undefined);
  }

  async function jump(): Promise<void> {
    befallen.jumps++;
    writeFileSync(join(witness, CLOCK_FILE), String(Math.round((random() * 2 - 1) * JUMP_MAX_MS)));
    await wait(PAUSE_MS);
  }
}

/** A disk in memory for the home, where one may be mounted: then it can be filled without harm to anybody. */
export function mountOwnDisk(folder: string, mebibytes: number): Weather["ownDisk"] {
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    return { own: false, because: "a disk of its own needs root on Linux" };
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m,mode=0700`, "tmpfs", folder], { stdio: "pipe" });
    return { own: true };
  } catch {
    return { own: false, because: "mounting a disk of its own is not allowed here" };
  }
}

/** After everything on it has ended. */
export function unmountOwnDisk(folder: string): void {
  execFileSync("umount", ["-l", folder], { stdio: "ignore" });
}
