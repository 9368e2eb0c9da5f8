/** Looks at every file of a home for damage. Nothing is changed but SQLite's own side files. */
import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { verifyAudit } from "../../shared/audit/index.ts";
import { type Clock, messageOf } from "../../shared/base/index.ts";
import type { Home } from "../../shared/config/index.ts";
import { type Database, openDatabase, schemaSteps } from "../../shared/sqlite/index.ts";
import { databasesBelow } from "../backup/check-home.ts";
import { readJournal } from "../upgrade/journal.ts";
import type { Store } from "../upgrade/stores.ts";
import type { Damage } from "./damage.ts";
import { lookAtLeftovers } from "./leftovers.ts";
import { lookAtStore } from "./look-at-store.ts";
import { freshParts, type Part } from "./schema-parts.ts";
import { readLog } from "./torn-log.ts";

export type Looking = {
  home: Home;
  stores: readonly Store[];
  clock: Clock;
  /** Whether processes have the files: then what changes under one's eyes is left alone. */
  inUse: boolean;
};

/** The worst of each file first. The logs of databases are read before anything opens these: opening would tidy them up. */
export async function lookAtHome({ home, stores, clock, inUse }: Looking): Promise<Damage[]> {
  const { folder } = home;
  const files = existsSync(folder) ? (await databasesBelow(folder)).map((path) => relative(folder, path)) : [];
  const torn = inUse ? [] : stores.flatMap(({ path }) => tornIn(folder, path));
  const inStores: Damage[] = [];
  for (const store of stores) inStores.push(...(await lookAt(folder, store, clock)));
  const others = files.filter((path) => !stores.some((store) => store.path === path));
  return [
    ...torn,
    ...inStores,
    ...others.flatMap((path) => lookAtOther(folder, path)),
    ...(await lookAtChains(home)),
    ...lookAtUpgrade(home),
    ...(inUse ? [] : lookAtLeftovers(home, clock.now())),
  ];
}

function tornIn(folder: string, path: string): Damage[] {
  const log = readLog(join(folder, `${path}-wal`));
  if (!log.torn) return [];
  const says = `${path}-wal is torn, as by a power cut: ${log.because}`;
  return [{ path, kind: "torn log", says, stops: true, mends: "keeps what was written whole" }];
}

async function lookAt(folder: string, store: Store, clock: Clock): Promise<Damage[]> {
  try {
    const db = openDatabase(join(folder, store.path), { durability: "normal", readonly: true });
    try {
      return lookAtStore(db, store.path, await wantedIn(db, store, clock));
    } finally {
      db.close();
    }
  } catch (error) {
    const says = `${store.path} is damaged: ${messageOf(error instanceof Error ? (error.cause ?? error) : error)}`;
    return [
      {
        path: store.path,
        kind: "corrupt",
        says,
        stops: true,
        mends: "brings every row that can be read into a new file",
      },
    ];
  }
}

/** The parts that this file should have, as far as it has come; none of a version that is not known here. */
export async function wantedIn(db: Database, store: Store, clock: Clock): Promise<Part[]> {
  const { taken, unknown } = schemaSteps(db, store.migrations);
  return unknown.length > 0 ? [] : freshParts(store.migrations.slice(0, taken.length), clock);
}

/** Indexes of audit logs, and whatever else a part of an agent keeps: made again from what they stand for. */
function lookAtOther(folder: string, path: string): Damage[] {
  const damaged = (because: string): Damage[] => {
    const derived = path.endsWith(".index");
    const says = `${path} is damaged: ${because}`;
    return derived
      ? [{ path, kind: "stale index", says, stops: false, mends: "moves it away; its agent makes it anew" }]
      : [{ path, kind: "corrupt", says, stops: false, next: `Move ${path} away; whoever made it makes it anew.` }];
  };
  try {
    const db = openDatabase(join(folder, path), { durability: "normal", readonly: true });
    try {
      const [said] = db.prepare<[], string>("PRAGMA integrity_check(1)").pluck().all();
      return said === "ok" ? [] : damaged(said ?? "it does not say how");
    } finally {
      db.close();
    }
  } catch (error) {
    return damaged(messageOf(error instanceof Error ? (error.cause ?? error) : error));
  }
}

async function lookAtChains(home: Home): Promise<Damage[]> {
  const agents = join(home.folder, "agents");
  const found: Damage[] = [];
  for (const name of existsSync(agents) ? readdirSync(agents).toSorted() : []) {
    const log = home.agent(name).audit;
    if (!existsSync(log)) continue;
    const path = relative(home.folder, log);
    const next = `Keep a copy of its folder, then see \`kaos audit verify ${name}\`. What was changed cannot be brought back; a backup may hold it as it was.`;
    try {
      const check = await verifyAudit(log, { heads: headsOf(home, name) });
      if (check.ok || check.because.includes("opening the log again repairs it")) continue;
      const says = `${path}: line ${check.line} of ${check.file} is not as it was written: ${check.because}`;
      found.push({ path, kind: "broken chain", says, stops: true, next });
    } catch (error) {
      found.push({ path, kind: "broken chain", says: messageOf(error), stops: true, next });
    }
  }
  return found;
}

/** What the ledger has written down of this log. A ledger that cannot be read has been told of already. */
function headsOf(home: Home, agent: string): { seq: number; hash: string }[] {
  if (!existsSync(home.ledger)) return [];
  try {
    const db = openDatabase(home.ledger, { durability: "normal", readonly: true });
    try {
      return db
        .prepare<[string], { seq: number; hash: string }>(
          "SELECT seq, hash FROM audit_heads WHERE agent = ? ORDER BY seq",
        )
        .all(agent);
    } finally {
      db.close();
    }
  } catch {
    return [];
  }
}

function lookAtUpgrade(home: Home): Damage[] {
  const half = (says: string, next: string): Damage[] => [
    { path: "upgrade.json", kind: "half upgrade", says, stops: true, next },
  ];
  try {
    const journal = readJournal(home.folder);
    if (journal?.state === "upgrading") return half("an upgrade was begun and not ended", "kaos upgrade");
    if (journal?.state === "returning")
      return half("a way back from an upgrade was begun and not ended", "kaos upgrade --rollback");
    if (journal?.state === "doubtful")
      return half(
        `the last upgrade left something that is not right: ${journal.problems?.[0] ?? ""}`,
        "kaos upgrade --rollback",
      );
    return [];
  } catch (error) {
    return half(messageOf(error), "Move upgrade.json away if no upgrade is under way.");
  }
}
