/** What agents did with tools, and what they ask a person: logs, calls that wait, permissions and MCP servers, for the eyes and for tests. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openAudit } from "../../shared/audit/index.ts";
import type { CallOutcome, GateDecision } from "../../shared/engine/index.ts";
import type { Approval } from "../../shared/ledger/index.ts";
import { createRedactor } from "../../shared/security/index.ts";
import { openTurns } from "../../shared/turns/index.ts";
import { toolContext } from "../doubles/tool-context.ts";
import type { TestHome } from "./home.ts";

const ALLOWED: GateDecision = { allow: true };
let calls = 0;

/** An agent asks whether a call may run. */
export function ask(
  { ledger }: Pick<TestHome, "ledger">,
  { input = {}, ...more }: Partial<Omit<Approval, "arguments">> & { input?: unknown } = {},
): Promise<Approval> {
  return ledger.approvals.ask({
    agent: "keystone",
    turn: `t${++calls}`,
    call: `c${calls}`,
    tool: "write-file",
    arguments: typeof input === "string" ? input : JSON.stringify(input),
    message: null,
    because: "write-file acts outside this machine",
    sources: [{ label: "owner", from: "you" }],
    ...more,
  });
}

export type Told = {
  tool: string;
  input?: unknown;
  /** Seconds after the one before. */
  after?: number;
  decision?: GateDecision;
  /** Undefined when its process died. */
  result?: { kind: CallOutcome["kind"]; text: string; latencyMs?: number };
  turn?: string;
  session?: string;
  /** The same call once more: it had waited for a person. */
  call?: string;
};

/** Writes an agent's log as the agent itself does. */
export async function logCalls(
  { files, clock }: Pick<TestHome, "files" | "clock">,
  agent: string,
  told: readonly Told[],
): Promise<void> {
  mkdirSync(join(files.agent(agent).folder, "logs"), { recursive: true });
  const audit = openAudit({ path: files.agent(agent).audit, agent, clock, redact: createRedactor({ secrets: [] }) });
  for (const one of told) {
    const { tool, input = {}, after = 0, decision = ALLOWED, result, turn = "t1", call = `c${++calls}`, session } = one;
    clock.tick(after * 1_000);
    const asked = { id: call, tool, arguments: typeof input === "string" ? input : JSON.stringify(input) };
    const context = toolContext({ agent, turnId: turn, callId: call, ...(session && { chat: session }) });
    await audit.intent(asked, undefined, decision, context);
    clock.tick(result?.latencyMs ?? 0);
    if (result !== undefined) await audit.outcome(asked, { latencyMs: 0, ...result }, context);
  }
  audit.close();
}

/** The turns of an agent as it keeps them itself: one that used a tool, and one that its process died in. */
export async function keepTurns(
  { files, clock }: Pick<TestHome, "files" | "clock">,
  agent: string,
  texts: { ask: string; tool: string; result: string; answer: string; because: string },
): Promise<void> {
  const { ask: text, tool, result, answer, because } = texts;
  mkdirSync(files.agent(agent).folder, { recursive: true });
  const turns = await openTurns({ path: files.agent(agent).turns, clock });
  const usage = { inputTokens: 2_140, cachedTokens: 1_800, outputTokens: 61, costUsd: 0.0021 };
  const by = "deepseek/deepseek-chat";
  for (const id of ["terminal.1", "terminal.2"]) {
    const entries = [
      { role: "system", text: "Now\n2026-11-25T14:02:00Z" },
      { role: "user", text },
    ] as const;
    const sources = [{ label: "owner", from: "you" }] as const;
    const started = await turns.start({ id, about: { thread: "terminal", text }, entries, sources });
    if (!started.started) throw new Error(started.because);
    const call = { id: "c1", tool, arguments: JSON.stringify({ expression: text }) };
    const completion = { kind: "completed", usage, by } as const;
    await started.record.keepStep(1, { steered: [], completion: { ...completion, text: "", calls: [call] } });
    await started.record.begin(1, call, "e1");
    clock.tick(2_000);
    if (id === "terminal.2") continue;
    await started.record.end(1, call, { kind: "ok", text: result, latencyMs: 2 }, true);
    const steered = [{ role: "user", text }] as const;
    await started.record.keepStep(2, { steered, completion: { ...completion, text: answer, calls: [] } });
    await turns.end(id, "answered", because);
  }
  turns.close();
}

/** Lines as a process of ours writes them, one of them an error, and one that is none of ours. */
export function writeLog(
  { files, clock }: Pick<TestHome, "files" | "clock">,
  process: string,
  told: { phrase: string; value: string },
): void {
  mkdirSync(files.logs, { recursive: true });
  const { phrase, value } = told;
  const lines = [
    { level: 30, msg: "agent arrived", epoch: 3 },
    { level: 40, msg: phrase, provider: value, restMs: 90_000 },
    { level: 50, msg: "step failed", error: { message: value, stack: `Error: ${value}\n    somewhere` } },
  ];
  const text = lines.map((line, index) =>
    JSON.stringify({ ...line, time: new Date(clock.now() - (3 - index) * 61_000).toISOString(), process }),
  );
  writeFileSync(join(files.logs, `${process}.log`), `${value}\n${text.join("\n")}\n`);
}

/** Two agents have asked their providers; one of them leaves the first alone. */
async function tellProviders({ ledger, clock }: TestHome): Promise<void> {
  const now = clock.now();
  const rested = { failures: 0, restUntil: 0, failed: null };
  const deepseek = { place: 1, provider: "deepseek", model: "deepseek-flash" };
  const because = "deepseek/deepseek-flash limits our rate (HTTP 429)";
  const failed = {
    failures: 3,
    restUntil: now + 90_000,
    failed: { at: now - 9_000, failure: "rate limited", because },
  };
  const lite = { ...rested, ...deepseek, tier: "lite" as const, answered: { at: now - 4_000, latencyMs: 412 } };
  const standard = { ...rested, ...deepseek, tier: "standard" as const, answered: null };
  const spare = {
    ...rested,
    place: 2,
    provider: "offline",
    model: "offline",
    tier: "standard" as const,
    answered: null,
  };
  await ledger.providers.report("kronos", [
    lite,
    { ...standard, answered: { at: now - 60_000, latencyMs: 2_310 } },
    spare,
  ]);
  await ledger.providers.report("nexus", [lite, { ...standard, ...failed }, spare]);
}

/** A day's worth of all of it. */
export async function work(home: TestHome): Promise<void> {
  const { ledger, clock, files } = home;
  const message = (await ledger.messages.roots(1))[0]?.seq ?? null;
  await tellProviders(home);
  clock.tick(-8_000_000);
  await logCalls(home, "nexus", [
    { tool: "calculate", input: { expression: "412 / 1030" }, result: { kind: "ok", text: "0.4", latencyMs: 2 } },
    {
      tool: "fetch-page",
      input: { url: "https://example.org/changelog", part: 2 },
      after: 700,
      turn: "t2",
      session: "room:main",
      result: { kind: "timed out", text: "timed out: fetch-page took longer than 120 seconds", latencyMs: 120_003 },
    },
    { tool: "current-time", after: 1_900, turn: "t3", result: { kind: "ok", text: "Wednesday, 14:31", latencyMs: 1 } },
  ]);
  await logCalls(home, "keystone", [
    {
      tool: "write-file",
      input: { path: "notes/backup.md", text: "# Backups\n\nRestored on Tuesday, all tables open." },
      after: 2_400,
      result: { kind: "ok", text: "written: notes/backup.md, 49 bytes", latencyMs: 14 },
    },
    {
      tool: "run-remote",
      input: { server: "web-1", command: "systemctl restart importer" },
      after: 60,
      decision: {
        allow: false,
        because:
          "run-remote needs the gate server-ops, which is closed (ENABLE_SERVER_OPS is not set); ENABLE_SERVER_OPS=true opens it",
      },
      result: { kind: "refused", text: "refused: run-remote needs the gate server-ops", latencyMs: 3 },
    },
    { tool: "read-file", input: { path: "notes/backup.md" }, after: 600, turn: "t9" },
  ]);
  clock.tick(8_000_000 - 5_660_000);
  const early = await ask(home, {
    agent: "impulse",
    tool: "send-mail",
    input: { to: "all@example.org", subject: "Hello" },
  });
  await ledger.approvals.decide(early.id, { granted: false, by: "you", said: "not to everybody" });
  await ask(home, {
    message,
    input: { path: "notes/onboarding.md", text: "Two weeks, one goal: the first report.\n\nEverything else waits." },
  });
  clock.tick(90_000);
  await ask(home, {
    agent: "nexus",
    tool: "post-form",
    message,
    input: { url: "https://example.org/survey", fields: { rating: 5 } },
    because: "post-form acts outside this machine; text from fetch-page led to it",
    sources: [
      { label: "owner", from: "you" },
      { label: "outside", from: "fetch-page" },
    ],
  });
  await ledger.grants.make({
    agent: "keystone",
    tool: "write-file",
    match: { path: "notes/*" },
    by: "you",
    expiresAt: clock.now() + 25 * 86_400_000,
  });
  await keepTurns(home, "nexus", {
    ...{ ask: "How much of the drop is the connect-a-source screen?", tool: "calculate", result: "0.61" },
    ...{ answer: "61 %: more than the other three together.", because: "" },
  });
  writeLog(home, "nexus", { phrase: "provider rests", value: "deepseek" });
  writeLog(home, "supervisor", { phrase: "job failed", value: "the disk was full" });
  configureServers(files);
  const pid = (await ledger.agents.roster()).find(({ name }) => name === "nexus")?.pid ?? 0;
  reportServers(files, "nexus", pid, [
    {
      name: "files",
      because: "answers",
      about: "secure-filesystem-server 0.2.0",
      tools: ["read_text_file", "list_directory"],
    },
    {
      name: "tracker",
      health: "broken",
      because: "it does not answer; tried again in 8 s",
      falls: 3,
      withheld: [{ tool: "close_issue", because: "changed" }],
    },
  ]);
}

/** Which agents use which of them in `work`. */
export const SERVERS = { nexus: ["files", "tracker"], lacuna: ["files"] };

export function configureServers({ folder, mcp }: TestHome["files"], servers: object = DECLARED): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(mcp, JSON.stringify({ mcpServers: servers }));
}

const DECLARED = {
  files: { command: "npx", args: ["-y", "@modelcontextprotocol/server-filesystem", "/srv/notes"] },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is how the file names a variable
  tracker: { url: "https://mcp.example.org/mcp", headers: { Authorization: "Bearer ${TRACKER_TOKEN}" } },
  old: { command: "node", args: ["server.js"], enabled: false },
};

/** What the process of an agent writes about its servers. */
export function reportServers(
  files: TestHome["files"],
  agent: string,
  owner: number,
  servers: readonly {
    name: string;
    because: string;
    health?: string;
    about?: string;
    tools?: string[];
    falls?: number;
    withheld?: object[];
  }[],
): void {
  const folder = files.agent(agent).mcp;
  mkdirSync(folder, { recursive: true });
  const filled = servers.map((server) => ({
    health: "ok",
    about: "",
    pid: process.pid,
    sinceMs: Date.now() - 3_600_000,
    falls: 0,
    tools: [],
    withheld: [],
    ...server,
  }));
  writeFileSync(join(folder, "state.json"), JSON.stringify({ owner, servers: filled }));
}
