/** What befalls the machine, not one process: the clock jumps, somebody locks the ledger, the disk fills up. */
import type { Random } from "../base/index.ts";
import type { Database } from "../sqlite/index.ts";
import type { VirtualClock } from "./clock.ts";
import type { FaultKind } from "./faults.ts";

export type Befallen = { jumps: number; locks: number; fullDisks: number };

type Deps = {
  clock: VirtualClock;
  random: Random;
  faults: ReadonlySet<FaultKind>;
  /** A connection of its own, for holding the lock. */
  stranger: Database;
  /** The connection of the swarm. */
  swarm: Database;
  befallen: Befallen;
  /** Everything comes so many times as seldom as in a storm. */
  stretch: number;
  tell(what: string): void;
};

/** Times between two events of one kind, and how long it lasts, ms. */
const JUMP_EVERY_MS = 90_000;
const JUMP_MAX_MS = 120_000;
const LOCK_EVERY_MS = 90_000;
const LOCK_MAX_MS = 4_000;
const FULL_EVERY_MS = 120_000;
const FULL_MAX_MS = 8_000;
/** SQLite's own bound on the number of pages. */
const PAGES_MAX = 4_294_967_294;

/** A storm that goes on until `calm` says so; what it began it ends. */
export function startWeather(
  { clock, random, faults, stranger, swarm, befallen, stretch, tell }: Deps,
  calm: () => boolean,
): void {
  async function again(everyMs: number, event: () => Promise<void>): Promise<void> {
    while (true) {
      await clock.sleep((0.5 + random()) * everyMs * stretch);
      if (calm()) return;
      await event();
    }
  }

  async function jump(): Promise<void> {
    befallen.jumps++;
    const ms = Math.round((random() * 2 - 1) * JUMP_MAX_MS);
    tell(`the clock jumps by ${ms / 1_000} s`);
    clock.jump(ms);
  }

  async function lock(): Promise<void> {
    befallen.locks++;
    tell("somebody locks the ledger");
    stranger.exec("BEGIN IMMEDIATE");
    await clock.sleep(random() * LOCK_MAX_MS);
    stranger.exec("ROLLBACK");
  }

  async function fill(): Promise<void> {
    befallen.fullDisks++;
    tell("the disk is full");
    // SQLite raises the bound to the pages in use: from here on the file cannot grow.
    swarm.pragma("max_page_count = 1");
    await clock.sleep(random() * FULL_MAX_MS);
    swarm.pragma(`max_page_count = ${PAGES_MAX}`);
  }

  if (faults.has("clock")) void again(JUMP_EVERY_MS, jump);
  if (faults.has("lock")) void again(LOCK_EVERY_MS, lock);
  if (faults.has("disk")) void again(FULL_EVERY_MS, fill);
}
