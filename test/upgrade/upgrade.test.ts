/** Homes of earlier versions become homes of this one: tried first, with a way back, through a kill at any moment. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { letterMigrations } from "../../agents/letters.ts";
import { type Home, homeAt } from "../../shared/config/index.ts";
import { ledgerMigrations, openLedger } from "../../shared/ledger/index.ts";
import { memoryMigrations } from "../../shared/memory/index.ts";
import { openDatabase } from "../../shared/sqlite/index.ts";
import { checkHome } from "../../supervisor/backup/check-home.ts";
import { lookAtHome } from "../../supervisor/integrity/look-at-home.ts";
import { countRows, lostRows } from "../../supervisor/upgrade/count-rows.ts";
import { readJournal } from "../../supervisor/upgrade/journal.ts";
import { rollBack } from "../../supervisor/upgrade/roll-back.ts";
import { standingsIn, storesOf } from "../../supervisor/upgrade/stores.ts";
import { tryOnCopies } from "../../supervisor/upgrade/try-on-copies.ts";
import { upgradeHome } from "../../supervisor/upgrade/upgrade-home.ts";
import { standingClock } from "../doubles/ledger.ts";
import { earlier, earlierHome, firstHome } from "./earlier-homes.ts";

const { signal } = new AbortController();
const clock = standingClock();
/** Of a home whose ledger and whose one memory have each taken their first step. */
const STEPS_AHEAD = ledgerMigrations.length - 1 + memoryMigrations.length - 1;

const stores = (home: Home) => storesOf(home, letterMigrations);
const upgrade = (home: Home, onStep?: (doing: string) => void) =>
  upgradeHome({ home, stores: stores(home), clock, version: "0.0.0", signal, ...(onStep && { onStep }) });
const ahead = (home: Home) => standingsIn(home.folder, stores(home)).flatMap((standing) => standing.ahead);
const look = <Row>(path: string, query: string): Row[] => {
  const db = openDatabase(path, { durability: "off", readonly: true });
  try {
    return db.prepare<[], Row>(query).all();
  } finally {
    db.close();
  }
};
const texts = (home: Home) => look<{ text: string }>(home.ledger, "SELECT text FROM messages ORDER BY seq");

describe("the ledger of the first commit that had one", () => {
  test("is tried on a copy and stays as it is", async () => {
    const home = firstHome();
    const before = readFileSync(home.ledger);
    expect(await tryOnCopies({ folder: home.folder, stores: stores(home), clock, signal })).toEqual({
      before: [],
      after: [],
    });
    expect(readFileSync(home.ledger).equals(before)).toBe(true);
    expect(ahead(home)).toEqual(ledgerMigrations.slice(1).map(({ name }) => name));
  });

  test("becomes a ledger of today: everything said is there, what waited to be sent is sent, and new work goes on", async () => {
    const home = firstHome();
    const said = texts(home);
    const done = await upgrade(home);
    expect(done).toMatchObject({ kind: "upgraded", problems: [], continued: false });
    expect(ahead(home)).toEqual([]);
    expect(texts(home)).toEqual(said);

    const ledger = await openLedger({ path: home.ledger, clock: standingClock(Date.UTC(2026, 0, 5, 9, 1)) });
    const parcel = await ledger.outbox.take("nexus");
    expect(parcel).toMatchObject({ text: "I am adding them up.", part: 1 });
    await ledger.outbox.post(parcel?.id ?? 0, { id: "nexus", name: "nexus" });
    expect((await ledger.claims.ofRoot(9)).map(({ state }) => state)).toEqual(["sent"]);
    ledger.close();
    expect((await checkHome(home.folder, signal)).problems).toEqual([]);
    expect(await lookAtHome({ home, stores: stores(home), clock, inUse: false })).toEqual([]);
  });

  test("comes back with one command, and what it was meanwhile is kept", async () => {
    const home = firstHome();
    const said = texts(home);
    await upgrade(home);
    const back = await rollBack(home, clock, signal);
    expect(back).toMatchObject({ rolledBack: true, files: 1, problems: [] });
    expect(ahead(home)).toHaveLength(ledgerMigrations.length - 1);
    expect(texts(home)).toEqual(said);
    const aside = homeAt(back.rolledBack ? back.keptAside : "");
    expect(standingsIn(aside.folder, stores(aside))[0]?.ahead).toEqual([]);
    expect(await rollBack(home, clock, signal)).toMatchObject({ rolledBack: false });
    clock.tick(60_000);
    expect(await upgrade(home)).toMatchObject({ kind: "upgraded", problems: [] });
  });
});

test.each(earlier.map(({ path, steps }) => ({ path, newest: steps.at(-1)?.name, steps })))(
  "$path at $newest loses no row on its way to today",
  async ({ path, steps }) => {
    const home = await earlierHome({ path, steps });
    const rows = countRows(home.folder, stores(home));
    expect([...rows.values()].filter((count) => count > 0).length).toBeGreaterThan(10);
    expect(await upgrade(home)).toMatchObject({ kind: "upgraded", problems: [] });
    expect(ahead(home)).toEqual([]);
    expect(lostRows(rows, countRows(home.folder, stores(home)))).toEqual([]);
    expect(await upgrade(home)).toMatchObject({ kind: "current" });
  },
);

describe("an upgrade", () => {
  test("killed at any moment goes on when it is asked for again, from the first snapshot", async () => {
    const moments: string[] = [];
    await upgrade(await withMemory(firstHome()), (doing) => moments.push(doing));
    expect(moments).toHaveLength(5);
    for (const moment of moments) {
      const home = await withMemory(firstHome());
      const killed = spawnSync(process.execPath, [join(import.meta.dirname, "doomed.ts"), home.folder, moment]);
      expect(killed.signal, killed.stderr.toString()).toBe("SIGKILL");
      const begun = readJournal(home.folder);
      const again = await upgrade(home);
      expect(again, moment).toMatchObject({ kind: "upgraded", problems: [], continued: begun !== undefined });
      if (begun !== undefined) expect(readJournal(home.folder)?.snapshot).toBe(begun.snapshot);
      expect(await rollBack(home, clock, signal), moment).toMatchObject({ rolledBack: true, files: 2, problems: [] });
      expect(ahead(home)).toHaveLength(STEPS_AHEAD);
    }
  });

  test("of a home that a newer version wrote is refused, and nothing is touched", async () => {
    const home = firstHome();
    const db = openDatabase(home.ledger, { durability: "off" });
    db.exec("INSERT INTO migrations VALUES ('0002-teleport', 1)");
    db.close();
    const before = readFileSync(home.ledger);
    expect(await upgrade(home)).toMatchObject({ kind: "newer" });
    expect(readFileSync(home.ledger).equals(before)).toBe(true);
    expect(existsSync(home.backups)).toBe(false);
  });

  test("that would break a promise is found on copies, before anything is changed", async () => {
    const home = firstHome();
    const before = ahead(home);
    const [ledger, ...others] = stores(home);
    if (ledger === undefined) throw new Error("no ledger");
    const forgetful = { name: "9999-forgetful", sql: "DELETE FROM spend;" };
    const done = await upgradeHome({
      home,
      stores: [{ ...ledger, migrations: [...ledger.migrations, forgetful] }, ...others],
      ...{ clock, version: "0.0.0", signal },
    });
    expect(done).toMatchObject({ kind: "unsafe", wasBefore: false, because: ["swarm.db spend had 5 rows and has 0"] });
    expect(ahead(home)).toEqual(before);
    expect(existsSync(home.backups)).toBe(false);
  });

  test("of a home in which nothing has run, or an agent has talked alone, needs no ledger", async () => {
    const home = await withMemory(firstHome());
    rmSync(home.ledger);
    expect(await upgrade(home)).toMatchObject({
      ...{ kind: "upgraded", problems: [], standings: [{ path: "agents/kronos/agent.db" }] },
    });
    rmSync(home.agent("kronos").folder, { recursive: true });
    expect(await upgrade(home)).toMatchObject({ kind: "current", standings: [] });
  });

  test("of a home that is not whole waits until it is mended", async () => {
    const home = firstHome();
    const db = openDatabase(home.ledger, { durability: "off" });
    db.pragma("foreign_keys = OFF");
    db.exec("DELETE FROM claims WHERE id = 1");
    db.close();
    expect(await upgrade(home)).toMatchObject({ kind: "unsafe", wasBefore: true });
  });

  test("can be gone back from even when the way back was killed in the middle", async () => {
    const home = await withMemory(firstHome());
    await upgrade(home);
    // As a kill leaves it: the ledger was moved aside, and the snapshot's is not there yet.
    const snapshot = readJournal(home.folder)?.snapshot ?? "";
    const aside = snapshot.replace("before-upgrade-", "undone-");
    mkdirSync(aside, { recursive: true });
    writeFileSync(join(aside, "swarm.db"), readFileSync(home.ledger));
    rmSync(home.ledger);
    expect(await rollBack(home, clock, signal)).toMatchObject({ rolledBack: true, problems: [] });
    expect(ahead(home)).toHaveLength(STEPS_AHEAD);
  });
});

/** Beside the ledger a memory that has taken its first step. */
async function withMemory(home: Home): Promise<Home> {
  const memory = earlier.find(({ path }) => path.endsWith("agent.db"));
  if (memory === undefined) throw new Error("no memory among the earlier stores");
  const other = await earlierHome(memory);
  mkdirSync(home.agent("kronos").folder, { recursive: true });
  writeFileSync(home.agent("kronos").database, readFileSync(other.agent("kronos").database));
  return home;
}
