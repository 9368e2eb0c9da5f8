/** Damage that is planted is found; what can be mended is mended on a copy, and what was damaged is kept. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { letterMigrations } from "../../agents/letters.ts";
import { openAudit } from "../../shared/audit/index.ts";
import { systemClock } from "../../shared/base/index.ts";
import { type Home, homeAt } from "../../shared/config/index.ts";
import { defineTool } from "../../shared/engine/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { openMemory } from "../../shared/memory/index.ts";
import { type Database, openDatabase } from "../../shared/sqlite/index.ts";
import type { Damage } from "../../supervisor/integrity/damage.ts";
import { lookAtHome } from "../../supervisor/integrity/look-at-home.ts";
import { mendHome } from "../../supervisor/integrity/mend-home.ts";
import { storesOf } from "../../supervisor/upgrade/stores.ts";
import { said } from "../doubles/ledger.ts";

const MESSAGES = 400;
const { signal } = new AbortController();
let home: Home;

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), "kaos-integrity-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  home = homeAt(join(folder, "home"));
  const ledger = await openLedger({ path: home.ledger, clock: systemClock, durability: "off" });
  for (let i = 1; i <= MESSAGES; i++) await ledger.messages.record(said(`message ${i}: ${"x".repeat(200)}`));
  ledger.close();
  const memory = await openMemory({ path: home.agent("kronos").database, clock: systemClock, durability: "off" });
  const at = { thread: null, message: null, by: "you", quote: null };
  const about = { subject: "owner", kind: "identity", origin: "owner", audience: "owner" } as const;
  const texts = ["You live in Graz.", "You collect old maps."];
  await memory.facts.keep(texts.map((text) => ({ ...about, text, source: at })));
  memory.close();
});

const look = (inUse = false) =>
  lookAtHome({ home, stores: storesOf(home, letterMigrations), clock: systemClock, inUse });
const mend = async (damages: readonly Damage[]) =>
  mendHome({ home, stores: storesOf(home, letterMigrations), clock: systemClock }, damages);
const change = (path: string, work: (db: Database) => void) => {
  const db = openDatabase(path, { durability: "off" });
  db.pragma("foreign_keys = OFF");
  work(db);
  db.close();
};
const count = (path: string, query: string): number => {
  const db = openDatabase(path, { durability: "off", readonly: true });
  try {
    return db.prepare<[], number>(query).pluck().get() ?? 0;
  } finally {
    db.close();
  }
};
const messages = () => count(home.ledger, "SELECT count(*) FROM messages");
const kinds = (damages: readonly Damage[]) => damages.map(({ kind, path }) => `${path}: ${kind}`);

/** Mends, and then finds nothing any more. */
async function mended(damages: readonly Damage[]) {
  const done = await mend(damages);
  expect(done.flatMap(({ left }) => left)).toEqual([]);
  expect(await look()).toEqual([]);
  return done;
}

test("a home that is whole has nothing to mend", async () => {
  expect(await look()).toEqual([]);
  expect(await mend([])).toEqual([]);
  expect(existsSync(join(home.folder, "damaged"))).toBe(false);
});

test("an index that is gone is made again, and the file as it was is kept", async () => {
  change(home.ledger, (db) => db.exec("DROP INDEX one_claim_per_slot; DROP INDEX events_by_message"));
  const found = await look();
  expect(kinds(found)).toEqual(["swarm.db: missing part", "swarm.db: missing part"]);
  const [done] = await mended(found);
  expect(done?.did).toEqual(["made the index one_claim_per_slot anew", "made the index events_by_message anew"]);
  expect(count(done?.kept ?? "", "SELECT count(*) FROM sqlite_schema WHERE name = 'one_claim_per_slot'")).toBe(0);
  expect(messages()).toBe(MESSAGES);
});

test("an index that has lost an entry is made anew", async () => {
  // As a lost write of one page would do: the index is not told of a row.
  change(home.ledger, (db) => {
    db.unsafeMode(true);
    db.pragma("writable_schema = ON");
    const sql = db.prepare("SELECT sql FROM sqlite_schema WHERE name = 'messages_by_room'").pluck().get();
    db.prepare("UPDATE sqlite_schema SET sql = sql || ' WHERE seq < 5' WHERE name = 'messages_by_room'").run();
    db.pragma("writable_schema = RESET");
    db.exec("REINDEX messages_by_room");
    db.pragma("writable_schema = ON");
    db.prepare("UPDATE sqlite_schema SET sql = ? WHERE name = 'messages_by_room'").run(sql);
    db.pragma("writable_schema = RESET");
  });
  const found = await look();
  expect(kinds(found)).toEqual(["swarm.db: stale index"]);
  await mended(found);
  expect(count(home.ledger, "SELECT count(*) FROM messages INDEXED BY messages_by_room WHERE room = 'room:main'")).toBe(
    MESSAGES,
  );
});

test("outbox rows of a claim that is not there are written down and taken out", async () => {
  change(home.ledger, (db) =>
    db.exec(`
      INSERT INTO outbox (claim, agent, room, part, text, random_id, state, due_at, queued_at, by)
      VALUES (77, 'kronos', 'room:main', 1, 'nobody asked', 'r1', 'queued', 1, 1, 'offline')
    `),
  );
  const found = await look();
  expect(found).toMatchObject([{ kind: "stray rows", says: expect.stringContaining("1 of outbox"), stops: true }]);
  const [done] = await mended(found);
  expect(readFileSync(`${done?.kept}.strays.jsonl`, "utf8")).toContain("nobody asked");
  expect(count(home.ledger, "SELECT count(*) FROM outbox")).toBe(0);
});

test("rows without a number of their own are taken out too, and what stood on them", async () => {
  const memory = home.agent("kronos").database;
  change(memory, (db) =>
    db.exec("INSERT INTO entities (id, name, kind) VALUES (1, 'Graz', 'place'); INSERT INTO mentions VALUES (1, 99)"),
  );
  const found = await look();
  expect(kinds(found)).toEqual(["agents/kronos/agent.db: stray rows"]);
  await mended(found);
  expect(count(memory, "SELECT count(*) FROM mentions")).toBe(0);
  expect(count(memory, "SELECT count(*) FROM facts")).toBe(2);
});

describe("full text", () => {
  const recall = async () => {
    const memory = await openMemory({ path: home.agent("kronos").database, clock: systemClock, durability: "off" });
    const reader = { person: "owner", isOwner: true, room: null };
    const hits = await memory.facts.search("Who has old maps?", { reader, limit: 5 }).catch(() => []);
    memory.close();
    return hits.length;
  };

  test("that does not find what is there is made anew", async () => {
    change(home.agent("kronos").database, (db) => db.exec("DELETE FROM facts_text WHERE rowid = 2"));
    expect(await recall()).toBe(0);
    const found = await look();
    expect(found).toMatchObject([{ kind: "unsearchable", says: expect.stringContaining("1 rows are not found") }]);
    await mended(found);
    expect(await recall()).toBe(1);
  });

  test("whose own tables are damaged is made anew", async () => {
    change(home.agent("kronos").database, (db) => {
      db.unsafeMode(true);
      db.exec("UPDATE facts_text_data SET block = x'00' WHERE id > 10; DELETE FROM facts_text_data WHERE id = 1");
    });
    const found = await look();
    expect(kinds(found)).toEqual(["agents/kronos/agent.db: unsearchable"]);
    await mended(found);
    expect(await recall()).toBe(1);
  });
});

test("a write-ahead log that a power cut tore keeps what was written whole", async () => {
  const db = openDatabase(home.ledger, { durability: "off" });
  db.pragma("wal_autocheckpoint = 0");
  const say = (n: number) =>
    db.exec(`
      INSERT INTO messages (room, message_id, sender_kind, sender_id, sender_name, text, hops, said_at, recorded_at)
      VALUES ('room:main', 'late-${n}', 'owner', 'owner', 'you', 'late', 0, 1, 1)
    `);
  say(1);
  const whole = statSync(`${home.ledger}-wal`).size;
  say(2);
  const torn = join(dirname(home.folder), "torn");
  copyFileSync(home.ledger, torn);
  copyFileSync(`${home.ledger}-wal`, `${torn}-wal`);
  db.close();
  copyFileSync(torn, home.ledger);
  copyFileSync(`${torn}-wal`, `${home.ledger}-wal`);
  expect(await look()).toEqual([]);
  const file = openSync(`${home.ledger}-wal`, "r+");
  writeSync(file, Buffer.alloc(200, 7), 0, 200, whole + 100);

  const found = await look();
  expect(kinds(found)).toEqual(["swarm.db: torn log"]);
  await mended(found);
  expect(count(home.ledger, "SELECT count(*) FROM messages WHERE text = 'late'")).toBe(1);
  expect(messages()).toBe(MESSAGES + 1);
});

test("of a file with a broken page every row that can be read is brought into a new one", async () => {
  const page = count(
    home.ledger,
    "SELECT pageno FROM dbstat WHERE name = 'messages' AND pagetype = 'leaf' LIMIT 1 OFFSET 6",
  );
  const file = openSync(home.ledger, "r+");
  writeSync(file, Buffer.alloc(4096, 0xff), 0, 4096, (page - 1) * 4096);
  const found = await look();
  expect(kinds(found)).toEqual(["swarm.db: corrupt"]);
  const done = await mend(found);
  expect(done[0]?.did.join()).toMatch(/brought \d+ rows into a new file,not all of messages could be read/);
  expect(messages()).toBeGreaterThan(MESSAGES - 40);
  expect(messages()).toBeLessThan(MESSAGES);
  const after = await look();
  expect(after.filter(({ stops }) => stops)).toEqual([]);
  expect(existsSync(done[0]?.kept ?? "")).toBe(true);
});

test("a file that is no database is left as it is, for a backup to take its place", async () => {
  writeFileSync(home.ledger, Buffer.alloc(64 * 1024, 7));
  const found = await look();
  expect(kinds(found)).toEqual(["swarm.db: corrupt"]);
  expect(await mend(found)).toMatchObject([{ did: [], left: [expect.stringContaining("cannot be mended")] }]);
  expect(readFileSync(home.ledger)[0]).toBe(7);
});

test("a log of tool calls that somebody changed is told, and never made to look right", async () => {
  const { audit: path } = home.agent("kronos");
  mkdirSync(dirname(path), { recursive: true });
  const log = openAudit({ path, agent: "kronos", clock: systemClock, redact: (value) => value });
  const context = {
    agent: "kronos",
    turnId: "t",
    callId: "c",
    effectKey: "k",
    sources: [],
    said: [],
    saidNow: [],
    seen: [],
    signal,
  };
  for (const id of ["one", "two", "three"])
    await log.intent({ id, tool: "read-file", arguments: "{}" }, readFile, { allow: true }, context);
  log.close();
  const changed = readFileSync(path, "utf8").replace('"two"', '"2"');
  writeFileSync(path, changed);
  const found = await look();
  expect(found).toMatchObject([{ kind: "broken chain", stops: true, says: expect.stringMatching(/line 2 of/) }]);
  expect(await mend(found)).toEqual([]);
  expect(readFileSync(path, "utf8")).toBe(changed);
});

test("locks that are none, what pm2 left, and work that was killed are cleared away", async () => {
  const { lock, workspace } = home.agent("kronos");
  writeFileSync(lock, Buffer.alloc(8_192, 1));
  mkdirSync(home.pm2, { recursive: true });
  writeFileSync(join(home.pm2, "pm2.pid"), "999999999");
  const half = join(home.backups, "2026-01-01T00-00-00.unfinished");
  mkdirSync(half, { recursive: true });
  mkdirSync(workspace, { recursive: true });
  const own = join(workspace, "notes.tmp");
  writeFileSync(own, "the agent's own");
  const fresh = join(home.folder, "being-written.tmp");
  writeFileSync(fresh, "by somebody, now");
  for (const path of [half, own]) utimesSync(path, new Date(0), new Date(0));
  const found = await look();
  expect(kinds(found)).toEqual([
    "agents/kronos/agent.lock: stale lock",
    "pm2/pm2.pid: stale lock",
    "backups/2026-01-01T00-00-00.unfinished: left over",
  ]);
  expect(await look(true)).toEqual([]);
  await mended(found);
  expect([existsSync(half), existsSync(own), existsSync(fresh)]).toEqual([false, true, true]);
});

test("an upgrade that was killed is told with the command that goes on", async () => {
  const journal = { state: "upgrading", snapshot: "/nowhere", to: "1", steps: [], startedAt: 1 };
  writeFileSync(join(home.folder, "upgrade.json"), JSON.stringify(journal));
  expect(await look()).toMatchObject([{ kind: "half upgrade", next: "kaos upgrade" }]);
});

const readFile = defineTool({
  name: "read-file",
  description: "reads a file",
  input: z.object({}),
  effects: "none",
  risk: "safe",
  source: "trusted",
  parallel: true,
  run: () => Promise.reject(new Error("nothing is run here")),
});
