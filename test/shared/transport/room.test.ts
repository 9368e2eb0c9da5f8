import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Ledger, Parcel } from "../../../shared/ledger/index.ts";
import { createRoom, MAIN_ROOM, type Transport } from "../../../shared/transport/index.ts";
import { card, openTestLedger, type StandingClock, said, standingClock } from "../../doubles/ledger.ts";

describe("the local room", () => {
  let clock: StandingClock;
  let ledger: Ledger;
  let close: () => void;
  let room: Transport;
  let parcel: Parcel;
  let claim: number;
  let root: number;

  beforeEach(async () => {
    clock = standingClock();
    ({ ledger, close } = await openTestLedger(clock));
    room = createRoom({
      post: (id) => ledger.outbox.post(id, { id: "kronos", name: "kronos" }),
      catchUpMaxAgeMs: 1_000,
    });
    const nothing = () => Promise.reject(new Error("the room has nothing to tell"));
    await room.start({ said: nothing, edited: nothing, deleted: nothing, reacted: nothing });
    await ledger.agents.arrive(card("kronos"), 1);
    root = (await ledger.messages.record(said("why?", { room: MAIN_ROOM }))).seq;
    claim = (await ledger.claims.place({ message: root, root, agent: "kronos", tier: 1, eta: 0, because: "addressed" }))
      .id;
    const taking = await ledger.claims.take(claim, { cap: 2 });
    if (taking.kind !== "held") throw new Error("not held");
    await ledger.claims.commitReply(claim, taking.fence, { parts: ["because"], by: "test" });
    const queued = await ledger.outbox.take("kronos");
    if (queued === undefined) throw new Error("nothing to send");
    parcel = queued;
  });
  afterEach(async () => {
    await room.close();
    close();
  });

  test("what is sent appears under the message it answers, once, however often it is sent", async () => {
    const [first, again] = [await room.send(parcel), await room.send(parcel)];
    expect(again).toEqual(first);
    const thread = await ledger.messages.thread(root);
    expect(thread.map(({ text, sender }) => `${sender.name}: ${text}`)).toEqual(["you: why?", "kronos: because"]);
    expect(first).toEqual({ kind: "sent", messageId: thread[1]?.messageId });
    expect((await ledger.claims.get(claim))?.state).toBe("sent");
  });

  test("what was cancelled meanwhile does not appear", async () => {
    await ledger.outbox.fail(parcel.id, "cancelled");
    expect(await room.send(parcel)).toEqual({ kind: "never", because: "it was cancelled" });
    expect(await ledger.messages.thread(root)).toHaveLength(1);
  });
});
