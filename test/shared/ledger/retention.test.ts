/** What is old goes, whatever it hangs on; what is open, in force or money stays. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Ledger } from "../../../shared/ledger/index.ts";
import { card, openTestLedger, type StandingClock, said, standingClock } from "../../doubles/ledger.ts";

const DAY_MS = 86_400_000;
let clock: StandingClock;
let ledger: Ledger;
let close: () => void;
beforeEach(async () => {
  clock = standingClock();
  ({ ledger, close } = await openTestLedger(clock));
  await ledger.agents.arrive(card("kronos"), 1);
});
afterEach(() => close());

const ask = (call: string) =>
  ledger.approvals.ask({
    ...{ agent: "kronos", turn: "t", call, tool: "send-letter", arguments: '{"to":"them"}', message: null },
    ...{ because: "it sends", sources: [] },
  });

test("approvals that are decided, grants that are over and reservations that nobody booked go with time", async () => {
  const asked = await ask("old");
  await ledger.approvals.decide(asked.id, { granted: true, by: "you" });
  const granted = { agent: "kronos", tool: "send-letter", match: { to: "them" }, by: "you" };
  const year = { ...granted, expiresAt: clock.now() + 365 * DAY_MS };
  for (const one of [{ ...granted, expiresAt: clock.now() + DAY_MS }, year, year]) await ledger.grants.make(one);
  await ledger.grants.revoke(2);
  await ledger.spend.reserve(
    { agent: "kronos", purpose: "answer", room: "", worstUsd: 1 },
    { dayUsd: 5, sessionUsd: 1, agentDayUsd: 0 },
  );
  clock.tick(100 * DAY_MS);
  const open = await ask("open");
  const before = clock.now() - 90 * DAY_MS;
  expect(await ledger.retention.removeBefore(before, 10)).toMatchObject({ approvals: 1, grants: 2, reservations: 1 });
  expect((await ledger.approvals.latest(5)).map(({ id }) => id)).toEqual([open.id]);
  expect((await ledger.grants.latest(5)).map(({ id }) => id)).toEqual([3]);
  expect(await ledger.retention.removeBefore(before, 10)).toMatchObject({ approvals: 0, grants: 0, reservations: 0 });
});

test("what was spent on a message stays counted when the message is gone, and is no job's", async () => {
  const { seq: message } = await ledger.messages.record(said("old", { saidAt: clock.now() }));
  await ledger.outcomes.put({ message, agent: "kronos", outcome: "declined", because: "fit 2" });
  const cost = { by: "x/y", inputTokens: 1, cachedTokens: 0, outputTokens: 1, costUsd: 2 };
  const since = clock.now();
  await ledger.spend.add({ agent: "kronos", purpose: "answer", message, ...cost });
  clock.tick(100 * DAY_MS);
  await ledger.spend.add({ agent: "kronos", purpose: "heartbeat", message: null, ...cost });
  expect(await ledger.retention.removeBefore(clock.now() - 90 * DAY_MS, 10)).toMatchObject({ messages: 1, threads: 1 });
  expect(await ledger.spend.since(since)).toEqual([{ agent: "kronos", calls: 2, costUsd: 4 }]);
  expect(await ledger.spend.byPurpose(clock.now() - 30 * DAY_MS)).toEqual([{ purpose: "heartbeat", costUsd: 2 }]);
});
