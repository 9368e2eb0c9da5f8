/** The MCP servers of one agent: added and removed while it runs, behind two gates, and what they may ask of a person and of us. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { answerWith } from "../../agents/elicit.ts";
import { mcpOf } from "../../agents/mcp.ts";
import { type Lifetime, silentLog, systemClock } from "../../shared/base/index.ts";
import { homeAt, loadMcpConfig } from "../../shared/config/index.ts";
import type { Tool } from "../../shared/engine/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";
import { type GateName, gateStates, gates } from "../../shared/security/index.ts";
import { openTestLedger } from "../doubles/ledger.ts";
import { scriptedModel } from "../doubles/scripted-model.ts";
import { toolContext } from "../doubles/tool-context.ts";
import { writeConfig } from "../shared/mcp/outside-vitest.ts";
import { everything, rude } from "../shared/mcp/parts.ts";

type Agent = { tools(): readonly Tool[]; open: Set<GateName>; call(name: string, input?: object): Promise<string> };

function startAgent(servers: Record<string, object>, more: Partial<Parameters<typeof mcpOf>[0]> = {}): Agent {
  const folder = mkdtempSync(join(tmpdir(), "kaos-agent-mcp-"));
  const home = homeAt(folder);
  const ending = new AbortController();
  const closing: (() => unknown)[] = [];
  const running: Promise<unknown>[] = [];
  const lifetime: Lifetime = {
    signal: ending.signal,
    onClose: (act) => void closing.push(act),
    run: (_name, task) => void running.push(task),
    stop: () => ending.abort(),
  };
  const open = new Set<GateName>();
  const { tools } = mcpOf({
    config: { name: "kronos", mcpServers: Object.keys(servers) },
    mcp: loadMcpConfig(writeConfig(folder, servers), {}),
    home,
    own: home.agent("kronos"),
    clock: systemClock,
    log: silentLog,
    lifetime,
    redact: (text) => text,
    gates: () =>
      gateStates(
        gates
          .filter(({ name }) => open.has(name))
          .map(({ name, openWhen }) => ({ gate: name, value: openWhen, source: "the test" })),
      ),
    ...more,
  });
  onTestFinished(async () => {
    ending.abort();
    for (const close of closing) await close();
    await Promise.all(running);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    tools,
    open,
    async call(name, input = {}) {
      const tool = tools().find((one) => one.name === name);
      if (tool === undefined) throw new Error(`no tool ${name}, only ${tools().map((one) => one.name)}`);
      const result = await tool.run(tool.input.parse(input), toolContext());
      return "text" in result ? result.text : "";
    },
  };
}

const program = rude("") as { command: string; args: string[] };
const wanted = { name: "extra", command: program.command, args: program.args };
const names = ({ tools }: Agent) => tools().map(({ name }) => name);

test("a server is added, tried and pinned; it is used only while its own gate is open; and it is removed", async () => {
  const agent = startAgent({});
  expect(await agent.call("mcp-list-servers")).toBe("You have no MCP servers.");
  expect(await agent.call("mcp-add-server", wanted)).toBe(
    "extra is added. It is not used: the gate dynamic-mcp-servers is closed (ENABLE_DYNAMIC_MCP_SERVERS is not set); ENABLE_DYNAMIC_MCP_SERVERS=true opens it. It offers: echo, act.",
  );
  expect(names(agent)).not.toContain("mcp__extra__echo");
  expect(await agent.call("mcp-list-servers")).toMatch(/^extra \(.*rude-server\.ts.*\): off, .*; added while running$/);
  expect(await agent.call("mcp-add-server", wanted)).toBe('Not added: there is a server "extra" already.');

  agent.open.add("dynamic-mcp-servers");
  await expect.poll(() => names(agent)).toContain("mcp__extra__echo");
  expect(await agent.call("mcp__extra__echo", { text: "hello" })).toBe("echo: hello");
  // Each of its tools is behind the gate at each call, whatever was offered when the turn began.
  for (const tool of agent.tools().filter(({ name }) => name.startsWith("mcp__extra__")))
    expect(tool).toMatchObject({ gate: "dynamic-mcp-servers", source: "outside" });

  agent.open.delete("dynamic-mcp-servers");
  await expect.poll(() => names(agent)).not.toContain("mcp__extra__echo");
  expect(await agent.call("mcp-remove-server", { name: "extra" })).toBe("extra is removed.");
  expect(await agent.call("mcp-remove-server", { name: "extra" })).toMatch(/^Not removed: no server "extra" was added/);
});

test("what cannot be used is not kept, what stands in mcp.json stays", async () => {
  const agent = startAgent({ fixed: rude("") });
  expect(await agent.call("mcp-add-server", { name: "broken", command: "no-such-program-anywhere" })).toMatch(
    /^Not added: broken: could not be started/,
  );
  const silent = rude("no-tools") as { command: string; args: string[] };
  expect(await agent.call("mcp-add-server", { ...silent, name: "silent" })).toMatch(/it started but offers no tools/);
  expect(await agent.call("mcp-add-server", { ...wanted, name: "fixed" })).toMatch(/there is a server "fixed" already/);
  expect(await agent.call("mcp-remove-server", { name: "fixed" })).toMatch(
    /stands in mcp\.json, which is a person's file/,
  );
});

test.each([
  { name: "Bad Name", command: "a" },
  { name: "../x", command: "a" },
  { name: "none" },
  { name: "both", command: "a", url: "https://example.org/mcp" },
  { name: "plain", url: "http://example.org/mcp" },
  { name: "login", url: "https://me:secret@example.org/mcp" },
  { name: "leaky", command: "a", args: [["--key=$", "{DEEPSEEK_API_KEY}"].join("")] },
  { name: "hidden", command: "a\nb" },
])("an agent cannot even ask for %o", async (input) => {
  await expect(startAgent({}).call("mcp-add-server", input)).rejects.toThrow();
});

test("both that change something ask a person, and all three are behind the gate", () => {
  const tools = startAgent({}).tools();
  expect(tools).toMatchObject([
    { name: "mcp-add-server", gate: "mcp-management", risk: "risky" },
    { name: "mcp-list-servers", gate: "mcp-management", risk: "safe" },
    { name: "mcp-remove-server", gate: "mcp-management", risk: "risky" },
  ]);
});

const asks = (tool: string) => `mcp__every__${tool}`;

async function withLedger(): Promise<Ledger> {
  const { ledger, close } = await openTestLedger(systemClock);
  onTestFinished(close);
  return ledger;
}

/** The one question that waits, once it is there. */
async function question(ledger: Ledger): Promise<{ id: number; arguments: string; tool: string }> {
  const seen = ledger.changes.version();
  const [one] = await ledger.approvals.pending();
  if (one !== undefined) return one;
  await ledger.changes.past(seen, { signal: new AbortController().signal, atMostMs: 1_000 });
  return question(ledger);
}

test("what a server asks is put to a person as an approval, and what the person writes answers it", async () => {
  const ledger = await withLedger();
  const agent = startAgent({ every: everything }, { ledger });
  await expect.poll(() => names(agent)).toContain(asks("trigger-elicitation-request"));

  const told: string[] = [];
  const tool = agent.tools().find(({ name }) => name === asks("trigger-elicitation-request"));
  const running = tool?.run({}, toolContext({ onProgress: (text) => void told.push(text) }));
  const asked = await question(ledger);
  expect(asked.tool).toBe(asks("trigger-elicitation-request"));
  expect(JSON.parse(asked.arguments)).toMatchObject({
    asks: expect.any(String),
    name: expect.stringContaining("string"),
  });
  expect(told.at(-1)).toContain(`/approve ${asked.id}`);
  await ledger.approvals.decide(asked.id, { granted: true, by: "you", said: "name=Ada; integer=7" });
  expect(JSON.stringify(await running)).toMatch(/accept|provided/i);
  expect(JSON.stringify(await running)).toContain("Ada");

  const again = tool?.run({}, toolContext({ callId: "c2" }));
  await ledger.approvals.decide((await question(ledger)).id, { granted: false, by: "you" });
  expect(JSON.stringify(await again)).toMatch(/declined/i);
});

test("a call that is stopped takes its question back", async () => {
  const ledger = await withLedger();
  const agent = startAgent({ every: everything }, { ledger });
  await expect.poll(() => names(agent)).toContain(asks("trigger-elicitation-request"));
  const stop = new AbortController();
  const tool = agent.tools().find(({ name }) => name === asks("trigger-elicitation-request"));
  const running = tool?.run({}, toolContext({ signal: stop.signal }));
  const { id } = await question(ledger);
  stop.abort();
  await expect(running).rejects.toMatchObject({ name: "AbortError" });
  await expect.poll(async () => (await ledger.approvals.get(id))?.state).toBe("denied");
});

test("without a person to ask, no server hears that it could ask", async () => {
  const agent = startAgent({ every: everything });
  await expect.poll(() => names(agent)).toContain("mcp__every__echo");
  expect(names(agent).join(" ")).not.toMatch(/elicitation|sampling/);
});

test("our model answers a server only where mcp.json says so", async () => {
  const model = () => scriptedModel([{ reply: { text: "I am the model." } }]);
  const allowed = startAgent({ every: { ...everything, sampling: true } }, { model: model() });
  await expect.poll(() => names(allowed)).toContain(asks("trigger-sampling-request"));
  expect(await allowed.call(asks("trigger-sampling-request"), { prompt: "Who?", maxTokens: 20 })).toContain(
    "I am the model.",
  );
  const refused = startAgent({ every: everything }, { model: model() });
  await expect.poll(() => names(refused)).toContain("mcp__every__echo");
  expect(names(refused)).not.toContain(asks("trigger-sampling-request"));
});

const text = { type: "string" } as const;
test.each([
  [[["name", text, true]], "Ada", { action: "accept", content: { name: "Ada" } }],
  [[["name", text, true]], "", { action: "cancel" }],
  [[["name", { ...text, default: "you" }, true]], "", { action: "accept", content: { name: "you" } }],
  [[["sure", { type: "boolean" }, true]], "", { action: "accept", content: { sure: true } }],
  [[["sure", { type: "boolean" }, true]], "no", { action: "accept", content: { sure: false } }],
  [[["n", { type: "integer" }, true]], "n = 3", { action: "accept", content: { n: 3 } }],
  [[["n", { type: "integer" }, true]], "3.5", { action: "cancel" }],
  [[["c", { ...text, enum: ["red", "blue"] }, true]], "green", { action: "cancel" }],
  [
    [
      ["a", text, true],
      ["b", text, false],
    ],
    "a=1; b=2",
    { action: "accept", content: { a: "1", b: "2" } },
  ],
  [[], "thanks", { action: "accept", content: {} }],
] as const)("a form %o with %j", (fields, said, answer) => {
  expect(answerWith(fields as unknown as Parameters<typeof answerWith>[0], said)).toEqual(answer);
});
