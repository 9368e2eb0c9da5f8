/** `ask-person`: a question that waits for a person as a risky call does, and gets their words. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createGate } from "../../../shared/security/index.ts";
import { peopleTools } from "../../../shared/tools/index.ts";
import { openTurns } from "../../../shared/turns/index.ts";
import { createWorld, type Thinking } from "../agent/world.ts";

const question = { question: "Which colour shall the door have?", choices: ["blue", "green"] };

/** Asks once, then answers with what came of it. */
const curious: Thinking = ({ entries }) => {
  const result = entries.findLast(({ role }) => role === "tool");
  return result === undefined ? { call: "ask-person", input: question } : `So: ${"text" in result ? result.text : ""}`;
};

async function asking() {
  const world = await createWorld(["kronos"]);
  const folder = mkdtempSync(join(tmpdir(), "kaos-ask-"));
  const turns = await openTurns({ path: join(folder, "turns.db"), clock: world.clock });
  onTestFinished(() => {
    turns.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const { ledger } = world;
  const start = () =>
    world.start("kronos", curious, {
      tools: () => peopleTools({ ledger, agent: "kronos" }),
      gate: createGate({ states: () => [], grants: ledger.grants.inForce }),
      turns,
    });
  const kronos = await start();
  const seq = await world.say("@kronos paint the door");
  const texts = async () => (await world.replies(seq)).map(({ text }) => text);
  const nth = (n: number) => world.until(`text ${n}`, async () => (await texts()).length >= n);
  await nth(1);
  return { ...world, kronos, start, texts, nth };
}

test("the question stands in the room, and what is written with the yes is the answer", async () => {
  const { texts, nth, say } = await asking();
  const [notice] = await texts();
  expect(notice).toContain("Which colour shall the door have?");
  expect(notice).toContain("ask-person wants your words: write them behind the number of your yes");
  await say("/approve 1 the blue one, please");
  await nth(2);
  expect((await texts())[1]).toMatch(/^So: .* answers: the blue one, please$/);
});

test("it waits through the death of the process", async () => {
  const { texts, nth, kronos, start, ledger } = await asking();
  kronos.kill();
  await ledger.approvals.decide(1, { granted: true, by: "you", said: "green" });
  await start();
  await nth(2);
  expect((await texts())[1]).toBe("So: you answers: green");
});

test("a bare yes leaves the choice to the agent, a no says why", async () => {
  const bare = await asking();
  await bare.ledger.approvals.decide(1, { granted: true, by: "you" });
  await bare.nth(2);
  expect((await bare.texts())[1]).toContain("Take your own best guess among blue, green");

  const refused = await asking();
  await refused.ledger.approvals.decide(1, { granted: false, by: "you", said: "decide yourself" });
  await refused.nth(2);
  expect((await refused.texts())[1]).toContain("you did not allow it: decide yourself");
});
