import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { defineTool, type ModelRequest } from "../../../shared/engine/index.ts";
import { createGate } from "../../../shared/security/index.ts";
import { openTurns } from "../../../shared/turns/index.ts";
import { createWorld, type Thinking } from "./world.ts";

const results = (request: ModelRequest) =>
  request.entries.flatMap((entry) => (entry.role === "tool" ? [entry.text] : [])).join("\n");
/** Asks to send once, then says what it heard of it. */
const sending: Thinking = (request) =>
  results(request) === "" ? { call: "send-letter", input: { to: "them" } } : `so: ${results(request)}`;

async function waitingTurn() {
  const sent: string[] = [];
  const letter = defineTool({
    name: "send-letter",
    description: "Sends a letter.",
    input: z.strictObject({ to: z.string() }),
    effects: "external",
    risk: "risky",
    source: "trusted",
    parallel: false,
    run: async ({ to }) => {
      sent.push(to);
      return { text: `sent to ${to}` };
    },
  });
  const world = await createWorld(["kronos"]);
  const folder = mkdtempSync(join(tmpdir(), "kaos-turns-"));
  const turns = await openTurns({ path: join(folder, "turns.db"), clock: world.clock });
  onTestFinished(() => {
    turns.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const gate = createGate({ states: () => [], grants: world.ledger.grants.inForce });
  const start = () => world.start("kronos", sending, { tools: () => [letter], gate, turns });
  const kronos = await start();
  const asked = await world.say("@kronos write to them");
  await world.until("a question or an answer", async () => (await world.replies(asked)).length > 0);
  const texts = async () => (await world.replies(asked)).map(({ text }) => text);
  const second = () => world.until("an answer", async () => (await world.replies(asked)).length > 1);
  return { world, sent, asked, texts, second, kronos, start, approvals: world.ledger.approvals };
}

describe("a risky call in a room", () => {
  test("waits for a person, runs once when it is granted, and the turn goes on with what it brought", async () => {
    const { sent, texts, second, approvals } = await waitingTurn();
    expect(sent).toEqual([]);
    expect(await texts()).toEqual(['⏸ #1 send-letter {"to":"them"}\nsend-letter is risky\n/approve 1 · /deny 1']);
    expect(await approvals.decide(1, { granted: true, by: "you" })).toMatchObject({ decided: true });
    expect(await approvals.decide(1, { granted: true, by: "you" })).toMatchObject({ decided: false });
    await second();
    expect(sent).toEqual(["them"]);
    expect((await texts())[1]).toBe("so: sent to them");
  });

  test("does not run when it is denied, and the model hears who said no and why", async () => {
    const { sent, texts, second, approvals } = await waitingTurn();
    await approvals.decide(1, { granted: false, by: "you", said: "not today" });
    await second();
    expect(sent).toEqual([]);
    expect((await texts())[1]).toContain("you did not allow it: not today");
  });

  test("is denied after an hour in which nobody decided", async () => {
    const { world, sent, texts, second, approvals } = await waitingTurn();
    await world.pass(3_605_000);
    await second();
    expect(sent).toEqual([]);
    expect((await texts())[1]).toContain("no person has allowed it: nobody decided in time");
    expect(await approvals.get(1)).toMatchObject({ state: "expired" });
  });

  test("runs once though the process is killed and started again between question and decision", async () => {
    const { sent, second, kronos, start, approvals } = await waitingTurn();
    kronos.kill();
    await start();
    await approvals.decide(1, { granted: true, by: "you" });
    await second();
    expect(sent).toEqual(["them"]);
  });

  test("runs without a question where a person allowed it for longer, until that is revoked", async () => {
    const { world, sent, second, approvals } = await waitingTurn();
    await approvals.decide(1, { granted: false, by: "you" });
    await second();
    const { id } = await world.ledger.grants.make({
      agent: "kronos",
      tool: "send-letter",
      match: { to: "them" },
      by: "you",
      expiresAt: world.clock.now() + 86_400_000,
    });
    // Another room, in which no colleague has spoken: a grant covers what a person's own words lead to.
    const again = await world.say("@kronos write to them", { room: "room:other" });
    await world.until("an answer", async () => sent.length === 1);
    await world.ledger.grants.revoke(id);
    const third = await world.say("@kronos write to them", { room: "room:third" });
    await world.until("a question", async () => (await approvals.pending()).length === 1);
    expect(sent).toEqual(["them"]);
    expect([again, third].every((seq) => seq > 0)).toBe(true);
  });
});
