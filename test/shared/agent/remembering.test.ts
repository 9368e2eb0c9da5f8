import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ModelRequest } from "../../../shared/engine/index.ts";
import { createShared, openMemory } from "../../../shared/memory/index.ts";
import { createWorld } from "./world.ts";

const notes = (request: ModelRequest | undefined) =>
  (request?.entries ?? []).flatMap((entry) => (entry.role === "system" ? [entry.text] : [])).join("\n");

async function rememberingWorld() {
  const world = await createWorld(["kronos", "nexus"]);
  const open = async (agent: string) => {
    const folder = mkdtempSync(join(tmpdir(), "kaos-memory-"));
    const memory = await openMemory({
      path: join(folder, "agent.db"),
      clock: world.clock,
      shared: createShared(world.ledger.sharedFacts, { agent }),
    });
    onTestFinished(() => {
      memory.close();
      rmSync(folder, { recursive: true, force: true });
    });
    return memory;
  };
  return { world, open };
}

describe("an agent that remembers", () => {
  test("is told before it answers what the person had said before, and whose words they are", async () => {
    const { world, open } = await rememberingWorld();
    const memory = await open("kronos");
    const kronos = await world.start("kronos", () => "noted", { memory });
    const first = await world.say("@kronos my sister Vera lives in Porto");
    await world.settled(first, "kronos");
    await world.until("it is remembered", async () => (await memory.extraction.waiting()) === 0);
    // Enough is said in between that the room itself no longer shows it.
    for (let i = 0; i < 14; i++)
      await world.say(`aside number ${i}`, { sender: { kind: "allowed", id: "7", name: "guest" } });
    const second = await world.say("@kronos where does my sister live?");
    await world.settled(second, "kronos");
    const told = notes(kronos.requests.at(-1));
    expect(told).toContain("What you remember that may matter here.");
    expect(told).toContain("Porto");
  });

  test("tells a colleague that asks what it knows, within what that room may hear", async () => {
    const { world, open } = await rememberingWorld();
    const memory = await open("nexus");
    const remember = (text: string, room: string) =>
      memory.remember({
        thread: room,
        message: null,
        person: { id: "owner", name: "you", isOwner: true },
        audience: `room:${room}`,
        text,
        answer: null,
      });
    await remember("the launch budget is 40,000 euros", "room:main");
    await remember("the launch budget may rise to 90,000 euros", "room:board");
    await world.start("kronos", (request) => {
      const brought = request.entries.flatMap((entry) => (entry.role === "tool" ? [entry.text] : []));
      const input = { colleague: "nexus", question: "what is the launch budget?" };
      return brought.length === 0 ? { call: "ask-colleague", input } : brought.join();
    });
    const nexus = await world.start("nexus", () => "40,000 euros", { memory });
    const asked = await world.say("@kronos how much may it cost?");
    await world.until("an answer", async () => (await world.replies(asked)).length > 0);
    const told = notes(nexus.requests[0]);
    expect(told).toContain("40,000");
    expect(told).not.toContain("90,000");
  });

  test("gives a stranger words alone: no tools, nothing remembered, nothing kept", async () => {
    const { world, open } = await rememberingWorld();
    const memory = await open("kronos");
    await memory.remember({
      thread: "room:main",
      message: null,
      person: { id: "owner", name: "you", isOwner: true },
      audience: "room:room:main",
      text: "the launch budget is 40,000 euros",
      answer: null,
    });
    const settings = { ...world.settings, strangers: "chat" as const };
    const kronos = await world.start("kronos", () => "good day", { memory, settings });
    const stranger = { kind: "stranger", id: "99", name: "passer-by" } as const;
    const asked = await world.say("@kronos what is the launch budget?", { sender: stranger });
    await world.settled(asked, "kronos");
    expect(kronos.requests[0]?.tools).toEqual([]);
    expect(notes(kronos.requests[0])).not.toContain("40,000");
    expect(await memory.sessions.recent("room:main", 10)).toHaveLength(1);
  });

  test("keeps nothing of what a colleague's words led to", async () => {
    const { world, open } = await rememberingWorld();
    const memory = await open("nexus");
    await world.start("kronos", () => "what do you say, @nexus?");
    await world.start("nexus", () => "I say yes", { memory });
    const asked = await world.say("@kronos well?");
    await world.until("both spoke", async () => (await world.replies(asked)).length === 2);
    await world.pass(5_000);
    expect(await memory.sessions.recent("room:main", 10)).toEqual([]);
  });

  test("forgets what a person orders from elsewhere, gives a receipt, and obeys no colleague", async () => {
    const { world, open } = await rememberingWorld();
    const memory = await open("kronos");
    await memory.facts.keep([
      {
        ...{ text: "The launch budget is 40,000 euros", kind: "knowledge", subject: "owner", origin: "owner" },
        audience: "owner",
        source: { thread: null, message: null, by: "you", quote: null },
      } as const,
    ]);
    const [fact] = await memory.facts.list({ limit: 1 });
    await world.start("kronos", () => "noted", { memory });
    const order = async (giver: string) => {
      const task = JSON.stringify({ order: "forget", ids: [fact?.id] });
      const deadlineAt = world.clock.now() + 3_600_000;
      const given = await world.ledger.assignments.give({
        key: giver,
        kind: "forget",
        agent: "kronos",
        giver,
        task,
        deadlineAt,
      });
      const id = given.given ? given.assignment.id : 0;
      const ended = async () =>
        ["done", "rejected", "dead"].includes((await world.ledger.assignments.get(id))?.state ?? "");
      await world.until("the order has ended", ended);
      return world.ledger.assignments.get(id);
    };
    expect(await order("nexus")).toMatchObject({ state: "rejected", because: "only a person may order this" });
    expect(await memory.facts.get(fact?.id ?? "")).toBeDefined();
    const done = await order("you");
    expect(done?.state).toBe("done");
    expect(JSON.parse(done?.result ?? "{}")).toMatchObject({
      done: true,
      receipt: { forgotten: [fact?.id], stillFound: [] },
    });
    expect(await memory.facts.get(fact?.id ?? "")).toBeUndefined();
  });
});
