/**
 * Five gates, closed on a fresh install, on every way to a tool: chats of an owner and of others, the room, work that a colleague
 * gave, a job's own call, what another program may ask for. The control room and the command line have theirs where they are tested
 * (test/dashboard/mcp.test.ts, test/cli/mcp.test.ts); the tools themselves, MCP servers' and an agent's own, in assembled.test.ts.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { callTool } from "../../shared/agent/errands/chores/call-tool.ts";
import { createChat } from "../../shared/agent/index.ts";
import type { Speaking } from "../../shared/agent/speaking.ts";
import { silentLog } from "../../shared/base/index.ts";
import { defaultLimits, defineTool, type ModelRequest, type Source, type Tool } from "../../shared/engine/index.ts";
import { serveTools } from "../../shared/mcp/index.ts";
import { openMemory } from "../../shared/memory/index.ts";
import { createGate, type GateSetting, gateStates, gates } from "../../shared/security/index.ts";
import { openTurns } from "../../shared/turns/index.ts";
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

const inChat =
  (speaker: Source): Path =>
  async (tool, settings) => {
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
      speaker,
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
  (kind: "hand-off" | "question" | "position"): Path =>
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

/** A job asks for a tool without a model. */
const inJob: Path = async (tool, settings) => {
  const speaking = {
    agent: "kronos",
    tools: () => [tool],
    limits: defaultLimits,
    gate: gateWith(settings),
    journal: createRecordingJournal(),
    clock: { ...standingClock(), sleep: () => new Promise<void>(() => {}) },
    sanitize: (text: string) => text,
  };
  const call = { key: "job", tool: "guarded", input: {}, sources: [{ label: "owner", from: "you" }] as const };
  const { signal } = new AbortController();
  return callTool(speaking as unknown as Speaking, call, signal).catch((error: Error) => error.message);
};

const paths: Record<string, Path> = {
  "in a chat": inChat({ label: "owner", from: "you" }),
  "in a chat with somebody who is allowed": inChat({ label: "allowed", from: "Ada" }),
  "in a job's own call": inJob,
  "in a colleague's council": atWork("position"),
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

test.each(gates)("what a person approved does not run when the gate $name was closed meanwhile", async (gate) => {
  const { tool, ran } = behind(gate.name);
  const open: GateSetting[] = [{ gate: gate.name, value: gate.openWhen, source: "the environment" }];
  let settings = open;
  const world = await createWorld(["kronos"]);
  const folder = mkdtempSync(join(tmpdir(), "kaos-gates-"));
  const turns = await openTurns({ path: join(folder, "turns.db"), clock: world.clock });
  onTestFinished(() => {
    turns.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const asking = createGate({ states: () => gateStates(settings) });
  await world.start("kronos", calling, { tools: () => [{ ...tool, risk: "risky" }], gate: asking, turns });
  const asked = await world.say("@kronos do it");
  const { approvals } = world.ledger;
  await world.until("a question", async () => (await approvals.pending()).length === 1);
  settings = [];
  await approvals.decide(1, { granted: true, by: "you" });
  const texts = async () => (await world.replies(asked)).map(({ text }) => text).join("\n");
  await world.until("the answer", async () => (await texts()).includes("heard: "));
  expect(await texts()).toContain(`needs the gate ${gate.name}, which is closed (${gate.variable} is not set)`);
  expect(ran()).toBe(0);
});

test("what is behind a gate is never served to another program, open or not: nobody there decides", async () => {
  const { tool } = behind("server-ops");
  const served = serveTools({
    tools: [tool],
    version: "0",
    instructions: "",
    input: new PassThrough(),
    output: new PassThrough(),
    log: silentLog,
    signal: new AbortController().signal,
  });
  await expect(served).rejects.toThrow("guarded is behind a gate");
});
