import Sqlite from "better-sqlite3";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AssignmentKind, type Giving, type Ledger, openLedger } from "../../../shared/ledger/index.ts";
import { migrations } from "../../../shared/ledger/migrations/index.ts";
import { migrate } from "../../../shared/sqlite/index.ts";
import { card, openTestLedger, standingClock } from "../../doubles/ledger.ts";

const clock = standingClock();
let ledger: Ledger;
let path: string;
let close: () => void;

beforeEach(async () => {
  ({ ledger, path, close } = await openTestLedger(clock));
  for (const name of ["kronos", "nexus"]) await ledger.agents.arrive(card(name), 1);
});
afterEach(() => close());

const giving = (more: Partial<Giving> = {}): Giving => ({
  key: "job sleep-compute 1",
  kind: "job",
  agent: "nexus",
  giver: "swarm",
  sources: [{ label: "owner", from: "the job sleep-compute" }],
  task: "{}",
  deadlineAt: clock.now() + 600_000,
  ...more,
});
const give = async (more: Partial<Giving> = {}) => {
  const given = await ledger.assignments.give(giving(more));
  if (!given.given) throw new Error(given.because);
  return given.assignment;
};
const taken = async () => {
  const assignment = await ledger.assignments.take("nexus");
  if (assignment === undefined) throw new Error("nothing to take");
  return assignment;
};
const asked = (id: number) =>
  ledger.approvals.ask({
    agent: "nexus",
    turn: `assignment ${id}`,
    call: "1",
    tool: "write-file",
    arguments: "{}",
    message: null,
    because: "it writes",
    sources: [],
  });

const KINDS: readonly AssignmentKind[] = ["job", "step", "forget", "resume"];

describe("work that no message began", () => {
  test("keeps whose text it stands on, and is taken like any other", async () => {
    await give();
    expect(await taken()).toMatchObject({
      message: null,
      room: null,
      sources: [{ label: "owner", from: "the job sleep-compute" }],
      attempts: 1,
    });
  });

  test("without a room has its answer as its result", async () => {
    await give();
    const { id, fence } = await taken();
    expect(await ledger.assignments.commitReply(id, fence, { parts: ["four", "five"], by: "test" })).toEqual({
      held: true,
    });
    expect(await ledger.assignments.get(id)).toMatchObject({ state: "done", result: "four\n\nfive" });
    expect(await ledger.outbox.take("nexus")).toBeUndefined();
  });

  test("with a room answers there, to nobody's message, and is done when it appears", async () => {
    await give({ room: "room:main" });
    const { id, fence } = await taken();
    await ledger.assignments.commitReply(id, fence, { parts: ["four"], by: "test" });
    const parcel = await ledger.outbox.take("nexus");
    expect(parcel).toMatchObject({ room: "room:main", replyTo: null });
    await ledger.outbox.post(parcel?.id ?? 0, { id: "nexus", name: "nexus" });
    expect(await ledger.assignments.get(id)).toMatchObject({ state: "done" });
  });

  test("cannot be of a kind that answers a person", async () => {
    await expect(ledger.assignments.give(giving({ kind: "hand-off" }))).rejects.toThrow(/CHECK/);
  });

  test.each(KINDS)("of the kind %s goes on after a restart, and ends in the open when nobody does it", async (kind) => {
    const { id } = await give({ kind });
    await taken();
    expect(await ledger.assignments.recover("nexus")).toBe(1);
    expect(await taken()).toMatchObject({ id, attempts: 2 });
    clock.tick(600_001);
    expect(await ledger.assignments.sweep()).toBe(1);
    expect(await ledger.assignments.get(id)).toMatchObject({ state: "dead", because: "nexus did not do it in time" });
    expect(await ledger.assignments.latest(10)).toHaveLength(1);
  });

  test("that waits for a person loses no try, outlives its deadline, and goes on when the person has decided", async () => {
    const { id, fence } = await give().then(taken);
    const approval = await asked(id);
    expect(await ledger.assignments.park(id, fence, approval.id)).toEqual({ held: true });
    clock.tick(700_000);
    await ledger.assignments.sweep();
    expect(await ledger.assignments.take("nexus")).toBeUndefined();
    expect(await ledger.assignments.get(id)).toMatchObject({ state: "waiting", attempts: 0, waitsFor: approval.id });
    await ledger.approvals.decide(approval.id, { granted: true, by: "you" });
    expect(await taken()).toMatchObject({ id, attempts: 1, waitsFor: null });
  });

  test("that a person has decided about waits a day for its agent, which may be down or paused", async () => {
    const { id, fence } = await give().then(taken);
    const approval = await asked(id);
    await ledger.assignments.park(id, fence, approval.id);
    await ledger.approvals.decide(approval.id, { granted: true, by: "you" });
    clock.tick(23 * 60 * 60_000);
    await ledger.assignments.sweep();
    expect(await taken()).toMatchObject({ id });
  });

  test("goes on, refused, when nobody decided in time", async () => {
    const { id, fence } = await give().then(taken);
    const approval = await asked(id);
    await ledger.assignments.park(id, fence, approval.id);
    clock.tick(60 * 60_000);
    await ledger.approvals.expire();
    expect(await taken()).toMatchObject({ id });
  });

  test("is parked on nothing when the person was faster", async () => {
    const { id, fence } = await give().then(taken);
    const approval = await asked(id);
    await ledger.approvals.decide(approval.id, { granted: true, by: "you" });
    await ledger.assignments.park(id, fence, approval.id);
    expect(await taken()).toMatchObject({ id, waitsFor: null });
  });

  test("is forgotten when it has ended long ago, and not while it waits", async () => {
    const { id, fence } = await give().then(taken);
    await ledger.assignments.finish(id, fence, { result: "{}", because: "done" });
    const open = await give({ key: "open", deadlineAt: clock.now() + 1e12 });
    clock.tick(1_000);
    expect(await ledger.retention.removeBefore(clock.now(), 10)).toMatchObject({ assignments: 1 });
    expect((await ledger.assignments.latest(10)).map((one) => one.id)).toEqual([open.id]);
  });
});

test("for any order of taking, parking, deciding, failing, dying and waiting, standing work ends once and is never lost", async () => {
  const steps = fc.array(
    fc.constantFrom("take", "finish", "fail", "park", "decide", "expire", "recover", "sweep", "tick", "late"),
    { minLength: 1, maxLength: 30 },
  );
  let run = 0;
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom(...KINDS), async (todo, kind) => {
      const { id } = await give({ key: `run ${++run}`, kind, deadlineAt: clock.now() + 600_000 });
      const fences: { id: number; fence: number }[] = [];
      let [ends, approval] = [0, 0];
      for (const step of todo) {
        const { assignments, approvals } = ledger;
        const holder = step === "late" ? fences[0] : fences.at(-1);
        if (step === "take") {
          const got = await assignments.take("nexus");
          if (got !== undefined) fences.push(got);
        } else if (step === "recover") await assignments.recover("nexus");
        else if (step === "sweep") await assignments.sweep();
        else if (step === "tick") clock.tick(20_000);
        else if (step === "decide") await approvals.decide(approval, { granted: true, by: "you" });
        else if (step === "expire") {
          clock.tick(60 * 60_000);
          await approvals.expire();
        } else if (holder !== undefined) {
          if (step === "park") {
            approval = (await asked(id)).id;
            await assignments.park(id, holder.fence, approval);
          } else if (step === "fail") await assignments.fail(id, holder.fence, "no");
          else {
            const done = await assignments.finish(id, holder.fence, { result: "{}", because: "done" });
            if (done.held) ends++;
          }
        }
      }
      const now = await ledger.assignments.get(id);
      expect(ends).toBe(now?.state === "done" ? 1 : 0);
      expect(now?.attempts).toBeGreaterThanOrEqual(0);
      clock.tick(10_000_000);
      await ledger.approvals.expire();
      clock.tick(24 * 60 * 60_000);
      await ledger.assignments.sweep();
      expect((await ledger.assignments.get(id))?.state).toMatch(/done|dead/);
    }),
    { numRuns: 120 },
  );
});

test("a ledger of the version before keeps its work and its parcels, under their numbers", async () => {
  const old = `${path}.old`;
  const db = new Sqlite(old);
  db.pragma("foreign_keys = ON");
  await migrate(db, { what: "old", migrations: migrations.slice(0, 7), clock });
  db.exec(`
    INSERT INTO messages (seq, room, message_id, sender_kind, sender_id, sender_name, text, said_at, recorded_at, hops)
      VALUES (1, 'room:main', 'm1', 'owner', 'owner', 'you', 'how many?', 0, 0, 0);
    INSERT INTO assignments (id, key, kind, agent, giver, message, depth, task, state, due_at, deadline_at, given_at, changed_at)
      VALUES (41, 'k', 'hand-off', 'nexus', 'kronos', 1, 2, 'count', 'delivering', 0, 9, 0, 0);
    INSERT INTO outbox (assignment, agent, room, part, text, random_id, state, due_at, queued_at, by)
      VALUES (41, 'nexus', 'room:main', 1, 'four', 'r1', 'queued', 0, 0, 'test');
    UPDATE sqlite_sequence SET seq = 99 WHERE name = 'assignments';
  `);
  db.close();
  const reopened = await openLedger({ path: old, clock, durability: "off" });
  expect(await reopened.assignments.get(41)).toMatchObject({ kind: "hand-off", message: 1, room: null, sources: [] });
  expect(await reopened.outbox.take("nexus")).toMatchObject({ assignment: 41, text: "four" });
  const given = await reopened.assignments.give(giving());
  expect(given.given && given.assignment.id).toBe(100);
  reopened.close();
});
