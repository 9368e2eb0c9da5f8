/** Plans in the ledger: refused when they cannot be carried out, moved on one step after the other, each step once. */
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { type PlanStory, planShape } from "../../../shared/ledger/index.ts";
import { problemsOf } from "../../../shared/ledger/plans/plan-draft.ts";
import { card, openTestLedger, said, standingClock } from "../../doubles/ledger.ts";

const DAY_MS = 86_400_000;

async function open() {
  const clock = standingClock();
  const { ledger, close } = await openTestLedger(clock);
  onTestFinished(close);
  await ledger.agents.arrive(card("kronos"), 1);
  const { plans, assignments } = ledger;
  return {
    clock,
    ledger,
    plans,
    async write(steps: readonly object[], more: object = {}): Promise<PlanStory> {
      const draft = planShape.parse({ goal: "Move the shop", steps, ...more });
      const key = JSON.stringify([steps, more]);
      const written = await plans.write({ key, agent: "kronos", room: "room:main", by: "you", sources: [], draft });
      if (!written.planned) throw new Error(written.because);
      await plans.advance();
      return written.plan;
    },
    /** The agent takes its next step and hands it in. */
    async work(end: { result: string } | { returned: string }): Promise<string> {
      const taken = await assignments.take("kronos");
      if (taken === undefined) throw new Error("there is work");
      if ("result" in end) await assignments.finish(taken.id, taken.fence, { result: end.result, because: "done" });
      else await assignments.reject(taken.id, taken.fence, end.returned);
      await plans.advance();
      return (JSON.parse(taken.task) as { step: string }).step;
    },
    states: async (id: number) =>
      Object.fromEntries((await plans.get(id))?.steps.map((step) => [step.id, step.state]) ?? []),
  };
}

const step = (id: string, more: object = {}) => ({ id, title: `Do ${id}`, task: `Please do ${id}.`, ...more });

test("a step begins when all that it needs has succeeded, and the plan ends with the last one", async () => {
  const { write, work, states, plans } = await open();
  const { id } = await write([step("look"), step("measure"), step("sign", { needs: ["look", "measure"] })]);
  expect(await states(id)).toEqual({ look: "working", measure: "working", sign: "pending" });
  await work({ result: "three rooms" });
  expect(await states(id)).toMatchObject({ sign: "pending" });
  await work({ result: "90 m²" });
  expect(await states(id)).toEqual({ look: "done", measure: "done", sign: "working" });
  expect(await work({ result: "signed" })).toBe("sign");
  expect(await plans.get(id)).toMatchObject({ state: "done", because: "every step is done" });
  expect(await plans.untold()).toMatchObject([{ about: "ended", key: `plan ${id} ended` }]);
});

test("what needs a step that failed does not begin: the plan is stuck, until somebody tries again or goes on without it", async () => {
  const { write, work, states, plans } = await open();
  const { id } = await write([step("ask"), step("book", { needs: ["ask"] })]);
  await work({ returned: "nobody picks up" });
  expect(await states(id)).toEqual({ ask: "failed", book: "pending" });
  expect(await plans.get(id)).toMatchObject({ state: "stuck", because: "ask failed, and what is left needs it" });
  const [word] = await plans.untold();
  expect(word).toMatchObject({ about: "stuck", key: `plan ${id} stuck 1` });
  if (word !== undefined) await plans.told(word);
  expect(await plans.untold()).toEqual([]);

  await plans.retry(id, "ask", "you");
  await plans.advance();
  expect(await plans.get(id)).toMatchObject({ state: "active" });
  await work({ returned: "still nobody" });
  expect(await plans.untold(), "each time once").toMatchObject([{ key: `plan ${id} stuck 2` }]);
  await plans.skip(id, "ask", "you");
  await plans.advance();
  expect(await states(id)).toEqual({ ask: "skipped", book: "working" });
});

test("a wait for a time ends at its time, and what it waited for is handed on", async () => {
  const { write, states, clock, plans } = await open();
  const { id } = await write([
    step("tomorrow", { wait: { kind: "time", at: "2026-01-06T09:00Z" } }),
    step("later", { task: "", wait: { kind: "delay", minutes: 90 }, needs: ["tomorrow"] }),
  ]);
  expect(await plans.nextDue()).toBe(Date.parse("2026-01-06T09:00Z"));
  clock.tick(DAY_MS - 1);
  expect(await plans.advance()).toBe(0);
  clock.tick(1);
  await plans.advance();
  expect(await states(id)).toEqual({ tomorrow: "working", later: "pending" });
});

test("a person is asked once, and answers by replying, or in so many words", async () => {
  const { write, states, ledger, plans } = await open();
  const { id } = await write([
    step("ok", { task: "", wait: { kind: "person", question: "Shall we?" } }),
    step("price", { wait: { kind: "person", question: "How much?" } }),
  ]);
  const words = await plans.untold();
  expect(words.map(({ step: about }) => about)).toEqual(["ok", "price"]);
  for (const word of words) {
    await ledger.deliveries.say({
      ...{ job: "plans", key: word.key, severity: "notable", agent: "kronos", room: "room:main", text: word.step },
      ...{ state: "queued", because: "you have this plan", parts: () => [word.step] },
    });
    await plans.told(word);
  }
  expect(await plans.untold()).toEqual([]);
  const parcel = await ledger.outbox.take("kronos");
  if (parcel === undefined) throw new Error("the question is sent");
  const sent = (await ledger.outbox.post(parcel.id, { id: "kronos", name: "kronos" })) ?? "";
  await ledger.messages.record(said("Something else.", { room: "room:main", messageId: "m1" }));
  expect(await plans.advance(), "that was no answer").toBe(0);
  await ledger.messages.record(said("Yes, please.", { room: "room:main", messageId: "m2", replyTo: sent }));
  await plans.advance();
  expect(await states(id)).toEqual({ ok: "done", price: "waiting" });

  expect(await plans.answer(id, "price", "  ", "you")).toMatchObject({ planned: false });
  await plans.answer(id, "price", "900 a month", "you");
  expect((await plans.get(id))?.steps).toMatchObject([
    { result: "Yes, please." },
    { state: "working", observed: "900 a month" },
  ]);
});

test("a question that could not be delivered is asked again an hour later, as the end of a plan is told again", async () => {
  const { write, ledger, plans, clock } = await open();
  const { id } = await write([step("ok", { task: "", wait: { kind: "person", question: "Shall we?" } })]);
  const sayAndFail = async () => {
    const [word] = await plans.untold();
    if (word === undefined) throw new Error("nothing to say");
    await ledger.deliveries.say({
      ...{ job: "plans", key: word.key, severity: "notable", agent: "kronos", room: "room:main", text: word.about },
      ...{ state: "queued", because: "you have this plan", parts: [word.about] },
    });
    const parcel = await ledger.outbox.take("kronos");
    await ledger.outbox.fail(parcel?.id ?? 0, "the room is gone");
    await plans.told(word);
    expect(await plans.untold(), "not at once").toEqual([]);
    clock.tick(60 * 60_000);
    expect(await plans.untold()).toEqual([expect.objectContaining({ key: word.key, about: word.about })]);
  };
  await sayAndFail();
  await sayAndFail();
  await plans.skip(id, "ok", "you");
  await plans.advance();
  await sayAndFail();
  clock.tick(24 * 60 * 60_000);
  expect(await plans.untold(), "that is yesterday's news").toEqual([]);
});

test("a plan is not edited down to nothing: it would be done without anything having been done", async () => {
  const { write, plans } = await open();
  const { id } = await write([step("look", { wait: { kind: "delay", minutes: 5 } })]);
  expect(await plans.edit(id, { put: [], remove: ["look"] }, "you")).toEqual({
    planned: false,
    because: `Plan ${id} would have no step left; cancel it instead.`,
  });
  expect(
    await plans.edit(id, { put: [planShape.shape.steps.element.parse(step("see"))], remove: ["look"] }, "you"),
  ).toMatchObject({
    planned: true,
  });
});

test("a reply is the next word of that person in that room, not one from before", async () => {
  const { write, states, ledger, plans } = await open();
  await ledger.messages.record(
    said("Old word", { room: "room:main", messageId: "a", sender: { kind: "allowed", id: "5", name: "Ann" } }),
  );
  const { id } = await write([step("hear", { task: "", wait: { kind: "reply", from: "ann" } })]);
  await ledger.messages.record(said("I am Bob", { room: "room:main", messageId: "b" }));
  expect(await plans.advance()).toBe(0);
  await ledger.messages.record(
    said("It is free", { room: "room:main", messageId: "c", sender: { kind: "allowed", id: "5", name: "Ann" } }),
  );
  await plans.advance();
  expect(await states(id)).toEqual({ hear: "done" });
});

test("one supervisor looks at a page at a time; a dead one's look is taken over, and its late word does not count", async () => {
  const { write, clock, plans, states } = await open();
  const wait = { kind: "page", url: "https://example.org/", says: "in stock", everyMinutes: 60 };
  const { id } = await write([step("buy", { wait })]);
  const look = await plans.takeLook("one");
  if (look === undefined) throw new Error("a page is to be looked at");
  expect(await plans.takeLook("two")).toBeUndefined();
  clock.tick(120_000);
  expect(await plans.takeLook("two")).toMatchObject({ plan: id });
  await plans.looked(look, "one", { met: true, observed: "in stock" });
  expect(await states(id)).toEqual({ buy: "waiting" });
  await plans.looked(look, "two", { met: false, because: "not yet" });
  expect(await plans.nextDue()).toBe(clock.now() + 3_600_000);
  for (let at = 0; at < 8; at++) {
    clock.tick(3_600_000);
    const again = await plans.takeLook("two");
    if (again !== undefined) await plans.looked(again, "two", { failed: "it answered 500" });
  }
  expect(await states(id)).toEqual({ buy: "failed" });
});

test("a plan is edited where it has not begun, and stays one that can be carried out", async () => {
  const { write, plans, states } = await open();
  const { id } = await write([step("a"), step("b", { needs: ["a"] })]);
  const put = (...steps: object[]) => ({ put: planShape.shape.steps.parse(steps), remove: [] });
  expect(await plans.edit(id, put(step("a")), "you")).toMatchObject({
    because: expect.stringContaining("working already"),
  });
  expect(await plans.edit(id, put(step("b", { needs: ["c"] })), "you")).toMatchObject({
    because: expect.stringContaining("no such step"),
  });
  expect(await plans.edit(id, { put: [], remove: ["z"] }, "you")).toMatchObject({ planned: false });
  expect(await plans.edit(id, put(step("b", { needs: ["c"] }), step("c", { needs: ["a"] })), "you")).toMatchObject({
    planned: true,
  });
  expect(await states(id)).toEqual({ a: "working", b: "pending", c: "pending" });
  expect(await plans.edit(id, { put: [], remove: ["c"] }, "you"), "b needs it").toMatchObject({ planned: false });
});

test("a cancelled plan calls its work back, and says so once", async () => {
  const { write, plans, ledger } = await open();
  const { id } = await write([step("a")]);
  await plans.cancel(id, "you", "not needed");
  expect(await ledger.assignments.take("kronos")).toBeUndefined();
  expect(await plans.cancel(id, "you", "")).toMatchObject({ because: `Plan ${id} is cancelled already.` });
  expect(await plans.untold()).toMatchObject([{ about: "ended" }]);
  expect((await plans.get(id))?.events.map(({ what }) => what)).toEqual(["written", "begun", "cancelled"]);
});

test("a plan that nobody finished is closed when its time is over", async () => {
  const { write, plans, clock } = await open();
  const { id } = await write([step("a", { wait: { kind: "person", question: "When?" } })], { days: 2 });
  clock.tick(2 * DAY_MS);
  await plans.advance();
  expect(await plans.get(id)).toMatchObject({ state: "expired" });
});

test("an ended plan is forgotten with old work, an open one is not", async () => {
  const { write, plans, ledger, clock } = await open();
  const over = await write([step("a")]);
  const going = await write([step("b", { wait: { kind: "person", question: "When?" } })]);
  await plans.cancel(over.id, "you", "");
  await ledger.retention.removeBefore(clock.now(), 10);
  expect(await plans.get(over.id)).toMatchObject({ state: "cancelled" });
  clock.tick(1);
  await ledger.retention.removeBefore(clock.now(), 10);
  expect((await plans.list({ ended: true, limit: 9 })).map(({ id }) => id)).toEqual([going.id]);
});

test("the same call writes one plan", async () => {
  const { write } = await open();
  expect((await write([step("a")])).id).toBe((await write([step("a")])).id);
});

test.each([
  [
    [step("a", { needs: ["b"] }), step("b", { needs: ["c"] }), step("c", { needs: ["a"] })],
    "wait for each other: a → b → c → a",
  ],
  [[step("a", { needs: ["a"] })], "needs itself"],
  [[step("a", { needs: ["zz"] })], "needs zz, and there is no such step"],
  [[step("a"), step("a")], "Two steps are called a"],
  [[step("a", { task: "" })], "does nothing"],
  [[step("a", { wait: { kind: "time", at: "tomorrow" } })], "no time with a zone"],
  [[step("a", { wait: { kind: "time", at: "2026-01-04T09:00Z" } })], "which is past"],
  [[step("a", { wait: { kind: "time", at: "2027-01-04T09:00Z" } })], "closed already"],
  [[step("a", { wait: { kind: "delay", minutes: 200 * 1440 } })], "longer than the whole plan"],
  [[step("a", { wait: { kind: "page", url: "file:///etc/passwd", says: "root" } })], "no address"],
  [[step("a", { wait: { kind: "page", url: "https://x.example", says: " * " } })], "names none"],
])("what cannot be carried out is not kept: %#", async (steps, because) => {
  const { write, plans } = await open();
  await expect(write(steps)).rejects.toThrow(because);
  expect(await plans.list({ ended: true, limit: 9 })).toEqual([]);
});

test("a plan is refused for a circle exactly when its steps cannot be put in an order", () => {
  const ids = ["a", "b", "c", "d", "e"];
  const drawn = fc.array(fc.subarray(ids), { minLength: ids.length, maxLength: ids.length });
  fc.assert(
    fc.property(drawn, (needs) => {
      const steps = planShape.shape.steps.parse(ids.map((id, at) => step(id, { needs: needs[at] })));
      const left = new Map(steps.map((one) => [one.id, one.needs]));
      for (let going = true; going; ) {
        const free = [...left].filter(([, all]) => all.every((need) => !left.has(need))).map(([id]) => id);
        for (const id of free) left.delete(id);
        going = free.length > 0;
      }
      expect(problemsOf({ steps, days: 9 }, 0).length > 0).toBe(left.size > 0);
    }),
  );
});
