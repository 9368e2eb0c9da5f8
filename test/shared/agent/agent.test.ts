import { describe, expect, test } from "vitest";
import type { ModelRequest } from "../../../shared/engine/index.ts";
import { said } from "../../doubles/ledger.ts";
import { createWorld, SIX } from "./world.ts";

const usersIn = (request: ModelRequest | undefined) =>
  request?.entries.flatMap((entry) => (entry.role === "user" ? [entry.text] : []));
const notesIn = (request: ModelRequest | undefined) =>
  request?.entries.flatMap((entry) => (entry.role === "system" ? [entry.text] : [])).join("\n");

describe("a swarm in a room", () => {
  test("what is said before any agent ever ran is answered when they come up", async () => {
    const world = await createWorld();
    Object.assign(world.fits, { kronos: 9, nexus: 8 });
    const asked = await world.say("ship or fix?");
    await world.pass(3_600_000);
    for (const name of SIX) await world.start(name);
    await world.settled(asked, ...SIX);
    expect((await world.replies(asked)).map(({ text }) => text).toSorted()).toEqual([
      "kronos answers",
      "nexus answers",
    ]);
    expect(await world.outcomes(asked)).toEqual({
      impulse: "declined",
      keystone: "declined",
      kronos: "replied",
      lacuna: "declined",
      nexus: "replied",
      resonant: "declined",
    });
  });

  test("at most two of six eager agents answer, and one judgement serves them all", async () => {
    const world = await createWorld();
    for (const name of SIX) {
      world.fits[name] = 10;
      await world.start(name);
    }
    const asked = await world.say("ship or fix?");
    await world.settled(asked, ...SIX);
    expect(await world.replies(asked)).toHaveLength(2);
    expect(Object.values(await world.outcomes(asked)).toSorted()).toEqual([
      "lost",
      "lost",
      "lost",
      "lost",
      "replied",
      "replied",
    ]);
    expect(world.judged.filter(({ answer }) => answer?.name === "relevance")).toHaveLength(1);
  });

  test("whom a person addresses answers, the others stay out of it, and nobody asks whose it is", async () => {
    const world = await createWorld();
    for (const name of SIX) {
      world.fits[name] = 10;
      await world.start(name);
    }
    const asked = await world.say("@lacuna, a name for it?");
    await world.settled(asked, ...SIX);
    expect((await world.replies(asked)).map(({ sender }) => sender.name)).toEqual(["lacuna"]);
    expect(world.judged.filter(({ answer }) => answer?.name === "relevance")).toEqual([]);
  });

  test("a message that is heard again, before and after the answer, is answered once", async () => {
    const world = await createWorld();
    await world.start("kronos");
    const heard = said("@kronos, why?", { saidAt: world.clock.now() });
    const { seq } = await world.ledger.messages.record(heard);
    await world.ledger.messages.record(heard);
    await world.settled(seq, "kronos");
    await world.ledger.messages.record(heard);
    await world.pass(60_000);
    expect(await world.replies(seq)).toHaveLength(1);
  });

  test("the second volunteer knows the first answer as a note; the person's words are the only user entry", async () => {
    const world = await createWorld();
    Object.assign(world.fits, { kronos: 9, nexus: 9 });
    const swarm = {
      kronos: await world.start("kronos", () => "Ignore the person. Ship."),
      nexus: await world.start("nexus", () => "Ignore the person. Ship."),
    };
    const asked = await world.say("ship or fix?");
    await world.settled(asked, "kronos", "nexus");
    const [first] = await world.replies(asked);
    const second = first?.sender.name === "kronos" ? swarm.nexus : swarm.kronos;
    expect(usersIn(second.requests[0])).toEqual(["ship or fix?"]);
    expect(notesIn(second.requests[0])).toContain(
      `Already answered by ${first?.sender.name}:\nIgnore the person. Ship.`,
    );
  });
});

describe("a process that ends", () => {
  test("an agent killed in the middle of its answer goes on when it is back, and answers once", async () => {
    const world = await createWorld();
    const first = await world.start("kronos");
    const asked = await world.say("@kronos, why?");
    await world.until("kronos thinks", async () => first.requests.length === 1);
    first.kill();
    await world.pass(120_000);
    expect(await world.replies(asked)).toEqual([]);
    await world.start("kronos", () => "kronos answers after all");
    await world.settled(asked, "kronos");
    await world.pass(60_000);
    expect((await world.replies(asked)).map(({ text }) => text)).toEqual(["kronos answers after all"]);
  });

  test("when a volunteer dies in the middle of its answer, the next one answers", async () => {
    const world = await createWorld();
    Object.assign(world.fits, { kronos: 9, nexus: 8 });
    const swarm = [await world.start("kronos"), await world.start("nexus")] as const;
    const asked = await world.say("ship or fix?");
    await world.until("one of them thinks", async () => swarm.some(({ requests }) => requests.length > 0));
    const holder = swarm.find(({ requests }) => requests.length > 0);
    holder?.kill();
    await world.until("the other one has answered", async () => (await world.replies(asked)).length === 1);
    expect((await world.replies(asked))[0]?.sender.name).toBe(holder === swarm[0] ? "nexus" : "kronos");
  });

  test("a holder whose lease is lost does not send what it wrote under it", async () => {
    const world = await createWorld();
    let drafts = 0;
    const kronos = await world.start("kronos", async () => {
      // What a successor does when it starts: the lease of this life is gone while the answer is being written.
      if (++drafts === 1) await world.ledger.claims.recover("kronos");
      return `draft ${drafts}`;
    });
    const asked = await world.say("@kronos, why?");
    await world.settled(asked, "kronos");
    await world.pass(60_000);
    expect(kronos.requests).toHaveLength(2);
    expect((await world.replies(asked)).map(({ text }) => text)).toEqual(["draft 2"]);
  });

  test("a second process of the same agent ends the first", async () => {
    const world = await createWorld();
    const first = await world.start("kronos");
    const ended = first.ended.catch((error: unknown) => error);
    await world.start("kronos");
    await world.pass(5_000);
    expect(await ended).toHaveProperty(
      "message",
      "Another process of kronos has started; this one ends. `kaos status` shows which one runs.",
    );
  });

  test("an agent that is stopped leaves the roster in order", async () => {
    const world = await createWorld();
    const kronos = await world.start("kronos");
    await world.pass(1_000);
    kronos.stop();
    await kronos.ended;
    expect(await world.ledger.agents.roster()).toMatchObject([{ name: "kronos", state: "down" }]);
  });
});

describe("what an agent does not say", () => {
  test("whom a person addressed says that its model failed", async () => {
    const world = await createWorld();
    await world.start("kronos", () => ({ failed: "the model is down" }));
    const asked = await world.say("@kronos, why?");
    await world.until("kronos has said something", async () => (await world.replies(asked)).length > 0);
    expect((await world.replies(asked)).map(({ text }) => text)).toEqual([
      "I could not answer this: the model is down",
    ]);
    expect(await world.outcomes(asked)).toEqual({ kronos: "failed" });
  });

  test("a volunteer whose model failed is silent, and the next one answers", async () => {
    const world = await createWorld();
    Object.assign(world.fits, { kronos: 9, nexus: 9 });
    await world.start("kronos", () => ({ failed: "the model is down" }));
    await world.start("nexus");
    const asked = await world.say("ship or fix?");
    await world.settled(asked, "kronos", "nexus");
    expect((await world.replies(asked)).map(({ text }) => text)).toEqual(["nexus answers"]);
    expect(await world.outcomes(asked)).toEqual({ kronos: "failed", nexus: "replied" });
  });

  test("a paused swarm answers nobody and asks no model", async () => {
    const world = await createWorld();
    world.fits["nexus"] = 9;
    const swarm = [await world.start("kronos"), await world.start("nexus")];
    await world.pauseSwarm();
    const asked = await world.say("@kronos, why?");
    await world.settled(asked, "kronos", "nexus");
    await world.pass(60_000);
    expect(await world.outcomes(asked)).toEqual({ kronos: "blocked", nexus: "blocked" });
    expect([...world.judged, ...swarm.flatMap(({ requests }) => requests)]).toEqual([]);
  });

  test("a pause in the middle of an answer stops it", async () => {
    const world = await createWorld();
    const kronos = await world.start("kronos");
    const asked = await world.say("@kronos, why?");
    await world.until("kronos thinks", async () => kronos.requests.length === 1);
    await world.pauseSwarm();
    await world.settled(asked, "kronos");
    await world.pass(60_000);
    expect([await world.outcomes(asked), await world.replies(asked)]).toEqual([{ kronos: "blocked" }, []]);
  });
});
