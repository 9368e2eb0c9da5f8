/** Whether a home is whole: every database sound, the ledger's promises kept, every audit log as it was written. */
import { existsSync } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { verifyAudit } from "../../shared/audit/index.ts";
import { messageOf } from "../../shared/base/index.ts";
import { homeAt } from "../../shared/config/index.ts";
import { type Database, openDatabase } from "../../shared/sqlite/index.ts";

export type HomeCheck = {
  databases: number;
  auditLogs: number;
  messages: number;
  /** What is not right, each as a sentence. */
  problems: readonly string[];
};

/** What must never be found in a ledger, beside what its schema rules out. Each query counts what breaks the sentence. */
const PROMISES: readonly (readonly [string, string])[] = [
  [
    "a reply that counts as sent has left in all its parts",
    `SELECT count(*) FROM claims WHERE state = 'sent' AND EXISTS
       (SELECT 1 FROM outbox WHERE outbox.claim = claims.id AND outbox.state <> 'sent')`,
  ],
  [
    "who replied to a message has sent a claim on it",
    `SELECT count(*) FROM outcomes WHERE outcome = 'replied' AND NOT EXISTS
       (SELECT 1 FROM claims WHERE claims.message = outcomes.message AND claims.agent = outcomes.agent AND state = 'sent')`,
  ],
  [
    "a message of an agent goes back to a root",
    "SELECT count(*) FROM messages WHERE root IS NOT NULL AND root NOT IN (SELECT seq FROM messages WHERE root IS NULL)",
  ],
  [
    "a due instant that has ended has a reason or did its work",
    "SELECT count(*) FROM occurrences WHERE state IN ('missed', 'failed', 'blocked') AND because = ''",
  ],
];

/** Reads everything; changes nothing but SQLite's own side files. */
export async function checkHome(folder: string, signal: AbortSignal): Promise<HomeCheck> {
  const home = homeAt(folder);
  const problems: string[] = [];
  const databases = await databasesBelow(folder);
  let messages = 0;
  for (const path of databases) {
    signal.throwIfAborted();
    try {
      const db = openDatabase(path, { durability: "normal" });
      try {
        problems.push(...problemsOf(db, path === home.ledger).map((problem) => `${path}: ${problem}`));
        if (path === home.ledger) messages = db.prepare<[], number>("SELECT count(*) FROM messages").pluck().get() ?? 0;
      } finally {
        db.close();
      }
    } catch (error) {
      const because = messageOf(error);
      problems.push(because.includes(path) ? because : `${path}: ${because}`);
    }
  }
  if (!databases.includes(home.ledger)) problems.push(`${folder} has no ledger`);
  const logs = (await agentsOf(folder)).map((agent) => home.agent(agent).audit).filter(existsSync);
  for (const log of logs) {
    signal.throwIfAborted();
    const check = await verifyAudit(log);
    if (!check.ok)
      problems.push(`${log}: line ${check.line} of ${check.file} is not as it was written: ${check.because}`);
  }
  return { databases: databases.length, auditLogs: logs.length, messages, problems };
}

function problemsOf(db: Database, isLedger: boolean): string[] {
  const sound = db.prepare<[], string>("PRAGMA integrity_check(10)").pluck().all();
  const problems = sound.filter((line) => line !== "ok");
  const strays = db.prepare("PRAGMA foreign_key_check").all().length;
  if (strays > 0) problems.push(`${strays} rows point to rows that are not there`);
  return isLedger ? [...problems, ...brokenPromises(db)] : problems;
}

/** What the ledger promises and does not keep, each as a sentence. */
export function brokenPromises(ledger: Database): string[] {
  return PROMISES.flatMap(([promise, query]) => {
    const count = ledger.prepare<[], number>(query).pluck().get() ?? 0;
    return count > 0 ? [`it does not hold that ${promise} (${count} times)`] : [];
  });
}

async function agentsOf(folder: string): Promise<string[]> {
  const agents = join(folder, "agents");
  return existsSync(agents) ? readdir(agents) : [];
}

/** Copies are no part of the home: a backup is checked when it is made, and what was damaged is kept as it is. */
const KEPT_ASIDE = new Set(["backups", "damaged"]);

/** Every SQLite file of a home, sorted. */
export async function databasesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(?:db|sqlite|index)$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    if (KEPT_ASIDE.has(relative(folder, path).split(/[\\/]/)[0] ?? "")) continue;
    const file = await open(path);
    const head = Buffer.alloc(6);
    await file.read(head, 0, 6, 0);
    await file.close();
    if (head.toString("latin1") === "SQLite") found.push(path);
  }
  return found.toSorted();
}
