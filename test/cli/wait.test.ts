/** Waiting for the swarm ends with whoever heard the message: an agent that is long gone is waited for by nobody. */
import { expect, onTestFinished, test } from "vitest";
import { untilSettled } from "../../cli/room/wait.ts";
import { GONE_MS } from "../../shared/ledger/limits.ts";
import { card, openTestLedger, said, standingClock } from "../doubles/ledger.ts";

test("a message is settled when all who heard it have dealt with it", async () => {
  const clock = standingClock();
  const { ledger, close } = await openTestLedger(clock);
  onTestFinished(close);
  await ledger.agents.arrive(card("nexus"), 1);
  clock.tick(GONE_MS + 1);
  await ledger.agents.arrive(card("kronos"), 2);
  const { seq } = await ledger.messages.record(said("anybody?", { saidAt: clock.now() }));
  const { signal } = new AbortController();
  const told: string[] = [];
  const waited = (atMostMs: number) =>
    untilSettled(ledger, seq, {
      ...{ signal, atMostMs, now: clock.now },
      onDecided: (decided, of) => told.push(`${decided} of ${of}`),
    });
  expect(await waited(0)).toMatchObject({ outcomes: [], missing: ["kronos"] });
  await ledger.outcomes.put({ message: seq, agent: "kronos", outcome: "declined", because: "fit 2" });
  expect(await waited(Number.POSITIVE_INFINITY)).toMatchObject({ outcomes: [{ agent: "kronos" }], missing: [] });
  expect(told).toEqual(["0 of 1", "1 of 1"]);
});
