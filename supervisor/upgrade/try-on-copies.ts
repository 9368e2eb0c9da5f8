/** An upgrade on copies of the databases: what it would do is done and checked where nobody is hurt. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Clock, messageOf } from "../../shared/base/index.ts";
import { migrate, openDatabase } from "../../shared/sqlite/index.ts";
import { checkHome } from "../backup/check-home.ts";
import { copyDatabase } from "../backup/copy-home.ts";
import { countRows, lostRows } from "./count-rows.ts";
import type { Store } from "./stores.ts";

/** What is wrong before a step is taken, and what would be wrong afterwards: the upgrade is safe when that is empty. */
export type Trial = { before: readonly string[]; after: readonly string[] };

type Trying = { folder: string; stores: readonly Store[]; clock: Clock; signal: AbortSignal };

/** Reads the home and changes nothing in it; agents may go on meanwhile. */
export async function tryOnCopies({ folder, stores, clock, signal }: Trying): Promise<Trial> {
  const aside = await mkdtemp(join(tmpdir(), "kaos-upgrade-"));
  const plainly = (problems: readonly string[]) => problems.map((problem) => problem.replaceAll(`${aside}/`, ""));
  const problemsNow = () => problemsIn(aside, stores, signal);
  try {
    for (const { path } of stores) {
      signal.throwIfAborted();
      const copy = join(aside, path);
      await mkdir(dirname(copy), { recursive: true, mode: 0o700 });
      await copyDatabase(join(folder, path), copy);
    }
    const before = await problemsNow();
    const rows = countRows(aside, stores);
    try {
      for (const store of stores) await takeSteps(aside, store, clock);
    } catch (error) {
      return { before: plainly(before), after: plainly([messageOf(error)]) };
    }
    const after = await problemsNow();
    return { before: plainly(before), after: plainly([...after, ...lostRows(rows, countRows(aside, stores))]) };
  } finally {
    if (existsSync(aside)) await rm(aside, { recursive: true, force: true });
  }
}

/** Takes one store through all steps ahead of it, in one transaction: all of them, or none. */
export async function takeSteps(folder: string, { path, what, migrations }: Store, clock: Clock): Promise<void> {
  const db = openDatabase(join(folder, path), { durability: "full" });
  try {
    await migrate(db, { what, migrations, clock });
  } finally {
    db.close();
  }
}

/** What checking the whole home brings. An agent may have talked to its person before there ever was a swarm: then no ledger is missed. */
export async function problemsIn(folder: string, stores: readonly Store[], signal: AbortSignal): Promise<string[]> {
  const { problems } = await checkHome(folder, signal);
  const hasLedger = stores.some(({ path }) => path === "swarm.db");
  return problems.filter((one) => hasLedger || !one.endsWith("has no ledger"));
}
