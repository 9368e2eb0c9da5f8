import { afterEach, beforeEach, expect, test } from "vitest";
import { ALIVE_MS, type Ledger } from "../../../shared/ledger/index.ts";
import { card, openTestLedger, type StandingClock, standingClock } from "../../doubles/ledger.ts";

let clock: StandingClock;
let ledger: Ledger;
let close: () => void;

beforeEach(async () => {
  clock = standingClock();
  ({ ledger, close } = await openTestLedger(clock));
});
afterEach(() => close());

const alive = async () => (await ledger.agents.roster()).map((row) => row.alive);

test("an agent is alive while it beats, and no longer", async () => {
  const epoch = await ledger.agents.arrive(card("kronos"), 1);
  clock.tick(ALIVE_MS);
  expect(await alive()).toEqual([true]);
  clock.tick(1);
  expect(await alive()).toEqual([false]);
  expect(await ledger.agents.beat("kronos", epoch)).toBe(true);
  expect(await alive()).toEqual([true]);
  await ledger.agents.leave("kronos", epoch);
  expect(await alive()).toEqual([false]);
});

test("a newer process of the same agent silences the older one", async () => {
  const old = await ledger.agents.arrive(card("kronos"), 1);
  const fresh = await ledger.agents.arrive(card("kronos", { role: "chief of staff" }), 2);
  expect([await ledger.agents.beat("kronos", old), await ledger.agents.beat("kronos", fresh)]).toEqual([false, true]);
  await ledger.agents.leave("kronos", old);
  expect(await ledger.agents.roster()).toMatchObject([{ name: "kronos", role: "chief of staff", pid: 2, alive: true }]);
});

test("the cursor never goes back", async () => {
  await ledger.agents.arrive(card("kronos"), 1);
  await ledger.agents.moveCursor("kronos", 7);
  await ledger.agents.moveCursor("kronos", 3);
  await ledger.agents.arrive(card("kronos"), 2);
  expect(await ledger.agents.roster()).toMatchObject([{ cursor: 7 }]);
});
