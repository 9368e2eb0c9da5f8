/** The Swarm view: the lanes of a message that went through everything, every step in words, and what another policy would have changed. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readTimeline } from "../../dashboard/read/timeline.ts";
import { said } from "../doubles/ledger.ts";
import { beat, liveThroughADay } from "./day.ts";
import { arrive, member, openTestHome, type TestHome } from "./home.ts";

let home: TestHome;
beforeEach(async () => {
  home = await openTestHome();
});
afterEach(() => home.close());

async function read(path: string): Promise<string> {
  const answer = await (await member(home)).get(path);
  expect(answer.status, path).toBe(200);
  return (await answer.text())
    .replace(/<title>.*?<\/title>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");
}

describe("the lanes", () => {
  test("tell a lost lease, a second try, a wait for a slot, a pass and who let go apart", async () => {
    const { ledger, clock } = home;
    await arrive(ledger);
    const at = clock.now();
    const { seq } = await ledger.messages.record(said("What first?", { saidAt: at }));
    const until = async (seconds: number) => {
      clock.tick(at + seconds * 1_000 - clock.now());
      await beat(ledger);
    };
    const bid = (agent: string, seconds: number) =>
      ledger.claims.place({
        message: seq,
        root: seq,
        agent,
        tier: 2,
        eta: at + seconds * 1_000,
        because: "fit 8 of 10",
      });
    const [kronos, nexus] = [await bid("kronos", 2), await bid("nexus", 5)];
    for (const agent of ["impulse", "keystone", "lacuna", "resonant"])
      await ledger.outcomes.put({ message: seq, agent, outcome: "declined", because: "fit 2 of 10, needs 7" });
    await until(2);
    await ledger.claims.take(kronos.id, { cap: 2 });
    await until(4);
    await ledger.claims.recover("kronos");
    await bid("kronos", 2);
    const again = await ledger.claims.take(kronos.id, { cap: 2 });
    await until(9);
    if (again.kind === "held") await ledger.claims.pass(kronos.id, again.fence, "it is said already");
    const second = await ledger.claims.take(nexus.id, { cap: 2 });
    await until(11);
    if (second.kind === "held") await ledger.claims.fail(nexus.id, second.fence, "the model is down");

    const root = await ledger.messages.get(seq);
    if (root === undefined) throw new Error("the message is gone");
    const { lanes, steps } = await readTimeline(ledger, root, {
      agents: ["kronos", "nexus", "lacuna"],
      now: clock.now(),
    });
    const shapes = ({ spans, marks }: (typeof lanes)[number]) =>
      [
        ...spans.map(({ kind, from, to }) => `${kind} ${Math.round(from / 1_000)}–${Math.round(to / 1_000)}`),
        ...marks.map(({ kind, at: when }) => `${kind} ${Math.round(when / 1_000)}`),
      ].toSorted();
    expect(lanes.map(shapes)).toEqual([
      ["decided 0", "due 2", "expired 4", "hold 2–4", "hold 4–9", "passed 9", "wait 0–2"].toSorted(),
      ["decided 0", "due 5", "failed 11", "hold 9–11", "queue 5–9", "wait 0–5"].toSorted(),
      ["decided 0"],
    ]);
    expect(steps.map(({ agent, says }) => `${agent} ${says}`)).toEqual(
      expect.arrayContaining([
        "kronos started again; its slot is free",
        "kronos bids again after it lost its lease",
        "kronos passed: it is said already",
        "nexus failed: the model is down",
      ]),
    );
    expect(await read(`/swarm?message=${seq}`)).toContain("lost its lease after 4.0 s");
  });
});

describe("what if", () => {
  let seq: number;
  beforeEach(async () => {
    await liveThroughADay(home);
    seq = (await home.ledger.messages.roots(9)).find(({ text }) => text.startsWith("We have two weeks"))?.seq ?? 0;
  });

  test("with a cap of 3 the third volunteer has a turn, and the fourth is told to be too late", async () => {
    const text = await read(`/swarm?message=${seq}&cap=3`);
    expect(text).toContain("With 3 volunteers at most instead of 2: 2 agents would have fared otherwise.");
    expect(text).toMatch(/keystone yielded had a turn \+12 s fit 7 of 10; it never had its turn/);
    expect(text).toMatch(/impulse yielded yielded, perhaps \+18 s kronos and nexus and keystone had answered already/);
    expect(text).toMatch(/kronos answered the same \+3\.1 s kronos owns “priorities”/);
  });

  test("with a fit from 9 only the owner speaks, and nothing else is asked than what was typed", async () => {
    const text = await read(`/swarm?message=${seq}&cap=&pace=&fit=9`);
    expect(text).toContain("With fit from 9 instead of 7: 5 agents would have fared otherwise.");
    expect(text).toMatch(/nexus answered declined – fit 8 of 10, needs 9/);
  });

  test("under the policy that was in force nothing would be different", async () => {
    expect(await read(`/swarm?message=${seq}&cap=2`)).toContain(
      "With the policy that was in force: nothing would be different.",
    );
  });

  test("what is no number and what is not over is answered with a sentence", async () => {
    expect(await read(`/swarm?message=${seq}&cap=many`)).toContain(
      "“many” is not the cap: write a whole number from 1 to 6.",
    );
    expect(await read("/swarm?cap=3")).toContain(
      "This cannot be replayed: it is not over: lacuna has not finished with it.",
    );
  });
});
