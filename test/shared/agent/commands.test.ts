import { describe, expect, test } from "vitest";
import { MAIN_ROOM } from "../../../shared/transport/index.ts";
import { createWorld } from "./world.ts";

describe("an owner's command in a room", () => {
  test("/pause and /resume are obeyed, and no model answers", async () => {
    const world = await createWorld(["kronos", "nexus"]);
    await world.start("kronos");
    await world.start("nexus");
    const pause = await world.say("/pause");
    await world.settled(pause, "kronos", "nexus");
    expect(await world.ledger.controls.pausedBecause("kronos")).toContain("paused by you");
    const unheard = await world.say("@kronos there?");
    await world.settled(unheard, "kronos");
    expect(await world.outcomes(unheard)).toMatchObject({ kronos: "blocked" });
    await world.settled(await world.say("/resume"), "kronos", "nexus");
    const heard = await world.say("@kronos there?");
    await world.settled(heard, "kronos");
    expect(await world.outcomes(heard)).toMatchObject({ kronos: "replied" });
    expect(await world.replies(pause)).toEqual([]);
  });

  test.each([
    ["/status", "● kronos  ● nexus"],
    ["/approve", "Write its number: /approve 17"],
    ["/why 99", "There is no message 99. Write its number: /why 12"],
  ])("%s is answered in the room, once", async (command, answer) => {
    const world = await createWorld(["kronos", "nexus"]);
    await world.start("kronos");
    await world.start("nexus");
    const said = await world.say(command, { topic: "ops" });
    await world.settled(said, "kronos", "nexus");
    await world.pass(5_000);
    const messages = await world.ledger.messages.latest(MAIN_ROOM, 10);
    expect(messages.filter(({ sender }) => sender.kind === "agent")).toMatchObject([{ text: answer, topic: "ops" }]);
    expect(await world.ledger.deliveries.toldSince(MAIN_ROOM, 0), "it is no message of a job").toBe(0);
  });

  test("/stop ends what is being thought, and nothing after it", async () => {
    const world = await createWorld(["kronos"]);
    let thinking = 0;
    await world.start("kronos", () => {
      thinking++;
      return thinking === 1 ? new Promise<never>(() => {}) : "here";
    });
    const asked = await world.say("@kronos think hard");
    await world.until("thinking", async () => thinking === 1);
    await world.say("/stop kronos");
    await world.settled(asked, "kronos");
    expect(await world.outcomes(asked)).toEqual({ kronos: "failed" });
    expect((await world.replies(asked)).map(({ text }) => text)).toEqual(["I could not answer this: stopped by you"]);
    const next = await world.say("@kronos and now?");
    await world.settled(next, "kronos");
    expect((await world.replies(next)).map(({ text }) => text)).toEqual(["here"]);
  });

  test("is not obeyed again by an agent that comes back later", async () => {
    const world = await createWorld(["kronos", "nexus"]);
    await world.start("kronos");
    await world.settled(await world.say("/pause"), "kronos");
    const resume = await world.say("/resume");
    await world.settled(resume, "kronos");
    await world.start("nexus");
    await world.settled(resume, "nexus");
    await world.pass(5_000);
    expect(await world.ledger.controls.active()).toEqual([]);
  });

  test("is missed when nobody was there to obey it in time", async () => {
    const world = await createWorld(["kronos"]);
    const pause = await world.say("/pause");
    await world.pass(120_000);
    await world.start("kronos");
    await world.settled(pause, "kronos");
    expect(await world.outcomes(pause)).toEqual({ kronos: "missed" });
    expect(await world.ledger.controls.active()).toEqual([]);
  });

  test("is an owner's alone: from anybody else it is a message like others", async () => {
    const world = await createWorld(["kronos"]);
    await world.start("kronos");
    const said = await world.say("/pause", { sender: { kind: "allowed", id: "7", name: "guest" } });
    await world.settled(said, "kronos");
    expect(await world.ledger.controls.active()).toEqual([]);
  });
});
