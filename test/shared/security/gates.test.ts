import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { defineTool, type Tool, type ToolContext } from "../../../shared/engine/index.ts";
import { createGate, type GateSetting, gateStates, gates, gatesNamedBy } from "../../../shared/security/index.ts";
import { openTestLedger } from "../../doubles/ledger.ts";
import { toolContext } from "../../doubles/tool-context.ts";

const context = toolContext();

function tool(more: Partial<Tool> = {}): Tool {
  const plain = {
    name: "look-up",
    description: "Looks up.",
    input: z.object({}),
    effects: "none",
    risk: "safe",
    source: "trusted",
    parallel: true,
  } as const;
  return { ...defineTool({ ...plain, run: async () => ({ text: "" }) }), ...more };
}

function decide(asked: Tool, settings: readonly GateSetting[] = [], paused?: string) {
  return createGate({ states: () => gateStates(settings), paused: () => paused }).decide(asked, {}, context);
}

test("a fresh install has five gates, all closed", () => {
  expect(gateStates([]).map(({ variable, default: value, open }) => [`${variable}=${value}`, open])).toEqual([
    ["ENABLE_DYNAMIC_TOOLS=false", false],
    ["REQUIRE_DYNAMIC_TOOL_SANDBOX=true", false],
    ["ENABLE_MCP_GATEWAY_MANAGEMENT=false", false],
    ["ENABLE_DYNAMIC_MCP_SERVERS=false", false],
    ["ENABLE_SERVER_OPS=false", false],
  ]);
});

test("an agent that names gates has these alone, and only where they are open", () => {
  const everything = gates.map(({ name: gate, openWhen: value }) => ({ gate, value, source: "the environment" }));
  const open = (named: string[], said: readonly GateSetting[] = everything) =>
    gateStates([...said, ...gatesNamedBy({ gates: named }, "agents/atlas/agent.json")]).flatMap((state) =>
      state.open ? [state.name] : [],
    );
  expect(open([])).toEqual(gates.map(({ name }) => name));
  expect(open(["server-ops"])).toEqual(["server-ops"]);
  expect(open(["server-ops"], [])).toEqual([]);
});

describe.each(gates)("the gate $name", ({ name, variable, default: value, openWhen }) => {
  const asked = tool({ gate: name });

  test("is closed by default, and the refusal names it and its variable", async () => {
    const decision = await decide(asked);
    expect(decision).toMatchObject({ allow: false });
    expect(JSON.stringify(decision)).toContain(
      `${name}, which is closed (${variable} is not set); ${variable}=${openWhen} opens it`,
    );
  });

  test("is opened by its variable, and by no other", async () => {
    const all = gates.map(
      (gate): GateSetting => ({ gate: gate.name, value: gate.openWhen, source: "the environment" }),
    );
    expect(await decide(asked, all)).toEqual({ allow: true });
    expect(
      await decide(
        asked,
        all.filter(({ gate }) => gate !== name),
      ),
    ).toMatchObject({ allow: false });
  });

  test.each([
    [0, 1],
    [1, 0],
  ])("stays closed when one source says no and another yes, in any order", async (first, second) => {
    const said: GateSetting[] = [
      { gate: name, value: openWhen, source: "the environment" },
      { gate: name, value, source: "policy.yaml" },
    ];
    const settings = [said[first], said[second]].filter((setting) => setting !== undefined);
    expect(await decide(asked, settings)).toEqual({
      allow: false,
      because: `look-up needs the gate ${name}, which is closed (policy.yaml sets ${variable}=${value}); ${variable}=${openWhen} opens it`,
    });
  });
});

test("what needs no gate and changes nothing outside may run", async () => {
  expect(await decide(tool())).toEqual({ allow: true });
  expect(await decide(tool({ effects: "local" }))).toEqual({ allow: true });
});

test("what is risky or acts outside asks a person, also behind an open gate, and says whose text led to it", async () => {
  const opened: GateSetting[] = [{ gate: "server-ops", value: true, source: "the environment" }];
  expect(await decide(tool({ risk: "risky" }))).toMatchObject({
    allow: "ask",
    because: "look-up is risky",
  });
  // What acts outside, and harms nobody when only our own people spoke, takes a person's word once others did.
  expect(await decide(tool({ effects: "external", gate: "server-ops" }), opened)).toEqual({ allow: true });
  const sources = [
    { label: "owner", from: "you" },
    { label: "outside", from: "fetch-page" },
  ] as const;
  const gate = createGate({ states: () => [] });
  expect(await gate.decide(tool({ risk: "risky" }), {}, toolContext({ sources }))).toEqual({
    allow: "ask",
    because: "look-up is risky; text from fetch-page is in this turn",
  });
  expect(await gate.decide(tool({ effects: "external" }), {}, toolContext({ sources }))).toMatchObject({
    allow: "ask",
  });
});

describe("what a person allows for longer", () => {
  const gate = (match: Record<string, string>) =>
    createGate({
      states: () => [],
      grants: async () => [
        { id: 1, agent: "kronos", tool: "look-up", match, by: "you", madeAt: 0, expiresAt: 1, revokedAt: null },
      ],
    });
  const asked = (match: Record<string, string>, input: object, sources: ToolContext["sources"] = []) =>
    gate(match).decide(tool({ risk: "risky" }), input, toolContext({ sources }));

  test.each<[Record<string, string>, object, boolean | "ask"]>([
    [{ path: "notes/a" }, { path: "notes/a" }, true],
    [{ path: "notes/*" }, { path: "notes/b" }, true],
    [{ path: "notes/*" }, { path: "notes/../secret" }, "ask"],
    [{ path: "notes/*" }, { path: "other" }, "ask"],
    [{ path: "*" }, { path: "anything" }, "ask"],
    [{}, { path: "notes/a" }, "ask"],
    [{ path: "notes/a", mode: "w" }, { path: "notes/a" }, "ask"],
    [{ toString: "x" }, { path: "notes/a" }, "ask"],
  ])("%o covers %o: %s", async (match, input, allow) => {
    expect(await asked(match, input)).toMatchObject({ allow });
  });

  test("covers nothing that foreign text led to", async () => {
    const sources = [{ label: "outside", from: "fetch-page" }] as const;
    expect(await asked({ path: "notes/a" }, { path: "notes/a" }, sources)).toMatchObject({ allow: "ask" });
  });
});

test("a gate that nobody knows is closed", async () => {
  expect(await decide(tool({ gate: "everything" }))).toMatchObject({ allow: false });
});

test("nothing runs while everything is paused", async () => {
  expect(await decide(tool(), [], "the owner said stop")).toEqual({
    allow: false,
    because: "the owner said stop",
  });
});

test("a paused tool does not run, for nobody, and the others do", async () => {
  const { ledger, close } = await openTestLedger();
  onTestFinished(close);
  const gate = createGate({ states: () => gateStates([]), paused: ledger.controls.pausedBecause });
  const decided = async (name: string) => gate.decide(tool({ name }), {}, context);
  await ledger.controls.pause({ scope: "tool", name: "look-up", by: "you", until: null });
  expect(await decided("look-up")).toEqual({
    allow: false,
    because: expect.stringMatching(/^look-up is paused by you/),
  });
  expect(await decided("read-file")).toEqual({ allow: true });
  await ledger.controls.resume("tool", "look-up");
  expect(await decided("look-up")).toEqual({ allow: true });
});

test("a gate that is closed again refuses the next call", async () => {
  let settings: GateSetting[] = [{ gate: "server-ops", value: true, source: "the environment" }];
  const gate = createGate({ states: () => gateStates(settings) });
  expect(await gate.decide(tool({ gate: "server-ops" }), {}, context)).toEqual({ allow: true });
  settings = [];
  expect(await gate.decide(tool({ gate: "server-ops" }), {}, context)).toMatchObject({ allow: false });
});

test("a tool that asks every time asks whatever was granted, and is refused where it would be refused", async () => {
  const granted = { grants: async () => [{ match: {} }] as never };
  const gate = createGate({ states: () => gateStates([]), asksAlways: ["write-file"], ...granted });
  const call = (more: Partial<Tool>) => gate.decide(tool(more), {}, context);
  expect(await call({ name: "write-file" })).toEqual({
    allow: "ask",
    because: "write-file asks every time (APPROVAL_ALWAYS)",
  });
  expect(await call({ name: "read-file" })).toEqual({ allow: true });
  expect(await call({ name: "write-file", gate: "server-ops" })).toMatchObject({ allow: false });
});
