import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  ALIVE_MS,
  CLAIM_ATTEMPTS_MAX,
  DECIDE_GRACE_MS,
  DELIVERY_DOUBT_MS,
  LEASE_MS,
  type Ledger,
  type Tier,
} from "../../../shared/ledger/index.ts";
import { card, openTestLedger, type StandingClock, said, standingClock } from "../../doubles/ledger.ts";

const SIX = ["impulse", "keystone", "kronos", "lacuna", "nexus", "resonant"];
const cap = 2;

describe("claims and slots", () => {
  let clock: StandingClock;
  let ledger: Ledger;
  let close: () => void;
  let root: number;
  const epochs = new Map<string, number>();

  beforeEach(async () => {
    clock = standingClock();
    ({ ledger, close } = await openTestLedger(clock));
    for (const name of SIX) epochs.set(name, await ledger.agents.arrive(card(name), 1));
    root = (await ledger.messages.record(said("ship or fix?", { saidAt: clock.now() }))).seq;
  });
  afterEach(() => close());

  const place = async (agent: string, tier: Tier = 2, etaMs = 0, message = root) =>
    (await ledger.claims.place({ message, root, agent, tier, eta: clock.now() + etaMs, because: "test" })).id;
  const declineAll = async (...agents: string[]) => {
    for (const agent of agents)
      await ledger.outcomes.put({ message: root, agent, outcome: "declined", because: "fit 2" });
  };
  const others = (...claimants: string[]) => SIX.filter((name) => !claimants.includes(name));
  const hold = async (id: number) => {
    const taking = await ledger.claims.take(id, { cap });
    if (taking.kind !== "held") throw new Error(`not held: ${JSON.stringify(taking)}`);
    return taking.fence;
  };
  const answer = async (id: number, fence: number) => {
    await ledger.claims.commitReply(id, fence, { parts: ["an answer"], by: "test" });
    const { agent } = (await ledger.claims.get(id)) ?? { agent: "" };
    const parcel = await ledger.outbox.take(agent);
    await ledger.outbox.post(parcel?.id ?? 0, { id: agent, name: agent });
  };
  const beat = async (...agents: string[]) => {
    for (const agent of agents) await ledger.agents.beat(agent, epochs.get(agent) ?? 0);
  };
  const state = async (id: number) => (await ledger.claims.get(id))?.state;
  const outcome = async (agent: string) =>
    (await ledger.outcomes.ofMessage(root)).find((row) => row.agent === agent)?.outcome;

  test("the lower tier comes first, then the earlier eta, then the name", async () => {
    const late = await place("nexus", 2, 20);
    const early = await place("lacuna", 2, 10);
    const tie = await place("kronos", 2, 10);
    const reaction = await place("impulse", 3, 0);
    await declineAll("keystone", "resonant");
    clock.tick(30);
    expect(await ledger.claims.take(reaction, { cap })).toMatchObject({
      kind: "waiting",
      because: "kronos comes first",
    });
    expect(await ledger.claims.take(late, { cap })).toMatchObject({ kind: "waiting" });
    expect(await ledger.claims.take(early, { cap })).toMatchObject({ kind: "waiting" });
    expect(await ledger.claims.take(tie, { cap })).toMatchObject({ kind: "held" });
  });

  test("the second volunteer waits until the first has answered, then holds the second slot", async () => {
    const [first, second] = [await place("kronos"), await place("nexus", 2, 1)];
    await declineAll(...others("kronos", "nexus"));
    clock.tick(10);
    const fence = await hold(first);
    expect(await ledger.claims.take(second, { cap })).toMatchObject({
      kind: "waiting",
      because: "kronos is answering",
    });
    await ledger.claims.commitReply(first, fence, { parts: ["an answer"], by: "test" });
    expect(await ledger.claims.take(second, { cap })).toMatchObject({ kind: "held" });
    expect((await ledger.claims.get(second))?.slot).toBe(2);
  });

  test("a third volunteer yields once both slots have sent", async () => {
    const ids = [await place("kronos"), await place("nexus", 2, 1), await place("lacuna", 2, 2)] as const;
    await declineAll(...others("kronos", "nexus", "lacuna"));
    clock.tick(10);
    await answer(ids[0], await hold(ids[0]));
    await answer(ids[1], await hold(ids[1]));
    expect(await ledger.claims.take(ids[2], { cap })).toMatchObject({
      kind: "ended",
      state: "yielded",
      because: "kronos and nexus had answered already",
    });
    expect(await outcome("lacuna")).toBe("lost");
    expect(await outcome("kronos")).toBe("replied");
  });

  test("an addressed agent answers outside the cap", async () => {
    const volunteers = [await place("kronos"), await place("nexus", 2, 1)] as const;
    await declineAll(...others("kronos", "nexus", "lacuna"));
    const addressed = await place("lacuna", 1);
    clock.tick(10);
    for (const id of volunteers) await answer(id, await hold(id));
    expect(await ledger.claims.take(addressed, { cap })).toMatchObject({ kind: "held" });
  });

  test("a waiting claim is promoted when the holder dies", async () => {
    const [dying, waiting] = [await place("kronos"), await place("nexus", 2, 1)];
    await declineAll(...others("kronos", "nexus"));
    clock.tick(10);
    const fence = await hold(dying);
    clock.tick(ALIVE_MS + 1);
    await beat(...others("kronos"));
    expect(await ledger.claims.take(waiting, { cap })).toMatchObject({ kind: "held" });
    expect(await state(dying)).toBe("expired");
    const late = await ledger.claims.commitReply(dying, fence, { parts: ["too late"], by: "test" });
    expect(late).toEqual({ held: false, because: "the lease ran out and the claim is expired now" });
  });

  test("a holder that passes or fails frees its slot for the next", async () => {
    const ids = [await place("kronos"), await place("nexus", 2, 1), await place("lacuna", 2, 2)] as const;
    await declineAll(...others("kronos", "nexus", "lacuna"));
    clock.tick(10);
    await ledger.claims.pass(ids[0], await hold(ids[0]), "nothing to add");
    await ledger.claims.fail(ids[1], await hold(ids[1]), "the model is down");
    await answer(ids[2], await hold(ids[2]));
    expect([await outcome("kronos"), await outcome("nexus"), await outcome("lacuna")]).toEqual([
      "passed",
      "failed",
      "replied",
    ]);
  });

  test("the claim of an agent that is not alive blocks nobody", async () => {
    await place("kronos");
    const id = await place("nexus", 2, 1);
    await declineAll(...others("kronos", "nexus"));
    clock.tick(ALIVE_MS + 1);
    await beat(...others("kronos"));
    expect(await ledger.claims.take(id, { cap })).toMatchObject({ kind: "held" });
  });

  test("a claim waits for live agents that have not decided, but not for ever", async () => {
    const id = await place("kronos");
    expect(await ledger.claims.take(id, { cap })).toMatchObject({
      kind: "waiting",
      because: "impulse has not decided yet",
    });
    clock.tick(DECIDE_GRACE_MS);
    await beat(...SIX);
    expect(await ledger.claims.take(id, { cap })).toMatchObject({ kind: "held" });
  });

  test("a renewed lease lasts, a lease that is not renewed ends", async () => {
    const [first, second] = [await place("kronos"), await place("nexus", 2, 1)];
    await declineAll(...others("kronos", "nexus"));
    clock.tick(10);
    const fence = await hold(first);
    clock.tick(LEASE_MS - 1);
    await beat(...SIX);
    expect(await ledger.claims.renew(first, fence)).toBe(true);
    clock.tick(LEASE_MS - 1);
    await beat(...SIX);
    expect(await ledger.claims.take(second, { cap })).toMatchObject({ kind: "waiting" });
    clock.tick(2);
    await beat(...SIX);
    expect(await ledger.claims.take(second, { cap })).toMatchObject({ kind: "held" });
    expect(await ledger.claims.renew(first, fence)).toBe(false);
  });

  test("a clock that jumps back by a day keeps nobody waiting for it", async () => {
    const [dead, waiting] = [await place("kronos"), await place("nexus", 2, 1)];
    await declineAll(...others("kronos", "nexus"));
    clock.tick(10);
    await hold(dead);
    clock.tick(-86_400_000);
    await beat(...others("kronos"));
    expect(await ledger.claims.take(waiting, { cap })).toMatchObject({ kind: "held" });
  });

  test("a slow pace is waited for, and so are those who have not decided, but no longer than ten seconds", async () => {
    const pace = 10;
    const id = await place("kronos", 3, 45_000 * pace);
    await declineAll(...others("kronos", "nexus"));
    expect(await ledger.claims.take(id, { cap, pace })).toMatchObject({ kind: "early", until: clock.now() + 450_000 });
    clock.tick(450_000);
    await beat(...SIX);
    expect(await ledger.claims.take(id, { cap, pace })).toMatchObject({ kind: "waiting" });
    clock.tick(DECIDE_GRACE_MS);
    await beat(...SIX);
    expect(await ledger.claims.take(id, { cap, pace })).toMatchObject({ kind: "held" });
  });

  test("a claim whose time lies further ahead than any delay waits no longer than ten seconds for the others", async () => {
    const id = await place("kronos", 2, 86_400_000);
    expect(await ledger.claims.take(id, { cap })).toMatchObject({ kind: "waiting" });
    clock.tick(DECIDE_GRACE_MS);
    await beat(...SIX);
    expect(await ledger.claims.take(id, { cap })).toMatchObject({ kind: "held" });
  });

  test("a restarted agent goes on with what it held, under a new fence", async () => {
    const id = await place("kronos");
    await declineAll(...others("kronos"));
    clock.tick(10);
    const old = await hold(id);
    await ledger.agents.arrive(card("kronos"), 2);
    expect(await ledger.claims.recover("kronos")).toBe(1);
    await place("kronos");
    const fresh = await hold(id);
    expect(fresh).toBeGreaterThan(old);
    expect(await ledger.claims.commitReply(id, old, { parts: ["old"], by: "test" })).toMatchObject({ held: false });
    expect(await ledger.claims.commitReply(id, fresh, { parts: ["new"], by: "test" })).toEqual({ held: true });
  });

  test(`a claim that loses its lease ${CLAIM_ATTEMPTS_MAX} times has failed`, async () => {
    const id = await place("kronos");
    await declineAll(...others("kronos"));
    clock.tick(10);
    for (let attempt = 1; attempt <= CLAIM_ATTEMPTS_MAX; attempt++) {
      await hold(id);
      await ledger.claims.recover("kronos");
      await place("kronos");
    }
    expect(await state(id)).toBe("failed");
    expect(await outcome("kronos")).toBe("failed");
  });

  test("a deleted message withdraws the claim before and during the answer", async () => {
    const deleted = said("never mind", { saidAt: clock.now() });
    root = (await ledger.messages.record(deleted)).seq;
    const [holding, placed] = [await place("kronos"), await place("nexus", 2, 1)];
    await declineAll(...others("kronos", "nexus"));
    clock.tick(10);
    const fence = await hold(holding);
    await ledger.messages.remove(deleted.room, deleted.messageId);
    expect(await ledger.claims.commitReply(holding, fence, { parts: ["late"], by: "test" })).toMatchObject({
      held: false,
    });
    expect(await ledger.claims.take(placed, { cap })).toMatchObject({ kind: "ended", state: "withdrawn" });
    expect(await outcome("kronos")).toBe("declined");
  });

  test("a pause stops claims that wait and replies that are being written", async () => {
    const [holding, placed] = [await place("kronos"), await place("nexus", 2, 1)];
    await declineAll(...others("kronos", "nexus"));
    clock.tick(10);
    const fence = await hold(holding);
    await ledger.controls.pause({ scope: "swarm", name: "", by: "you", until: null });
    expect(await ledger.claims.commitReply(holding, fence, { parts: ["late"], by: "test" })).toMatchObject({
      held: false,
    });
    expect(await ledger.claims.take(placed, { cap })).toMatchObject({ kind: "ended", state: "withdrawn" });
    expect([await outcome("kronos"), await outcome("nexus")]).toEqual(["blocked", "blocked"]);
  });

  test("a reply that was handed to the transport keeps its slot until its sender is back, since it may yet appear", async () => {
    const [dying, waiting] = [await place("kronos"), await place("nexus", 2, 1)];
    await declineAll(...others("kronos", "nexus"));
    clock.tick(10);
    const fence = await hold(dying);
    await ledger.claims.commitReply(dying, fence, { parts: ["perhaps sent"], by: "test" });
    await ledger.outbox.take("kronos");
    clock.tick(DELIVERY_DOUBT_MS + 1);
    await beat(...others("kronos"));
    await ledger.claims.sweep();
    expect(await state(dying)).toBe("delivering");
    expect(await ledger.claims.take(waiting, { cap: 1 })).toMatchObject({ kind: "waiting" });
    expect(await ledger.outbox.take("kronos")).toMatchObject({ claim: dying, attempts: 1 });
  });

  test("a reply whose sender died before sending is given up when nobody saw it, and is never sent later", async () => {
    const [dying, waiting] = [await place("kronos"), await place("nexus", 2, 1)];
    await declineAll(...others("kronos", "nexus"));
    clock.tick(10);
    const fence = await hold(dying);
    await ledger.claims.commitReply(dying, fence, { parts: ["unsent"], by: "test" });
    const [parcel] = await ledger.outbox.ofClaim(dying);
    clock.tick(DELIVERY_DOUBT_MS + 1);
    await beat(...others("kronos"));
    await ledger.claims.sweep();
    expect(await state(dying)).toBe("expired");
    expect(await ledger.outbox.post(parcel?.id ?? 0, { id: "kronos", name: "kronos" })).toBeUndefined();
    expect(await ledger.outbox.take("kronos")).toBeUndefined();
    expect(await ledger.claims.take(waiting, { cap })).toMatchObject({ kind: "held" });
  });

  test("a reply in three parts is sent in order and once, however often it is posted", async () => {
    const id = await place("kronos", 1);
    const fence = await hold(id);
    await ledger.claims.commitReply(id, fence, { parts: ["one", "two", "three"], by: "test" });
    for (const text of ["one", "two", "three"]) {
      const parcel = await ledger.outbox.take("kronos");
      expect(parcel?.text).toBe(text);
      await ledger.outbox.post(parcel?.id ?? 0, { id: "kronos", name: "kronos" });
      await ledger.outbox.post(parcel?.id ?? 0, { id: "kronos", name: "kronos" });
    }
    expect(await ledger.outbox.take("kronos")).toBeUndefined();
    const thread = await ledger.messages.thread(root);
    expect(thread.map(({ text }) => text)).toEqual(["ship or fix?", "one", "two", "three"]);
    expect(thread.map(({ hops }) => hops)).toEqual([0, 1, 1, 1]);
    expect(await state(id)).toBe("sent");
  });

  test("a draft is seen while its holder writes, and gone afterwards", async () => {
    const id = await place("kronos", 1);
    const fence = await hold(id);
    expect(await ledger.claims.draft(id, fence, "Two goals are")).toBe(true);
    expect(await ledger.drafts.all()).toMatchObject([{ claim: id, agent: "kronos", text: "Two goals are" }]);
    expect(await ledger.claims.draft(id, fence - 1, "forged")).toBe(false);
    await ledger.claims.pass(id, fence, "nothing to add");
    expect(await ledger.drafts.all()).toEqual([]);
  });
});
