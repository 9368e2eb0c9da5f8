import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { defineTool, type ModelRequest } from "../../../shared/engine/index.ts";
import { createGate } from "../../../shared/security/index.ts";
import { openTurns } from "../../../shared/turns/index.ts";
import { createWorld, type Thinking, type Thought } from "./world.ts";

const told = (request: ModelRequest) => request.entries.map((entry) => ("text" in entry ? entry.text : "")).join("\n");
/** What came back from the tools so far; undefined before the first call. */
const results = (request: ModelRequest) => {
  const texts = request.entries.flatMap((entry) => (entry.role === "tool" ? [entry.text] : []));
  return texts.length === 0 ? undefined : texts.join("\n");
};
/** Calls a tool first, then says something about what it brought. */
const calls =
  (call: string, input: object, then: (brought: string) => Thought): Thinking =>
  (request) => {
    const brought = results(request);
    return brought === undefined ? { call, input } : then(brought);
  };
const texts = (messages: { text: string }[]) => messages.map(({ text }) => text);

describe("an owned subject", () => {
  const owned = { owns: [{ subject: "the weather", words: ["weather"] }], slaMinutes: 1, escalatesTo: "nexus" };

  test("a colleague that fits as well stands back while the owner answers", async () => {
    const world = await createWorld(["kronos", "nexus"], { kronos: owned });
    Object.assign(world.fits, { nexus: 10 });
    await world.start("kronos");
    await world.start("nexus");
    const asked = await world.say("how is the weather?");
    await world.settled(asked, "kronos", "nexus");
    expect(await world.outcomes(asked)).toEqual({ kronos: "replied", nexus: "lost" });
    expect(texts(await world.replies(asked))).toEqual(["kronos answers"]);
  });

  test("a dead owner is not waited for", async () => {
    const world = await createWorld(["kronos", "nexus"], { kronos: owned });
    Object.assign(world.fits, { nexus: 10 });
    const kronos = await world.start("kronos", () => "never said");
    await world.start("nexus");
    const asked = await world.say("how is the weather?");
    await world.until("kronos holds", async () =>
      (await world.ledger.claims.ofRoot(asked)).some(({ agent, state }) => agent === "kronos" && state === "holding"),
    );
    kronos.kill();
    await world.settled(asked, "nexus");
    expect(texts(await world.replies(asked))).toEqual(["nexus answers"]);
  });

  test("its message goes to the cover, once, when the owner misses its time", async () => {
    const world = await createWorld(["kronos", "nexus", "lacuna"], { kronos: owned });
    await world.start("nexus", (request) => (told(request).includes("you cover for it") ? "in its place" : "no"));
    await world.start("lacuna");
    const asked = await world.say("how is the weather?");
    await world.settled(asked, "nexus", "lacuna");
    expect(await world.replies(asked)).toEqual([]);
    await world.until("an answer", async () => (await world.replies(asked)).length > 0);
    await world.pass(180_000);
    expect(texts(await world.replies(asked))).toEqual(["in its place"]);
    expect(await world.ledger.watches.of(asked)).toMatchObject({ state: "escalated", owner: "kronos" });
    expect(await world.ledger.assignments.ofMessage(asked)).toMatchObject([{ kind: "escalation", state: "done" }]);
  });

  test("an answered message is not handed to anybody", async () => {
    const world = await createWorld(["kronos", "nexus"], { kronos: owned });
    await world.start("kronos");
    await world.start("nexus");
    const asked = await world.say("how is the weather?");
    await world.settled(asked, "kronos", "nexus");
    await world.pass(120_000);
    expect(await world.ledger.watches.of(asked)).toMatchObject({ state: "answered" });
    expect(await world.ledger.assignments.ofMessage(asked)).toEqual([]);
  });

  test("without a cover the ledger says that it was dropped, and why", async () => {
    const world = await createWorld(["kronos", "nexus"], { kronos: { ...owned, escalatesTo: null } });
    await world.start("nexus");
    const asked = await world.say("how is the weather?");
    await world.until("dropped", async () => (await world.ledger.watches.of(asked))?.state === "dropped");
    expect((await world.ledger.watches.of(asked))?.because).toBe(
      "nobody covers for kronos (escalatesTo in its agent.json)",
    );
  });
});

describe("a hand-off", () => {
  const handing = calls("hand-over", { to: "nexus", task: "count them" }, () => "nexus takes it");

  test("is answered in the chat by whoever got it", async () => {
    const world = await createWorld(["kronos", "nexus"]);
    await world.start("kronos", handing);
    const nexus = await world.start("nexus", () => "there are four");
    const asked = await world.say("@kronos how many?");
    await world.until("both spoke", async () => (await world.replies(asked)).length === 2);
    expect(texts(await world.replies(asked)).toSorted()).toEqual(["nexus takes it", "there are four"]);
    expect(told(nexus.requests[0] as ModelRequest)).toContain("kronos has handed you");
    // The person's words are the only user entry; what the colleague wrote is a note.
    expect(nexus.requests[0]?.entries.filter(({ role }) => role === "user")).toMatchObject([
      { text: "@kronos how many?" },
    ]);
  });

  test("that is not the receiver's work comes back, and its giver answers", async () => {
    const world = await createWorld(["kronos", "nexus"]);
    await world.start("kronos", (request) =>
      told(request).includes("it comes back to you") ? "I count four" : handing(request),
    );
    await world.start("nexus", () => ({ call: "return-work", input: { because: "I have no numbers" } }));
    const asked = await world.say("@kronos how many?");
    await world.until("both spoke", async () => (await world.replies(asked)).length === 2);
    expect(texts(await world.replies(asked))).toEqual(["nexus takes it", "I count four"]);
    expect(await world.ledger.assignments.ofMessage(asked)).toMatchObject([
      { kind: "hand-off", agent: "nexus", state: "rejected", because: "I have no numbers" },
      { kind: "returned", agent: "kronos", state: "done" },
    ]);
  });

  test("to somebody who never comes is given up at its deadline, and its giver answers", async () => {
    const world = await createWorld(["kronos", "nexus"]);
    await world.start("kronos", (request) =>
      told(request).includes("it comes back to you") ? "I count four" : handing(request),
    );
    const asked = await world.say("@kronos how many?");
    await world.until("the first words", async () => (await world.replies(asked)).length === 1);
    await world.pass(601_000);
    await world.until("the answer", async () => (await world.replies(asked)).length === 2);
    expect(texts(await world.replies(asked))).toEqual(["nexus takes it", "I count four"]);
    expect((await world.ledger.assignments.ofMessage(asked))[0]).toMatchObject({ state: "dead" });
  });

  test("between two that give it to each other ends", async () => {
    const world = await createWorld(["kronos", "nexus"]);
    const pass = (to: string): Thinking => calls("hand-over", { to, task: "you do it" }, (brought) => brought);
    await world.start("kronos", pass("nexus"));
    await world.start("nexus", pass("kronos"));
    const asked = await world.say("@kronos how many?");
    await world.until("the end", async () =>
      (await world.replies(asked)).some(({ text }) => text.includes("has changed hands 3 times")),
    );
    expect(await world.ledger.assignments.ofMessage(asked)).toHaveLength(3);
  });

  test("is answered once though its worker is killed in the middle of it", async () => {
    const world = await createWorld(["kronos", "nexus"]);
    await world.start("kronos", handing);
    const nexus = await world.start("nexus", () => "there are four");
    const asked = await world.say("@kronos how many?");
    await world.until("nexus works", async () =>
      (await world.ledger.assignments.ofMessage(asked)).some(({ state }) => state === "working"),
    );
    nexus.kill();
    await world.start("nexus", () => "there are four");
    await world.until("both spoke", async () => (await world.replies(asked)).length === 2);
    await world.pass(60_000);
    expect(texts(await world.replies(asked)).toSorted()).toEqual(["nexus takes it", "there are four"]);
  });

  test("to nobody that is a colleague is a sentence the model reads", async () => {
    const world = await createWorld(["kronos", "nexus"]);
    await world.start(
      "kronos",
      calls("hand-over", { to: "kronos", task: "x" }, (brought) => brought),
    );
    const asked = await world.say("@kronos how many?");
    await world.until("words", async () => (await world.replies(asked)).length === 1);
    expect(texts(await world.replies(asked))[0]).toContain("that is you; name a colleague");
  });
});

describe("a council", () => {
  const convene = (then: (brought: string) => Thought) =>
    calls("convene-council", { question: "ship?", participants: ["nexus", "lacuna"] }, then);

  test("brings the positions of all, none of whom heard the others, and one answer", async () => {
    const world = await createWorld(["kronos", "nexus", "lacuna"]);
    await world.start(
      "kronos",
      convene((brought) => `they say: ${brought}`),
    );
    const nexus = await world.start("nexus", () => "ship");
    const lacuna = await world.start("lacuna", () => "wait");
    const asked = await world.say("@kronos ship or not?");
    await world.until("an answer", async () => (await world.replies(asked)).length > 0);
    await world.pass(60_000);
    expect(texts(await world.replies(asked))).toEqual(["they say: nexus: ship\n\nlacuna: wait"]);
    expect(told(nexus.requests[0] as ModelRequest)).not.toContain("wait");
    expect(told(lacuna.requests[0] as ModelRequest)).not.toContain("nexus: ship");
  });

  test("leaves out at its deadline whoever is dead", async () => {
    const world = await createWorld(["kronos", "nexus", "lacuna"]);
    await world.start(
      "kronos",
      convene((brought) => brought),
    );
    await world.start("nexus", () => "ship");
    const asked = await world.say("@kronos ship or not?");
    await world.until("an answer", async () => (await world.replies(asked)).length > 0);
    expect(texts(await world.replies(asked))).toEqual(["nexus: ship\n\nlacuna gave no position in time."]);
  });

  test("on a second question hears the positions on that one", async () => {
    const world = await createWorld(["kronos", "nexus", "lacuna"]);
    const participants = ["nexus", "lacuna"];
    await world.start("kronos", (request) => {
      const asked = request.entries.filter(({ role }) => role === "tool").length;
      const question = ["ship?", "when?"][asked];
      return question === undefined
        ? (results(request) ?? "")
        : { call: "convene-council", input: { question, participants } };
    });
    for (const name of participants)
      await world.start(name, (request) => (told(request).includes("when?") ? "May" : "yes"));
    const asked = await world.say("@kronos ship or not?");
    await world.until("an answer", async () => (await world.replies(asked)).length > 0);
    expect(texts(await world.replies(asked))).toEqual(["nexus: yes\n\nlacuna: yes\nnexus: May\n\nlacuna: May"]);
  });

  test("is convened once though its convener is killed while it waits", async () => {
    const world = await createWorld(["kronos", "nexus", "lacuna"]);
    const kronos = await world.start(
      "kronos",
      convene((brought) => brought),
    );
    await world.start("nexus", () => "ship");
    await world.start("lacuna", () => "wait");
    const asked = await world.say("@kronos ship or not?");
    await world.until("a position", async () => (await world.ledger.assignments.ofMessage(asked)).length === 2);
    kronos.kill();
    await world.start(
      "kronos",
      convene((brought) => brought),
    );
    await world.until("an answer", async () => (await world.replies(asked)).length > 0);
    expect(await world.ledger.assignments.ofMessage(asked)).toHaveLength(2);
    expect(texts(await world.replies(asked))).toEqual(["nexus: ship\n\nlacuna: wait"]);
  });
});

describe("a question to a colleague", () => {
  test("is answered to the one who asked, not in the chat", async () => {
    const world = await createWorld(["kronos", "nexus"]);
    const asking = calls("ask-colleague", { colleague: "nexus", question: "when?" }, (brought) => `so: ${brought}`);
    await world.start("kronos", asking);
    await world.start("nexus", () => "in May");
    const asked = await world.say("@kronos when?");
    await world.until("an answer", async () => (await world.replies(asked)).length > 0);
    await world.pass(30_000);
    expect(texts(await world.replies(asked))).toEqual(["so: nexus: in May"]);
  });
});

describe("a required review", () => {
  const careful = {
    owns: [{ subject: "money", words: ["money"] }],
    dissent: "require" as const,
    escalatesTo: "nexus",
  };
  const reviewing =
    (verdict: object): Thinking =>
    (request) =>
      request.answer?.name === "review" ? JSON.stringify(verdict) : "no";
  const answerTo = async (think: Thinking | undefined) => {
    const world = await createWorld(["kronos", "nexus"], { kronos: careful });
    await world.start("kronos", () => "buy it");
    if (think !== undefined) await world.start("nexus", think);
    const asked = await world.say("where does the money go?");
    await world.until("an answer", async () => (await world.replies(asked)).length > 0);
    return texts(await world.replies(asked));
  };

  test("shows that a colleague agrees", async () => {
    expect(await answerTo(reviewing({ agrees: true, objection: "" }))).toEqual(["buy it\n\n— nexus ✓"]);
  });

  test("shows what it objects to", async () => {
    const objection = "It is a fifth of the runway.";
    expect(await answerTo(reviewing({ agrees: false, objection }))).toEqual([`buy it\n\n— nexus ✗ ${objection}`]);
  });

  test("is of the answer, not of the question that a person is asked before it", async () => {
    const world = await createWorld(["kronos", "nexus"], { kronos: careful });
    const folder = mkdtempSync(join(tmpdir(), "kaos-turns-"));
    const turns = await openTurns({ path: join(folder, "turns.db"), clock: world.clock });
    onTestFinished(() => {
      turns.close();
      rmSync(folder, { recursive: true, force: true });
    });
    const buy = defineTool({
      name: "buy",
      description: "Buys.",
      input: z.strictObject({}),
      effects: "external",
      risk: "risky",
      source: "trusted",
      parallel: false,
      run: async () => ({ text: "bought" }),
    });
    const gate = createGate({ states: () => [] });
    await world.start(
      "kronos",
      calls("buy", {}, (brought) => `it is ${brought}`),
      { tools: () => [buy], gate, turns },
    );
    const reviewed: string[] = [];
    await world.start("nexus", (request) => {
      if (request.answer?.name !== "review") return "no";
      reviewed.push(told(request));
      return JSON.stringify({ agrees: true, objection: "" });
    });
    const asked = await world.say("where does the money go?");
    await world.until("a question", async () => (await world.replies(asked)).length > 0);
    await world.ledger.approvals.decide(1, { granted: true, by: "you" });
    await world.until("an answer", async () => (await world.replies(asked)).length > 1);
    expect(texts(await world.replies(asked))).toEqual([
      "⏸ #1 buy {}\nbuy is risky\n/approve 1 · /deny 1",
      "it is bought\n\n— nexus ✓",
    ]);
    expect(reviewed).toHaveLength(1);
    expect(reviewed[0]).toContain("it is bought");
  });

  test("shows that nobody answered in time", async () => {
    expect(await answerTo(() => new Promise<never>(() => {}))).toEqual(["buy it\n\n— nexus ⌛"]);
  });

  test("shows that nobody was there", async () => {
    expect(await answerTo(undefined)).toEqual(["buy it\n\n— ⌛"]);
  });
});

test("an agent out of its own budget stops volunteering, and still answers when addressed", async () => {
  const world = await createWorld(["kronos", "nexus"], { kronos: { budgetUsdDaily: 1 } });
  Object.assign(world.fits, { kronos: 10 });
  await world.start("kronos");
  await world.start("nexus");
  await world.ledger.spend.add({
    agent: "kronos",
    purpose: "answer",
    message: null,
    by: "test",
    inputTokens: 1,
    cachedTokens: 0,
    outputTokens: 1,
    costUsd: 1.01,
  });
  const quiet = await world.say("ship or fix?");
  await world.settled(quiet, "kronos", "nexus");
  expect(await world.outcomes(quiet)).toEqual({ kronos: "declined", nexus: "declined" });
  const addressed = await world.say("@kronos ship or fix?");
  await world.settled(addressed, "kronos");
  expect(texts(await world.replies(addressed))).toEqual(["kronos answers"]);
});
