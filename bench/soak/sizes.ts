/** How large the files of a home are, again and again, while a soak runs. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../shared/base/index.ts";
import { homeAt } from "../../shared/config/index.ts";
import { type Database, openDatabase } from "../../shared/sqlite/index.ts";

/** One look: messages so far, and bytes. `agentsBytes` are all databases of all agents. */
export type Sizes = {
  at: number;
  messages: number;
  ledgerBytes: number;
  walBytes: number;
  agentsBytes: number;
  agentsWalBytes: number;
  logBytes: number;
  /** What each agent remembers, by its name. */
  facts: Readonly<Record<string, number>>;
};

const LOOK_EVERY_MS = 2_000;

/** Looks until the signal says stop. The time is the machine's own, whatever the clock of the soak says. */
export async function watchSizes(home: string, eye: Database, over: AbortSignal): Promise<Sizes[]> {
  const sizes: Sizes[] = [];
  const { ledger, folder } = homeAt(home);
  const memories = readMemories(folder);
  const count = eye.prepare<[], number>("SELECT count(*) FROM messages").pluck();
  while (!over.aborted) {
    const files = filesIn(join(folder, "agents"));
    const sum = (ends: RegExp) =>
      files.filter((path) => ends.test(path)).reduce((total, path) => total + sizeOf(path), 0);
    sizes.push({
      at: Math.round(performance.timeOrigin + performance.now()),
      messages: count.get() ?? 0,
      ledgerBytes: sizeOf(ledger),
      walBytes: sizeOf(`${ledger}-wal`),
      agentsBytes: sum(/\.(?:db|index)$/),
      agentsWalBytes: sum(/-wal$/),
      facts: memories.count(),
      logBytes: sum(/\.jsonl$/) + filesIn(join(folder, "logs")).reduce((total, path) => total + sizeOf(path), 0),
    });
    await systemClock.sleep(LOOK_EVERY_MS, over).catch(() => {});
  }
  memories.close();
  return sizes;
}

/** The memories of all agents, each opened once it is there. */
function readMemories(folder: string) {
  const open = new Map<string, Database>();
  let known: Record<string, number> = {};
  return {
    count(): Readonly<Record<string, number>> {
      try {
        for (const name of readdirSync(join(folder, "agents"))) {
          const path = join(folder, "agents", name, "agent.db");
          if (!open.has(name) && existsSync(path))
            open.set(name, openDatabase(path, { durability: "normal", readonly: true }));
        }
        const counted = [...open].map(([name, db]) => {
          const most = db.prepare<[], number | null>("SELECT max(seq) FROM facts").pluck().get();
          return [name, most ?? 0] as const;
        });
        known = { ...known, ...Object.fromEntries(counted) };
      } catch {
        // Locked, or not made yet: the next look tells.
      }
      return known;
    },
    close() {
      for (const db of open.values()) db.close();
    },
  };
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path));
  } catch {
    return [];
  }
}

/** A file may go while one looks. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
