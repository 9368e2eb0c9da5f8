/**
 * The agent as its process puts it together, with everything closed and with everything open: what its model is offered over the
 * wire is what docs/tools.md lists, nothing of it is undeclared, and a gate hides no tool but decides at each call.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startAgentProcess } from "../../agents/agent-process.ts";
import { type AgentParts, assembleAgent } from "../../agents/assemble-agent.ts";
import { type Lifetime, silentLog, systemClock } from "../../shared/base/index.ts";
import { checkMcpEntry, homeAt, keepAddedServer, readEnv } from "../../shared/config/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { hashesOf, probeServer } from "../../shared/mcp/index.ts";
import { gateSettings, gateStates, gates } from "../../shared/security/index.ts";
import { said } from "../doubles/ledger.ts";
import { openAiServer } from "../doubles/openai-server.ts";
import { toolContext } from "../doubles/tool-context.ts";
import { rude } from "../shared/mcp/parts.ts";

type Offered = { function: { name: string; description: string; parameters: { type: string } } };
type World = { offered: Offered[]; parts: AgentParts; end(): Promise<void> };

/** Rows of the page: name, effects, risk, gate, where results come from. */
const page = readFileSync(new URL("../../docs/tools.md", import.meta.url), "utf8");
const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (\w+) \| (\w+) \| ([\w-]*) \| (\w+) \| (.*) \|$/gm)].map(
  ([, name = "", effects = "", risk = "", gate = "", source = ""]) => ({ name, effects, risk, gate, source }),
);
/** Of turns of another kind: work that a colleague handed over. */
const OTHER_TURNS = ["return-work"];
const ALL_OPEN = Object.fromEntries(gates.map(({ variable, openWhen }) => [variable, String(openWhen)]));

/** One agent answers one question with a model on loopback that notes what it was offered; another one is only put together. */
async function begin(raw: Record<string, string>): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "kaos-assembled-"));
  const home = homeAt(folder);
  const program = rude("") as { command: string; args: string[] };
  writeFileSync(home.mcp, JSON.stringify({ mcpServers: { fixed: { ...program, agents: ["kronos", "nexus"] } } }));
  const entry = { ...program, agents: ["nexus"] };
  const trial = { clock: systemClock, version: "0", redact: (text: string) => text, clean: (text: string) => text };
  const { tools } = await probeServer(checkMcpEntry("extra", entry, {}).server, trial);
  keepAddedServer(home.mcpAdded, "extra", { by: "you", at: 1, pinned: hashesOf(tools), entry });

  const answer = (piece: object) => ({ id: "1", object: "chat.completion.chunk", created: 1, model: "m", ...piece });
  const server = await openAiServer([
    {
      answer: {
        chunks: [
          answer({ choices: [{ index: 0, delta: { role: "assistant", content: "Here." }, finish_reason: null }] }),
          answer({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }),
        ],
        after: "done",
      },
    },
  ]);
  const told = readEnv({
    ...raw,
    KAOS_STANDARD_CHAIN: "wire",
    PROVIDER_WIRE_BASE_URL: server.baseUrl,
    PROVIDER_WIRE_API_KEY: "sk-wire-0123456789",
    PROVIDER_WIRE_MODEL: "m",
    SWARM_PACE: "0.01",
  });
  const ending = new AbortController();
  const closing: (() => unknown)[] = [];
  const running: Promise<unknown>[] = [];
  const lifetime: Lifetime = {
    signal: ending.signal,
    onClose: (close) => void closing.push(close),
    run: (_name, part) => void running.push(part.catch(() => {})),
    stop: () => ending.abort(),
  };
  const ledger = await openLedger({ path: home.ledger, clock: systemClock, durability: "off" });
  const deps = { ...told, home, clock: systemClock, log: silentLog, lifetime, ledger };
  await startAgentProcess({ name: "kronos", ...deps });
  const parts = assembleAgent({ name: "nexus", ...deps });
  await ledger.messages.record(said("@kronos are you there?", { saidAt: Date.now() }));
  await server.arrived(1);
  const offered = (server.requests[0]?.body["tools"] ?? []) as Offered[];
  return {
    offered,
    parts,
    async end() {
      ending.abort();
      await Promise.all(running);
      for (const close of closing.reverse()) await close();
      ledger.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

describe.each([
  ["with every gate closed", {}, false],
  ["with every gate open", ALL_OPEN, true],
] as const)("%s", (_name, raw, open) => {
  let world: World;
  beforeAll(async () => {
    world = await begin(raw);
  });
  afterAll(() => world.end());

  test("the model of an agent that runs is offered the tools of docs/tools.md, those of its servers, and no others", () => {
    const names = world.offered.map((one) => one.function.name);
    const own = names.filter((name) => !name.startsWith("mcp__")).toSorted();
    const listed = rows.map(({ name }) => name).filter((name) => !OTHER_TURNS.includes(name) && name !== "pass");
    expect(own.filter((name) => name !== "pass")).toEqual(listed.toSorted());
    for (const one of world.offered) {
      expect(one.function.description).not.toBe("");
      expect(one.function.parameters).toMatchObject({ type: "object" });
    }
  });

  test("whatever the process put together declares effects, risk, gate, source and whether it runs beside others", async () => {
    const wanted = open ? "mcp__extra__echo" : "mcp__fixed__echo";
    await expect.poll(() => world.parts.tools().map(({ name }) => name)).toContain(wanted);
    for (const tool of world.parts.tools()) {
      const { name, effects, risk, gate, source, parallel } = tool;
      expect(["none", "local", "external"], name).toContain(effects);
      expect(["safe", "risky"], name).toContain(risk);
      expect(["trusted", "outside"], name).toContain(source);
      if (gate !== undefined)
        expect(
          gates.map((one) => one.name),
          name,
        ).toContain(gate);
      if (parallel) expect(effects, name).toBe("none");
      if (name.startsWith("mcp__")) {
        expect({ name, source, gate }).toEqual({
          name,
          source: "outside",
          gate: name.startsWith("mcp__extra__") ? "dynamic-mcp-servers" : undefined,
        });
      } else
        expect(
          rows.find((row) => row.name === name),
          name,
        ).toEqual({ name, effects, risk, gate: gate ?? "", source });
    }
    // What was added while running is not even started behind a closed gate.
    expect(world.parts.tools().some(({ name }) => name.startsWith("mcp__extra__"))).toBe(open);
  });

  test("the gate of this very process decides about each gated tool, and a refusal names gate and variable", async () => {
    const states = gateStates(gateSettings(readEnv(raw).settings));
    const context = toolContext({ sources: [{ label: "owner", from: "you" }], said: ["do it"] });
    const gated = world.parts.tools().filter(({ gate }) => gate !== undefined);
    const seen = new Set(gated.map(({ gate }) => gate));
    for (const { name } of gates) if (name !== "dynamic-mcp-servers" || open) expect(seen).toContain(name);
    for (const tool of gated) {
      const decision = await world.parts.gate.decide(tool, {}, context);
      const state = states.find(({ name }) => name === tool.gate);
      if (open) expect([true, "ask"], tool.name).toContain(decision.allow);
      else
        expect(decision, tool.name).toEqual({
          allow: false,
          because: `${tool.name} needs the gate ${state?.name}, which is closed (${state?.variable} is not set); ${state?.variable}=${state?.openWhen} opens it`,
        });
    }
  });
});
