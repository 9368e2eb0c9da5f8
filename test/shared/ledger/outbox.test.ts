import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Ledger } from "../../../shared/ledger/index.ts";
import { card, openTestLedger, type StandingClock, said, standingClock } from "../../doubles/ledger.ts";

describe("the outbox", () => {
  let clock: StandingClock;
  let ledger: Ledger;
  let close: () => void;
  let message: number;
  let claim: number;

  beforeEach(async () => {
    clock = standingClock();
    ({ ledger, close } = await openTestLedger(clock));
    await ledger.agents.arrive(card("kronos"), 1);
    message = (await ledger.messages.record(said("why?"))).seq;
    claim = (
      await ledger.claims.place({
        message,
        root: message,
        agent: "kronos",
        tier: 1,
        eta: clock.now(),
        because: "addressed",
      })
    ).id;
    const taking = await ledger.claims.take(claim, { cap: 2 });
    if (taking.kind !== "held") throw new Error("not held");
    await ledger.claims.commitReply(claim, taking.fence, { parts: ["one", "two"], by: "test" });
  });
  afterEach(() => close());

  const take = async () => (await ledger.outbox.take("kronos")) ?? { id: 0, part: 0, randomId: "none", attempts: 0 };
  const outcome = async () =>
    (await ledger.outcomes.ofMessage(message)).map(({ outcome: kind, because }) => `${kind}: ${because}`);
  const state = async () => (await ledger.claims.get(claim))?.state;

  test("parts go in order; the last one ends the claim", async () => {
    const first = await take();
    expect(first.part).toBe(1);
    await ledger.outbox.sent(first.id, "100");
    expect(await outcome()).toEqual([]);
    const second = await take();
    expect(second.part).toBe(2);
    await ledger.outbox.sent(second.id, "101");
    expect([await state(), await outcome()]).toEqual(["sent", ["replied: answered in 2 parts"]]);
    expect(await ledger.outbox.nextDue("kronos")).toBe(Number.POSITIVE_INFINITY);
  });

  test("a part that must wait holds back the parts after it", async () => {
    const { id } = await take();
    await ledger.outbox.postpone(id, clock.now() + 30_000, "flood wait of 30 s");
    expect(await ledger.outbox.take("kronos")).toBeUndefined();
    // The worker sleeps until then: a part that is due but held back is nothing to look for.
    expect(await ledger.outbox.nextDue("kronos")).toBe(clock.now() + 30_000);
    clock.tick(30_000);
    expect(await take()).toMatchObject({ id, part: 1, attempts: 1, error: "flood wait of 30 s" });
  });

  test("a failed try is counted, a wait that was asked for is not", async () => {
    const { id, attempts } = await take();
    await ledger.outbox.postpone(id, clock.now(), "flood wait");
    const waited = await take();
    await ledger.outbox.retry(id, clock.now(), "HTTP 500");
    expect([attempts, waited.attempts, (await take()).attempts]).toEqual([1, 1, 2]);
  });

  test("I2: a part left in sending by a process that died is sent again under the same random id", async () => {
    const before = await take();
    const after = await take();
    expect(after).toMatchObject({ id: before.id, randomId: before.randomId, attempts: 1 });
  });

  test("I2: a part that is sent is not sent again, whoever asks", async () => {
    const { id } = await take();
    await ledger.outbox.sent(id, "100");
    await ledger.outbox.sent(id, "999");
    await ledger.outbox.retry(id, clock.now(), "did it arrive?");
    await ledger.outbox.fail(id, "did it arrive?");
    expect((await ledger.outbox.ofClaim(claim)).map(({ state: is, sentId }) => [is, sentId])).toEqual([
      ["sent", "100"],
      ["queued", null],
    ]);
  });

  test("a refused part fails the claim and cancels the parts after it", async () => {
    const { id } = await take();
    await ledger.outbox.fail(id, "the room is gone");
    expect([await state(), await outcome()]).toEqual(["failed", ["failed: the room is gone"]]);
    expect((await ledger.outbox.ofClaim(claim)).map(({ state: is }) => is)).toEqual(["failed", "cancelled"]);
    expect(await ledger.outbox.take("kronos")).toBeUndefined();
  });

  test("nobody takes the parcels of another agent", async () => {
    expect(await ledger.outbox.take("nexus")).toBeUndefined();
  });
});
