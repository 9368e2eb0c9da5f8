import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Given, Giving, Ledger } from "../../../shared/ledger/index.ts";
import { card, openTestLedger, said, standingClock } from "../../doubles/ledger.ts";

const clock = standingClock();
let ledger: Ledger;
let close: () => void;
let message: number;

beforeEach(async () => {
  ({ ledger, close } = await openTestLedger(clock));
  for (const name of ["kronos", "nexus"]) await ledger.agents.arrive(card(name), 1);
  ({ seq: message } = await ledger.messages.record(said("how many?")));
});
afterEach(() => close());

const giving = (more: Partial<Giving> = {}): Giving => ({
  key: "claim 1: hand-off to nexus",
  kind: "hand-off",
  agent: "nexus",
  giver: "kronos",
  message,
  task: "count them",
  deadlineAt: clock.now() + 600_000,
  ...more,
});
const idOf = (given: Given) => (given.given ? given.assignment.id : 0);
const taken = async (agent = "nexus") => {
  const assignment = await ledger.assignments.take(agent);
  if (assignment === undefined) throw new Error("nothing to take");
  return assignment;
};
const all = async () => (await ledger.assignments.ofMessage(message)).map(({ kind, state }) => `${kind} ${state}`);
const reply = { parts: ["four"], by: "test" };

describe("an assignment", () => {
  test("is given once for one key, however often its giver is restarted", async () => {
    const [first, second] = [await ledger.assignments.give(giving()), await ledger.assignments.give(giving())];
    expect(idOf(second)).toBe(idOf(first));
    expect(await all()).toEqual(["hand-off waiting"]);
  });

  test("is taken by its agent alone, and by one process at a time", async () => {
    await ledger.assignments.give(giving());
    expect(await ledger.assignments.take("kronos")).toBeUndefined();
    expect(await taken()).toMatchObject({ state: "working", attempts: 1 });
    expect(await ledger.assignments.take("nexus")).toBeUndefined();
  });

  test("is not taken by an agent that is paused", async () => {
    await ledger.assignments.give(giving());
    await ledger.controls.pause({ scope: "agent", name: "nexus", by: "you", until: null });
    expect(await ledger.assignments.take("nexus")).toBeUndefined();
    await ledger.controls.resume("agent", "nexus");
    expect(await taken()).toMatchObject({ attempts: 1 });
  });

  test("answers in the room once, through the outbox, and is done when the message appears", async () => {
    await ledger.assignments.give(giving());
    const { id, fence } = await taken();
    expect(await ledger.assignments.commitReply(id, fence, reply)).toEqual({ held: true });
    expect(await ledger.assignments.commitReply(id, fence, reply)).toMatchObject({ held: false });
    const parcel = await ledger.outbox.take("nexus");
    await ledger.outbox.post(parcel?.id ?? 0, { id: "nexus", name: "nexus" });
    expect(await all()).toEqual(["hand-off done"]);
    expect((await ledger.messages.thread(message)).map(({ text }) => text)).toEqual(["how many?", "four"]);
    // An answer that was asked for is nobody's slot.
    expect(await ledger.claims.ofRoot(message)).toEqual([]);
  });

  test("whose sender died is done when a colleague's account saw it arrive", async () => {
    await ledger.assignments.give(giving());
    const { id, fence } = await taken();
    await ledger.assignments.commitReply(id, fence, reply);
    const parcel = await ledger.outbox.take("nexus");
    await ledger.messages.record(
      said("four", { sender: { kind: "agent", id: "7", name: "nexus" }, replyTo: parcel?.replyTo ?? null }),
    );
    expect(await all()).toEqual(["hand-off done"]);
    expect(await ledger.outbox.take("nexus")).toBeUndefined();
  });

  test("that a transport refuses for ever is dead, and says why", async () => {
    await ledger.assignments.give(giving());
    const { id, fence } = await taken();
    await ledger.assignments.commitReply(id, fence, reply);
    const parcel = await ledger.outbox.take("nexus");
    await ledger.outbox.fail(parcel?.id ?? 0, "the room is gone");
    expect(await ledger.assignments.get(id)).toMatchObject({ state: "dead", because: "the room is gone" });
  });

  test("whose worker froze past its lease is taken again, and the late worker changes nothing", async () => {
    await ledger.assignments.give(giving());
    const late = await taken();
    clock.tick(31_000);
    await ledger.assignments.sweep();
    clock.tick(5_000);
    const next = await taken();
    expect(next).toMatchObject({ id: late.id, attempts: 2 });
    expect(await ledger.assignments.renew(late.id, late.fence)).toBe(false);
    expect(await ledger.assignments.commitReply(late.id, late.fence, reply)).toMatchObject({ held: false });
    expect(await ledger.assignments.reject(late.id, late.fence, "not mine")).toMatchObject({ held: false });
    expect(await ledger.assignments.commitReply(next.id, next.fence, reply)).toEqual({ held: true });
  });

  test("waits again at once when its agent's process starts anew", async () => {
    await ledger.assignments.give(giving());
    await taken();
    expect(await ledger.assignments.recover("nexus")).toBe(1);
    expect(await taken()).toMatchObject({ attempts: 2 });
  });

  test("that fails three times is given up and comes back to its giver", async () => {
    await ledger.assignments.give(giving());
    for (let attempt = 1; attempt <= 3; attempt++) {
      const { id, fence } = await taken();
      await ledger.assignments.fail(id, fence, "no model answered");
      clock.tick(5_000);
    }
    expect(await ledger.assignments.ofMessage(message)).toMatchObject([
      { kind: "hand-off", state: "dead", because: "tried 3 times: no model answered" },
      { kind: "returned", agent: "kronos", giver: "nexus", state: "waiting" },
    ]);
  });

  test("past its deadline is given up, once", async () => {
    await ledger.assignments.give(giving());
    clock.tick(600_001);
    expect(await ledger.assignments.sweep()).toBe(1);
    expect(await ledger.assignments.sweep()).toBe(0);
    expect(await all()).toEqual(["hand-off dead", "returned waiting"]);
  });

  test("ends with the message it goes back to", async () => {
    await ledger.assignments.give(giving());
    const { id, fence } = await taken();
    const asked = await ledger.messages.get(message);
    await ledger.messages.remove(asked?.room ?? "", asked?.messageId ?? "");
    expect(await ledger.assignments.commitReply(id, fence, reply)).toMatchObject({ held: false });
    expect(await all()).toEqual(["hand-off dead"]);
  });

  test("changes hands three times at most, and a root gets six at most", async () => {
    expect(await ledger.assignments.give(giving({ depth: 4 }))).toMatchObject({ given: false });
    for (let i = 1; i <= 6; i++) {
      expect(await ledger.assignments.give(giving({ key: `claim ${i}` }))).toMatchObject({ given: true });
    }
    expect(await ledger.assignments.give(giving({ key: "claim 7" }))).toMatchObject({ given: false });
    // Asking each other is no answer in the room.
    expect(await ledger.assignments.give(giving({ key: "ask", kind: "question" }))).toMatchObject({ given: true });
  });
});

test("for any order of taking, finishing, failing, dying and waiting, an assignment is done at most once and never lost", async () => {
  const steps = fc.array(fc.constantFrom("take", "commit", "fail", "reject", "recover", "sweep", "tick", "late"), {
    minLength: 1,
    maxLength: 25,
  });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (todo) => {
      const key = `run ${++run}`;
      const { seq } = await ledger.messages.record(said("how many?"));
      await ledger.assignments.give(giving({ key, message: seq, deadlineAt: clock.now() + 600_000 }));
      const fences: { id: number; fence: number }[] = [];
      let commits = 0;
      for (const step of todo) {
        const newest = fences.at(-1);
        if (step === "take") {
          const got = await ledger.assignments.take("nexus");
          if (got !== undefined) fences.push(got);
        } else if (step === "recover") await ledger.assignments.recover("nexus");
        else if (step === "sweep") await ledger.assignments.sweep();
        else if (step === "tick") clock.tick(20_000);
        else if (newest !== undefined) {
          const { id, fence } = step === "late" ? (fences[0] ?? newest) : newest;
          const { assignments } = ledger;
          const result =
            step === "fail"
              ? await assignments.fail(id, fence, "no")
              : step === "reject"
                ? await assignments.reject(id, fence, "no")
                : await assignments.commitReply(id, fence, reply);
          if (result.held && (step === "commit" || step === "late")) commits++;
        }
      }
      expect(commits).toBeLessThanOrEqual(1);
      const [first, ...rest] = await ledger.assignments.ofMessage(seq);
      // Given up or rejected, the work has come back to its giver.
      const ended = first?.state === "dead" || first?.state === "rejected";
      expect(rest.map(({ kind }) => kind)).toEqual(ended ? ["returned"] : []);
      clock.tick(1_300_000);
      await ledger.assignments.sweep();
      await ledger.assignments.sweep();
    }),
    { numRuns: 150 },
  );
});

describe("a watch over an owned subject", () => {
  const begin = () =>
    ledger.watches.begin({ message, subject: "numbers", owner: "kronos", deadlineAt: clock.now() + 60_000 });
  const escalate = () => ledger.watches.escalate(message, "nexus");

  test("begins once, and is due after its deadline", async () => {
    await begin();
    await begin();
    expect(await ledger.watches.due()).toEqual([]);
    clock.tick(60_000);
    expect(await ledger.watches.due()).toMatchObject([{ message, owner: "kronos" }]);
  });

  test("is not due while its live owner is at it, and is when the owner died", async () => {
    await begin();
    await ledger.claims.place({ message, root: message, agent: "kronos", tier: 2, eta: clock.now(), because: "own" });
    clock.tick(60_000);
    await ledger.agents.beat("kronos", 1);
    expect(await ledger.watches.due()).toEqual([]);
    clock.tick(11_000);
    expect(await ledger.watches.due()).toHaveLength(1);
  });

  test("is answered by its owner alone, not by anybody's aside", async () => {
    await begin();
    const claim = await ledger.claims.place({
      message,
      root: message,
      agent: "nexus",
      tier: 1,
      eta: clock.now(),
      because: "addressed",
    });
    const taking = await ledger.claims.take(claim.id, { cap: 2 });
    await ledger.claims.commitReply(claim.id, taking.kind === "held" ? taking.fence : 0, reply);
    const parcel = await ledger.outbox.take("nexus");
    await ledger.outbox.post(parcel?.id ?? 0, { id: "nexus", name: "nexus" });
    clock.tick(60_000);
    expect(await ledger.watches.due()).toHaveLength(1);
  });

  test("is escalated once, whoever asks first", async () => {
    await begin();
    clock.tick(60_000);
    await Promise.all([escalate(), escalate()]);
    expect(await all()).toEqual(["escalation waiting"]);
    expect(await ledger.watches.of(message)).toMatchObject({ state: "escalated" });
    expect(await ledger.watches.due()).toEqual([]);
  });

  test("ends with its message", async () => {
    await begin();
    const asked = await ledger.messages.get(message);
    await ledger.messages.remove(asked?.room ?? "", asked?.messageId ?? "");
    clock.tick(60_000);
    expect(await ledger.watches.due()).toEqual([]);
    expect(await ledger.watches.of(message)).toMatchObject({ state: "dropped" });
  });
});

describe("an answer whose sender died before it handed it to a transport", () => {
  test("is given up at its deadline, never appears, and its giver gets the work back", async () => {
    await ledger.assignments.give(giving());
    const { id, fence } = await taken();
    await ledger.assignments.commitReply(id, fence, reply);
    clock.tick(600_001);
    await ledger.assignments.sweep();
    expect(await all()).toEqual(["hand-off dead", "returned waiting"]);
    expect(await ledger.outbox.take("nexus")).toBeUndefined();
  });

  test("is waited for once a transport may have it", async () => {
    await ledger.assignments.give(giving());
    const { id, fence } = await taken();
    await ledger.assignments.commitReply(id, fence, reply);
    await ledger.outbox.take("nexus");
    clock.tick(600_001);
    await ledger.assignments.sweep();
    expect(await all()).toEqual(["hand-off delivering"]);
  });
});

describe("a call that a person has allowed", () => {
  const allowed = async () => {
    const asking = { agent: "nexus", turn: "claim 1", call: "1", tool: "send-letter", arguments: "{}" };
    const { id } = await ledger.approvals.ask({ ...asking, message, because: "it sends", sources: [] });
    await ledger.approvals.decide(id, { granted: true, by: "you" });
  };

  test("waits a day for its agent, paused or down", async () => {
    await allowed();
    await ledger.controls.pause({ scope: "agent", name: "nexus", by: "you", until: null });
    clock.tick(23 * 60 * 60_000);
    expect(await ledger.assignments.take("nexus")).toBeUndefined();
    await ledger.assignments.sweep();
    await ledger.controls.resume("agent", "nexus");
    expect(await taken()).toMatchObject({ kind: "decided", task: "claim 1" });
  });

  test("and that never came to its end is told of in its room, by a colleague that is there", async () => {
    await allowed();
    clock.tick(24 * 60 * 60_000);
    await ledger.agents.arrive(card("kronos"), 2);
    await ledger.assignments.sweep();
    await ledger.assignments.sweep();
    expect(await all()).toEqual(["decided dead"]);
    const parcel = await ledger.outbox.take("kronos");
    expect(parcel).toMatchObject({
      room: "room:main",
      text: "What you allowed nexus (#1 send-letter) did not come to its end: nexus did not do it in time.",
    });
    await ledger.outbox.post(parcel?.id ?? 0, { id: "kronos", name: "kronos" });
    expect(await ledger.outbox.take("kronos")).toBeUndefined();
  });
});
