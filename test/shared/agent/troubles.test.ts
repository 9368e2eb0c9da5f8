/** What people and clocks do to a conversation that is under way: edits, deletions, answers without their question, jumps of the clock. */
import { describe, expect, test } from "vitest";
import { HOPS_MAX } from "../../../shared/routing/index.ts";
import { said } from "../../doubles/ledger.ts";
import { createWorld, SIX } from "./world.ts";

const MAIN = "room:main";

describe("a message that is changed", () => {
  test("before it is answered is answered as it stands then", async () => {
    const world = await createWorld();
    const kronos = await world.start("kronos");
    const asked = await world.say("@kronos, shp it?", { messageId: "edited-1" });
    await world.ledger.messages.edit(MAIN, "edited-1", "@kronos, ship it?");
    await world.settled(asked, "kronos");
    expect(kronos.requests[0]?.entries.findLast(({ role }) => role === "user")).toMatchObject({
      text: "@kronos, ship it?",
    });
  });

  test("after it was answered is not answered again", async () => {
    const world = await createWorld();
    await world.start("kronos");
    const asked = await world.say("@kronos, ship it?", { messageId: "edited-2" });
    await world.settled(asked, "kronos");
    await world.ledger.messages.edit(MAIN, "edited-2", "@kronos, ship it today?");
    await world.pass(60_000);
    expect(await world.replies(asked)).toHaveLength(1);
  });
});

describe("a message that is deleted", () => {
  test("before it is answered gets silence, and an outcome from everybody", async () => {
    const world = await createWorld();
    for (const name of SIX) {
      world.fits[name] = 9;
      await world.start(name);
    }
    const asked = await world.say("ship it?", { messageId: "deleted-1" });
    await world.ledger.messages.remove(MAIN, "deleted-1");
    await world.settled(asked, ...SIX);
    expect(await world.replies(asked)).toEqual([]);
    expect(Object.values(await world.outcomes(asked))).toEqual(SIX.map(() => "declined"));
  });

  test("while the answer is being written takes the answer with it", async () => {
    const world = await createWorld();
    const kronos = await world.start("kronos");
    const asked = await world.say("@kronos, ship it?", { messageId: "deleted-2" });
    await world.until("kronos thinks", async () => kronos.requests.length === 1);
    await world.ledger.messages.remove(MAIN, "deleted-2");
    await world.settled(asked, "kronos");
    await world.pass(60_000);
    expect(await world.replies(asked)).toEqual([]);
    expect(await world.outcomes(asked)).toEqual({ kronos: "declined" });
  });
});

describe("messages out of order", () => {
  test("an answer that is heard before its question provokes nobody, and the question is answered when it comes", async () => {
    const world = await createWorld();
    for (const name of SIX) await world.start(name);
    const sender = { kind: "agent", id: "nexus", name: "nexus" } as const;
    const early = await world.say("@kronos, so it is", { sender, replyTo: "late-1" });
    const asked = await world.say("@lacuna, is it so?", { messageId: "late-1" });
    const others = SIX.filter((name) => name !== "nexus");
    await world.settled(early, ...others);
    await world.settled(asked, ...SIX);
    expect(await world.replies(early)).toHaveLength(1);
    expect((await world.replies(asked)).map(({ sender: { name } }) => name)).toEqual(["lacuna"]);
  });
});

describe("a clock that jumps", () => {
  test.each([
    ["an hour ahead", 3_600_000],
    ["an hour back", -3_600_000],
    ["a day back", -86_400_000],
  ])("%s, before and during an answer, leaves one answer of whom a person addressed", async (_name, ms) => {
    const world = await createWorld();
    const kronos = await world.start("kronos");
    const asked = await world.say("@kronos, why?");
    await world.until("kronos has claimed it", async () => (await world.ledger.claims.ofRoot(asked)).length === 1);
    world.clock.jump(ms);
    await world.until("kronos thinks", async () => kronos.requests.length === 1);
    world.clock.jump(-ms);
    await world.settled(asked, "kronos");
    await world.pass(120_000);
    expect(await world.replies(asked)).toHaveLength(1);
    expect(await world.outcomes(asked)).toEqual({ kronos: "replied" });
  });

  test("in any direction leaves no more than two volunteers, and no fewer than one", async () => {
    for (const ms of [7_200_000, -7_200_000]) {
      const world = await createWorld();
      for (const name of SIX) {
        world.fits[name] = 9;
        await world.start(name);
      }
      const asked = await world.say("ship or fix?");
      await world.until("somebody holds", async () =>
        (await world.ledger.claims.ofRoot(asked)).some(({ state }) => state === "holding"),
      );
      world.clock.jump(ms);
      await world.settled(asked, ...SIX);
      const replies = await world.replies(asked);
      expect(replies.length).toBeGreaterThanOrEqual(1);
      expect(replies.length).toBeLessThanOrEqual(2);
    }
  });
});

describe("colleagues who always have a question for everybody", () => {
  test("I5: fall silent, and whom the person had asked has answered", async () => {
    const three = ["kronos", "lacuna", "nexus"];
    const world = await createWorld(three);
    for (const name of three) {
      const all = three.filter((other) => other !== name).map((other) => `@${other}`);
      await world.start(name, () => `I do not know. ${all.join(" ")}, do you?`);
    }
    const asked = await world.say("@kronos, do you know?");
    await world.pass(120_000);
    const replies = await world.replies(asked);
    expect(replies[0]?.sender.name).toBe("kronos");
    expect(Math.max(...replies.map(({ hops }) => hops))).toBeLessThanOrEqual(HOPS_MAX);
    await world.pass(60_000);
    expect(await world.replies(asked)).toHaveLength(replies.length);
    for (const { seq } of [...replies, { seq: asked }])
      expect(Object.keys(await world.outcomes(seq)).length).toBeGreaterThanOrEqual(three.length - 1);
  });
});

test("a message that was recorded twice at the same moment by two accounts is answered once", async () => {
  const world = await createWorld();
  await world.start("kronos");
  const heard = said("@kronos, why?", { room: MAIN, saidAt: world.clock.now() });
  const [one, two] = await Promise.all([world.ledger.messages.record(heard), world.ledger.messages.record(heard)]);
  expect(one.seq).toBe(two.seq);
  await world.settled(one.seq, "kronos");
  await world.pass(60_000);
  expect(await world.replies(one.seq)).toHaveLength(1);
});
