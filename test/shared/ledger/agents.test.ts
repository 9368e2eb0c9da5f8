import { afterEach, beforeEach, expect, test } from "vitest";
import { ALIVE_MS, decisionsOn, type Ledger } from "../../../shared/ledger/index.ts";
import { GONE_MS } from "../../../shared/ledger/limits.ts";
import { card, openTestLedger, type StandingClock, said, standingClock } from "../../doubles/ledger.ts";

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

test("an agent without a persona has left the swarm once a colleague arrives, unless it still lives, until it arrives again", async () => {
  const names = async () => (await ledger.agents.roster()).map(({ name }) => name);
  for (const name of ["kronos", "lacuna", "nexus"]) await ledger.agents.arrive(card(name), 1);
  await ledger.agents.arrive(card("kronos"), 2, ["kronos", "nexus"]);
  expect(await names()).toEqual(["kronos", "lacuna", "nexus"]);
  clock.tick(ALIVE_MS + 1);
  await ledger.agents.arrive(card("kronos"), 3);
  expect(await names()).toEqual(["kronos", "lacuna", "nexus"]);
  await ledger.agents.arrive(card("kronos"), 4, ["kronos", "nexus"]);
  expect(await names()).toEqual(["kronos", "nexus"]);
  await ledger.agents.arrive(card("lacuna"), 5, ["kronos", "lacuna", "nexus"]);
  expect(await names()).toEqual(["kronos", "lacuna", "nexus"]);
});

test("I1: an agent that was gone when a message was recorded has not heard it, until it deals with it", async () => {
  for (const name of ["kronos", "nexus"]) await ledger.agents.arrive(card(name), 1);
  const decided = async (seq: number) => {
    const message = await ledger.messages.get(seq);
    const [decision] = await decisionsOn(ledger, message === undefined ? [] : [message]);
    const { unanswered } = await ledger.report(0, clock.now() + 1);
    return {
      verdicts: decision?.verdicts.map(({ agent }) => agent),
      open: unanswered.find(({ message: one }) => one === seq)?.open,
    };
  };
  const hear = async () => (await ledger.messages.record(said("anybody?", { saidAt: clock.now() }))).seq;
  clock.tick(GONE_MS);
  const soon = await hear();
  expect(await decided(soon)).toEqual({ verdicts: ["kronos", "nexus"], open: true });
  clock.tick(1);
  await ledger.agents.arrive(card("kronos"), 2);
  const late = await hear();
  await ledger.outcomes.put({ message: late, agent: "kronos", outcome: "declined", because: "fit 2" });
  expect(await decided(late)).toEqual({ verdicts: ["kronos"], open: false });
  await ledger.outcomes.put({ message: late, agent: "nexus", outcome: "missed", because: "it was away" });
  expect((await decided(late)).verdicts).toEqual(["kronos", "nexus"]);
});

test("the cursor never goes back", async () => {
  await ledger.agents.arrive(card("kronos"), 1);
  await ledger.agents.moveCursor("kronos", 7);
  await ledger.agents.moveCursor("kronos", 3);
  await ledger.agents.arrive(card("kronos"), 2);
  expect(await ledger.agents.roster()).toMatchObject([{ cursor: 7 }]);
});
