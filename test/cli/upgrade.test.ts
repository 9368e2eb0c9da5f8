/** What a person sees of an upgrade: shown, tried, done, gone back from; and refused with the command that helps. */
import { expect, test } from "vitest";
import { openDatabase } from "../../shared/sqlite/index.ts";
import { firstHome } from "../upgrade/earlier-homes.ts";
import { kaos, newHome, startKaos } from "./kaos.ts";

test("kaos upgrade shows what it would do, does it, and goes back", async () => {
  const { folder } = firstHome();
  const tried = await kaos(folder, ["upgrade", "--dry-run", "--json"]);
  expect(tried.code).toBe(0);
  const [ledger] = (
    JSON.parse(tried.stdout) as { ok: true; stores: { path: string; taken: string[]; ahead: string[] }[] }
  ).stores;
  expect(ledger).toMatchObject({ path: "swarm.db", taken: ["0001-ground"] });
  expect(ledger?.ahead.length).toBeGreaterThan(5);

  const done = await kaos(folder, ["upgrade"]);
  expect(done.stdout).toMatch(/✓ Upgraded: every database is sound, no row is lost\.\n {2}Before: .+before-upgrade-/);
  expect(done.stdout).toMatch(/Back: .+ upgrade --rollback/);
  expect((await kaos(folder, ["upgrade"])).stdout).toContain("Everything is up to date.");

  const back = await kaos(folder, ["upgrade", "--rollback"]);
  expect([back.code, back.stdout]).toEqual([
    0,
    expect.stringMatching(/as (it was|they were) before the upgrade, and sound/),
  ]);
  expect((await kaos(folder, ["upgrade", "--rollback"])).stderr).toContain("it is back already");
});

test("kaos upgrade refuses a newer home, and one in which something runs", async () => {
  const { folder, ledger } = firstHome();
  const db = openDatabase(ledger, { durability: "off" });
  db.exec("INSERT INTO migrations VALUES ('9999-teleport', 1)");
  db.close();
  const newer = await kaos(folder, ["upgrade"]);
  expect(newer.code).toBe(1);
  expect(newer.stderr).toMatch(/has the step "9999-teleport"\. Nothing was changed\. Get the newer one with `.+`/);

  const home = newHome();
  const chat = startKaos(home, ["run", "kronos"]);
  await new Promise((ready) => chat.stdout.once("data", ready));
  const busy = await kaos(home, ["upgrade"]);
  expect([busy.code, busy.stderr]).toEqual([1, expect.stringMatching(/Something runs in .+`.+ down`/)]);
  expect((await kaos(home, ["upgrade", "--dry-run"])).stdout).toContain("up to date and sound");
});

test("two wishes at once are wrong usage", async () => {
  expect((await kaos(newHome(), ["upgrade", "--dry-run", "--rollback"])).code).toBe(2);
});
