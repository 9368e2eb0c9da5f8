/** Five gates, closed on a fresh install, on every way to a tool: a private chat, the room, and work that a colleague gave. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { createChat } from "../../shared/agent/index.ts";
import { defineTool, type ModelRequest, type Tool } from "../../shared/engine/index.ts";
import { openMemory } from "../../shared/memory/index.ts";
import { createGate, type GateSetting, gateStates, gates } from "../../shared/security/index.ts";
import { standingClock } from "../doubles/ledger.ts";
import { createRecordingJournal } from "../doubles/recording-journal.ts";
import { scriptedModel } from "../doubles/scripted-model.ts";
import { createWorld, type Thinking } from "../shared/agent/world.ts";

/** A tool behind this gate that says when it ran, which behind a closed gate must not happen. */
function behind(gate: string): { tool: Tool; ran: () => number } {
  let times = 0;
  const tool = defineTool({
    name: "guarded",
    description: "Does what the gate guards.",
    input: z.strictObject({}),
    effects: "none",
    risk: "safe",
    gate,
    source: "trusted",
    parallel: false,
    run: async () => {
      times++;
      return { text: "it ran" };
    },
  });
  return { tool, ran: () => times };
}

const gateWith = (settings: readonly GateSetting[]) => createGate({ states: () => gateStates(settings) });
const results = (request: ModelRequest) =>
  request.entries.flatMap((entry) => (entry.role === "tool" ? [entry.text] : [])).join("\n");
/** Calls the tool, then says what came of it. */
const calling: Thinking = (request) =>
  results(request) === "" ? { call: "guarded", input: {} } : `heard: ${results(request)}`;

type Path = (tool: Tool, settings: readonly GateSetting[]) => Promise<string>;

const inChat: Path = async (tool, settings) => {
  const folder = mkdtempSync(join(tmpdir(), "kaos-gates-"));
  const clock = { ...standingClock(), sleep: () => new Promise<void>(() => {}) };
  const memory = await openMemory({ path: join(folder, "agent.db"), clock, durability: "off" });
  onTestFinished(() => {
    memory.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const model = scriptedModel([
    { reply: { calls: [{ id: "1", tool: "guarded", arguments: "{}" }] } },
    { reply: { text: "done" } },
  ]);
  const chat = createChat({
    agent: "kronos",
    persona: { common: "Be brief.", identity: "You are kronos.", voice: "", duties: "" },
    model,
    tools: () => [tool],
    gate: gateWith(settings),
    journal: createRecordingJournal(),
    sessions: memory.sessions,
    thread: "terminal",
    clock,
    validate: (text) => text,
    validateDraft: (text) => text,
    sanitize: (text) => text,
  });
  await chat.say("do it", { signal: new AbortController().signal });
  const [, second] = model.requests;
  return second === undefined ? "" : results(second);
};

const inRoom: Path = async (tool, settings) => {
  const world = await createWorld(["kronos"]);
  await world.start("kronos", calling, { tools: () => [tool], gate: gateWith(settings) });
  const asked = await world.say("@kronos do it");
  await world.settled(asked, "kronos");
  return (await world.replies(asked)).map(({ text }) => text).join("\n");
};

/** The work of `kind` that nexus gives to kronos about a message. */
const atWork =
  (kind: "hand-off" | "question"): Path =>
  async (tool, settings) => {
    const world = await createWorld(["kronos", "nexus"]);
    // Nobody but nexus, who is not there, is asked in the room.
    const asked = await world.say("@nexus do it");
    const { assignments } = world.ledger;
    const deadlineAt = world.clock.now() + 120_000;
    const giving = {
      key: "k",
      kind,
      agent: "kronos",
      giver: "nexus",
      message: asked,
      task: "do it",
      deadlineAt,
      depth: 1,
    };
    const given = await assignments.give(giving);
    if (!given.given) throw new Error(given.because);
    await world.start("kronos", calling, { tools: () => [tool], gate: gateWith(settings) });
    await world.until("the work is done", async () => (await assignments.get(given.assignment.id))?.state === "done");
    const replies = (await world.replies(asked)).map(({ text }) => text);
    return [(await assignments.get(given.assignment.id))?.result ?? "", ...replies].join("\n");
  };

const paths: Record<string, Path> = {
  "in a chat": inChat,
  "in the room": inRoom,
  "in handed-over work": atWork("hand-off"),
  "in a colleague's question": atWork("question"),
};

describe.each(Object.entries(paths))("%s", (_name, path) => {
  test.each(gates)("the gate $name is closed by default, and the refusal names it and $variable", async (gate) => {
    const { tool, ran } = behind(gate.name);
    const told = await path(tool, []);
    expect(told).toContain(
      `guarded needs the gate ${gate.name}, which is closed (${gate.variable} is not set); ${gate.variable}=${gate.openWhen} opens it`,
    );
    expect(ran()).toBe(0);
  });

  test("an open gate lets the call through", async () => {
    const [gate] = gates;
    if (gate === undefined) throw new Error("there are no gates");
    const { tool, ran } = behind(gate.name);
    const told = await path(tool, [{ gate: gate.name, value: gate.openWhen, source: "the environment" }]);
    expect(told).toContain("it ran");
    expect(ran()).toBe(1);
  });

  test("a gate that nobody knows stays closed", async () => {
    const { tool, ran } = behind("no-such-gate");
    expect(await path(tool, [])).toContain('the gate "no-such-gate", which nobody knows');
    expect(ran()).toBe(0);
  });
});
