/** What the world does to the ledger: a full disk, another process that holds the lock, an agent that is gone for good. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../shared/base/index.ts";
import { ALIVE_MS, DELIVERY_DOUBT_MS, type Ledger, openLedger } from "../../../shared/ledger/index.ts";
import { type Database, DatabaseFull, openDatabase, type Patience } from "../../../shared/sqlite/index.ts";
import { card, openTestLedger, type StandingClock, said, standingClock } from "../../doubles/ledger.ts";

const cap = 2;
/** As in limits.ts. */
const GONE_MS = 30 * 60_000;

describe("a ledger on a full disk", () => {
  test("refuses what does not fit with a sentence, keeps what it has, and goes on where it was when there is room", async () => {
    const { path, close } = await openTestLedger();
    const connections: Database[] = [];
    const ledger = await openLedger({
      path,
      clock: standingClock(),
      durability: "off",
      tune: (db) => connections.push(db),
    });
    const [db] = connections;
    if (db === undefined) throw new Error("the connection is tuned before it is used");
    const before = await ledger.messages.record(said("there is room"));
    // Migrations leave free pages behind, which would take what is written next.
    db.exec("VACUUM");
    db.pragma("max_page_count = 1");
    const long = said("x".repeat(15_000));
    const refusal = await ledger.messages.record(long).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DatabaseFull);
    expect(refusal).toHaveProperty(
      "message",
      expect.stringMatching(/is full or failing\. Free some space; nothing was lost\.$/),
    );
    expect(await ledger.messages.after(0, 10)).toMatchObject([{ text: "there is room" }]);
    expect(await ledger.events.ofMessage(before.seq + 1)).toEqual([]);
    db.pragma("max_page_count = 100000");
    expect(await ledger.messages.record(long)).toEqual({ seq: before.seq + 1, fresh: true });
    ledger.close();
    close();
  });
});

test("what every process looks for now and then waits out the weather as any other step does", async () => {
  const { path, close } = await openTestLedger();
  let endured = 0;
  const patience: Patience = {
    endure(step) {
      endured++;
      return step();
    },
    waitsFor: () => undefined,
  };
  const ledger = await openLedger({ path, clock: standingClock(), durability: "off", patience });
  await Promise.all([ledger.claims.sweep(), ledger.assignments.sweep(), ledger.approvals.expire()]);
  await Promise.all([ledger.watches.due(), ledger.occurrences.closeInterrupted(), ledger.checkpoint()]);
  expect(endured).toBe(6);
  ledger.close();
  close();
});

describe("a ledger that somebody else has locked", () => {
  test("is waited for: nothing is lost, and what was read meanwhile is what it was", async () => {
    const { ledger, path, close } = await openTestLedger(systemClock);
    const stranger = openDatabase(path, { durability: "off" });
    await ledger.messages.record(said("before"));
    stranger.exec("BEGIN IMMEDIATE");
    const recording = ledger.messages.record(said("meanwhile"));
    expect((await ledger.messages.after(0, 10)).map(({ text }) => text)).toEqual(["before"]);
    stranger.exec("COMMIT");
    expect(await recording).toMatchObject({ fresh: true });
    expect((await ledger.messages.after(0, 10)).map(({ text }) => text)).toEqual(["before", "meanwhile"]);
    stranger.close();
    close();
  });
});

describe("an agent that is renamed or removed while its claims are open", () => {
  let clock: StandingClock;
  let ledger: Ledger;
  let close: () => void;
  let root: number;
  const epochs = new Map<string, number>();

  beforeEach(async () => {
    clock = standingClock();
    ({ ledger, close } = await openTestLedger(clock));
    for (const name of ["kronos", "nexus"]) epochs.set(name, await ledger.agents.arrive(card(name), 1));
    root = (await ledger.messages.record(said("ship or fix?", { saidAt: clock.now() }))).seq;
  });
  afterEach(() => close());

  const place = async (agent: string) =>
    (await ledger.claims.place({ message: root, root, agent, tier: 2, eta: clock.now(), because: "test" })).id;
  const passAndBeat = async (ms: number) => {
    clock.tick(ms);
    await ledger.agents.beat("nexus", epochs.get("nexus") ?? 0);
  };

  test("keeps no colleague waiting with a claim that it never takes up", async () => {
    await place("kronos");
    const id = await place("nexus");
    await passAndBeat(ALIVE_MS + 1);
    expect(await ledger.claims.take(id, { cap })).toMatchObject({ kind: "held" });
  });

  test("gives back the slot that it held", async () => {
    const [held, id] = [await place("kronos"), await place("nexus")];
    expect(await ledger.claims.take(held, { cap })).toMatchObject({ kind: "held" });
    await passAndBeat(ALIVE_MS + 1);
    expect(await ledger.claims.take(id, { cap: 1 })).toMatchObject({ kind: "held" });
    expect((await ledger.claims.get(held))?.state).toBe("expired");
  });

  test("gives back the slot of a reply that it never handed to a transport", async () => {
    const committed = await place("kronos");
    const id = await place("nexus");
    const taking = await ledger.claims.take(committed, { cap });
    if (taking.kind !== "held") throw new Error("kronos comes first by name");
    await ledger.claims.commitReply(committed, taking.fence, { parts: ["written, never sent"], by: "test" });
    await passAndBeat(DELIVERY_DOUBT_MS + 1);
    expect(await ledger.claims.take(id, { cap: 1 })).toMatchObject({ kind: "held" });
  });

  test("is owed no longer after half an hour: its claims end with an outcome, once it has been found gone for a while", async () => {
    const id = await place("kronos");
    await passAndBeat(GONE_MS + 1);
    await ledger.claims.sweep();
    expect((await ledger.claims.get(id))?.state).toBe("placed");
    await passAndBeat(ALIVE_MS + 1);
    await ledger.claims.sweep();
    expect((await ledger.claims.get(id))?.state).toBe("withdrawn");
    expect(await ledger.outcomes.ofMessage(root)).toMatchObject([
      { agent: "kronos", outcome: "missed", because: "kronos has been away since and did not come back" },
    ]);
  });

  test("is told from one whose machine only slept: the next beat keeps its claims", async () => {
    const id = await place("kronos");
    clock.tick(GONE_MS + 1);
    await ledger.claims.sweep();
    await ledger.agents.beat("kronos", epochs.get("kronos") ?? 0);
    await passAndBeat(ALIVE_MS + 1);
    await ledger.claims.sweep();
    expect((await ledger.claims.get(id))?.state).toBe("placed");
  });

  test("under its new name is another agent: it finishes nothing of the old one, and answers for itself", async () => {
    const old = await place("kronos");
    await ledger.claims.take(old, { cap });
    await ledger.agents.arrive(card("cronus"), 2);
    expect(await ledger.claims.recover("cronus")).toBe(0);
    expect(await ledger.claims.open("cronus")).toEqual([]);
    await ledger.outcomes.put({ message: root, agent: "nexus", outcome: "declined", because: "fit 2" });
    await passAndBeat(ALIVE_MS + 1);
    await ledger.agents.beat("cronus", 1);
    const id = await place("cronus");
    const taking = await ledger.claims.take(id, { cap });
    if (taking.kind !== "held") throw new Error(`not held: ${JSON.stringify(taking)}`);
    await ledger.claims.commitReply(id, taking.fence, { parts: ["in its own name"], by: "test" });
    expect(await ledger.outbox.take("kronos")).toBeUndefined();
    expect(await ledger.outbox.take("cronus")).toMatchObject({ agent: "cronus", text: "in its own name" });
  });
});
