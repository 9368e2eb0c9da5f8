/** `kaos mcp` and `kaos audit` as a person runs them, in a home that nobody else has. */
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { createContext } from "../../cli/context.ts";
import { mcp } from "../../cli/mcp.ts";
import { openAudit } from "../../shared/audit/index.ts";
import { silentLog, systemClock } from "../../shared/base/index.ts";
import { homeAt, loadMcpConfig, programRoot } from "../../shared/config/index.ts";
import { createGateway } from "../../shared/mcp/index.ts";
import { type NewFact, openMemory } from "../../shared/memory/index.ts";
import { MAIN_ROOM } from "../../shared/transport/index.ts";
import { toolContext } from "../doubles/tool-context.ts";
import { rude } from "../shared/mcp/parts.ts";
import { kaos, newHome, startKaos } from "./kaos.ts";

const everything = {
  command: process.execPath,
  args: [createRequire(import.meta.url).resolve("@modelcontextprotocol/server-everything/dist/index.js")],
};

/** A server of two tools, up in a moment: for what is ours to do with it, whichever it is. */
const small = rude("") as { command: string; args: string[] };

function homeWith(mcpServers: object): string {
  const home = newHome();
  writeFileSync(join(home, "mcp.json"), JSON.stringify({ mcpServers }));
  return home;
}

describe("kaos mcp", () => {
  test("check tells of each server how it is, and ends with 1 when one is broken", async () => {
    const home = homeWith({ every: everything, broken: { command: "no-such-program" } });
    const ran = await kaos(home, ["mcp", "check", "--tools"]);
    expect(ran.stdout).toMatch(/✓ every {2}offers \d+ tools/);
    expect(ran.stdout).toContain("get-sum");
    expect(ran.stdout).toMatch(/✗ broken {2}could not be started, is no-such-program installed/);
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("broken is broken.") });
    expect(await kaos(home, ["mcp", "check", "every"])).toMatchObject({ code: 0 });
    expect(await kaos(home, ["mcp", "check", "evry"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("every?"),
    });
  });

  test("list and approve work without a running agent; nothing is approved without --yes", async () => {
    const home = homeWith({ every: small });
    expect((await kaos(home, ["mcp", "list"])).stdout).toContain("no agent uses it");
    const shown = await kaos(home, ["mcp", "approve", "every"]);
    expect(shown).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Says it again."),
      stderr: expect.stringContaining("--yes"),
    });
    await kaos(home, ["mcp", "approve", "every", "--yes"]);
    expect(JSON.parse(readFileSync(homeAt(home).mcpApproved, "utf8"))).toMatchObject({
      every: { echo: expect.any(String) },
    });
  });

  test("a home without servers says how to write one", async () => {
    expect(await kaos(newHome(), ["mcp", "check"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("mcp.json"),
    });
  });

  test("serve reads by default, and asks only where that is allowed", async () => {
    const home = newHome();
    const args = (...more: string[]) => [
      join(programRoot(), "dist/cli/main.js"),
      "--home",
      home,
      "mcp",
      "serve",
      ...more,
    ];
    writeFileSync(
      join(home, "mcp.json"),
      JSON.stringify({
        mcpServers: {
          reader: { command: process.execPath, args: args() },
          asker: { command: process.execPath, args: args("--scope", "ask") },
        },
      }),
    );
    const gateway = createGateway({
      servers: loadMcpConfig(join(home, "mcp.json"), {}).servers,
      clock: systemClock,
      log: silentLog,
      folder: join(home, "client"),
      approvedFile: join(home, "none.json"),
      version: "0",
      redact: (text) => text,
      clean: (text) => text,
    });
    try {
      await gateway.start();
      const names = gateway.tools().map(({ name }) => name);
      expect(names.filter((name) => name.startsWith("mcp__reader__"))).toEqual([
        "mcp__reader__read-ledger",
        "mcp__reader__search-memory",
      ]);
      expect(names).toContain("mcp__asker__ask-swarm");
      const run = (name: string, input: object) =>
        gateway
          .tools()
          .find((tool) => tool.name === name)
          ?.run(input, toolContext());
      expect(await run("mcp__reader__read-ledger", { about: "messages" })).toEqual({ text: "Nothing was said yet." });
      await expect(run("mcp__asker__ask-swarm", { question: "Ship?" })).rejects.toThrow("Nobody is up.");
      await expect(run("mcp__asker__ask-agent", { agent: "nobody", question: "?" })).rejects.toThrow(
        'no agent "nobody"',
      );
    } finally {
      await gateway.close();
    }
  });
});

describe("kaos mcp add and remove", () => {
  const { args } = small;
  const program = "node";
  const add = (home: string, words: string[], options: Parameters<typeof kaos>[2] = {}) =>
    kaos(home, ["mcp", "add", ...words], options);

  test("a server is tried and shown; with --yes it is kept, with its tools pinned as they were shown", async () => {
    const home = newHome();
    const words = ["--agent", "nexus", "--", "every", program, ...args];
    const shown = await add(home, words);
    expect(shown).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Says it again."),
      stderr: expect.stringMatching(/every offers \d+ tools .*\nNothing is written/),
    });
    expect(existsSync(homeAt(home).mcp)).toBe(false);
    const tried = JSON.parse((await add(home, ["--json", ...words])).stdout) as { fingerprint: string; kept: boolean };
    expect(tried.kept).toBe(false);
    expect(await add(home, ["--yes", "--expect", "0".repeat(32), ...words])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("are others than those that were shown"),
    });
    expect(await add(home, ["--yes", "--expect", tried.fingerprint, ...words])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("for nexus"),
    });
    expect(JSON.parse(readFileSync(homeAt(home).mcp, "utf8"))).toEqual({
      mcpServers: { every: { command: program, args, agents: ["nexus"] } },
    });
    const approved = JSON.parse(readFileSync(homeAt(home).mcpApproved, "utf8")) as Record<string, object>;
    expect(Object.keys(approved["every"] ?? {}).toSorted()).toEqual(["act", "echo"]);
    expect((await kaos(home, ["mcp", "list"])).stdout).toMatch(/^every\n.*\n {2}nexus not running$/m);
    expect(await add(home, words)).toMatchObject({ code: 2, stderr: expect.stringContaining("already") });

    expect(await kaos(home, ["mcp", "remove", "every"])).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(homeAt(home).mcp, "utf8"))).toEqual({ mcpServers: {} });
    expect(JSON.parse(readFileSync(homeAt(home).mcpApproved, "utf8"))).toEqual({});
    expect(await kaos(home, ["mcp", "remove", "every"])).toMatchObject({ code: 1 });
  });

  test.each([
    [["files"], 2, "Give the program after `--`"],
    [["files", "--url", "https://x.example", "--", "npx"], 2, "one of the two"],
    [["Files", "--", "npx"], 2, "a name has 2 to 31 small letters"],
    [["files", "--url", "ftp://x"], 2, "must be an http or https address"],
    [["files", "--env", "nonsense", "--", "npx"], 2, "is not name=value"],
    [["files", "--header", "a=b", "--", "npx"], 2, "--header is for an address"],
    [["files", "--agent", "nexsus", "--", "npx"], 2, "Did you mean nexus?"],
    [["files", "--env", `KEY=${["$", "{NOT_SET}"].join("")}`, "--", "npx"], 1, "NOT_SET is not set"],
    [["files", "--yes", "--", "no-such-program"], 1, "could not be started, is no-such-program installed"],
    [["files", "--yes", "--url", "http://127.0.0.1:29999/mcp"], 1, "cannot be reached"],
  ])("%j is refused in a sentence, and nothing is written", async (words, code, sentence) => {
    const home = newHome();
    // In this process, because a dozen of its own would take a minute.
    const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
    const here = { ...createContext({ home }), print: () => {}, note: () => {} };
    mcp(program.command("mcp"), () => here);
    const failed = await program.parseAsync(["mcp", "add", ...words], { from: "user" }).catch((error: Error) => error);
    expect(failed).toMatchObject({
      name: code === 2 ? "WrongUsage" : "CommandFailed",
      message: expect.stringContaining(sentence),
    });
    expect(readdirSync(home)).toEqual([]);
  });

  test("while agents run: behind its gate, and kept apart from mcp.json", async () => {
    const home = newHome();
    const words = ["--running", "--yes", "--", "extra", program, ...args];
    const closed = "the gate mcp-management is closed (ENABLE_MCP_GATEWAY_MANAGEMENT is not set)";
    for (const refused of [await add(home, words), await kaos(home, ["mcp", "remove", "--running", "extra"])])
      expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining(closed) });
    expect(existsSync(homeAt(home).mcpAdded)).toBe(false);
    const env = { ENABLE_MCP_GATEWAY_MANAGEMENT: "true" };
    expect(await add(home, words, { env })).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("not used: the gate dynamic-mcp-servers is closed (ENABLE_DYNAMIC_MCP_SERVERS"),
    });
    expect(existsSync(homeAt(home).mcp)).toBe(false);
    expect((await kaos(home, ["mcp", "list"])).stdout).toContain("added while running by you");
    expect(await kaos(home, ["mcp", "remove", "--running", "extra"], { env })).toMatchObject({ code: 0 });
  });
});

test("kaos mcp ps tells of each process whose it is and what it holds; a dead agent's report counts for nothing", async () => {
  const home = newHome();
  const folder = homeAt(home).agent("nexus").mcp;
  mkdirSync(folder, { recursive: true });
  const report = (owner: number) =>
    writeFileSync(
      join(folder, "state.json"),
      JSON.stringify({
        owner,
        servers: [
          {
            name: "files",
            health: "ok",
            because: "",
            about: "",
            pid: process.pid,
            sinceMs: Date.now() - 60_000,
            falls: 1,
            starts: 3,
            tools: [],
            withheld: [],
          },
        ],
      }),
    );
  report(process.pid);
  const [row] = JSON.parse((await kaos(home, ["mcp", "ps", "--json"])).stdout) as object[];
  expect(row).toMatchObject({ server: "files", agent: "nexus", owner: process.pid, pid: process.pid, restarts: 2 });
  expect((await kaos(home, ["mcp", "ps"])).stdout).toMatch(/files +nexus +\d+ +\d+ +ok/);
  report(2 ** 22 + 1);
  expect((await kaos(home, ["mcp", "ps"])).stdout).toContain("No agent that runs has MCP servers.");
});

describe("kaos mcp serve --http", () => {
  const initialize = {
    jsonrpc: "2.0",
    id: 1,
    method: "initialize",
    params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "test", version: "1" } },
  };

  test("answers whoever has the key, and no page of a browser", async () => {
    const home = newHome();
    const child = startKaos(home, ["mcp", "serve", "--http", "--port", "0"]);
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    const url = new URL(line);
    expect(url.hostname).toBe("127.0.0.1");
    const file = homeAt(home).mcpKey;
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const key = readFileSync(file, "utf8").trim();
    const post = (headers: Record<string, string>, to = url) => status(to, headers, initialize);
    const authorization = `Bearer ${key}`;
    expect(await post({})).toBe(401);
    expect(await post({ authorization: "Bearer wrong" })).toBe(401);
    expect(await post({ authorization, origin: "https://evil.example" })).toBe(403);
    expect(await post({ authorization, host: "evil.example" })).toBe(403);
    expect(await post({ authorization }, new URL("/other", url))).toBe(404);
    expect(await post({ authorization })).toBe(200);

    writeFileSync(
      join(home, "mcp.json"),
      JSON.stringify({ mcpServers: { ours: { url: line, headers: { Authorization: authorization } } } }),
    );
    expect(await kaos(home, ["mcp", "check", "--tools"])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/✓ ours .*\n *read-ledger search-memory/),
    });
    child.kill("SIGINT");
    expect((await once(child, "exit"))[0]).toBe(0);
  });
});

/** By hand, because `fetch` lets nobody choose the host. */
function status(url: URL, headers: Record<string, string>, body: object): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    sent.on("error", reject);
    sent.end(JSON.stringify(body));
  });
}

test("search-memory tells what the room may hear, and nothing that was told in private", async () => {
  const home = newHome();
  const path = homeAt(home).agent("nexus").database;
  mkdirSync(join(path, ".."), { recursive: true });
  const memory = await openMemory({ path, clock: systemClock });
  const fact = (text: string, audience: NewFact["audience"]): NewFact => ({
    text,
    kind: "decision",
    subject: "owner",
    origin: "owner",
    audience,
    source: { thread: null, message: null, by: "owner", quote: null },
  });
  await memory.facts.keep([
    fact("The harbour opens in March.", `room:${MAIN_ROOM}`),
    fact("The harbour is insolvent, tell nobody.", "owner"),
    fact("The harbour of Ada is for sale.", "person:ada"),
    fact("The harbour was discussed elsewhere.", "room:telegram:-1001"),
  ]);
  memory.close();
  writeFileSync(
    join(home, "mcp.json"),
    JSON.stringify({
      mcpServers: {
        ours: {
          command: process.execPath,
          args: [join(programRoot(), "dist/cli/main.js"), "--home", home, "mcp", "serve"],
        },
      },
    }),
  );
  const gateway = createGateway({
    servers: loadMcpConfig(join(home, "mcp.json"), {}).servers,
    clock: systemClock,
    log: silentLog,
    folder: join(home, "client"),
    approvedFile: join(home, "none.json"),
    version: "0",
    redact: (text) => text,
    clean: (text) => text,
  });
  try {
    await gateway.start();
    const search = gateway.tools().find(({ name }) => name === "mcp__ours__search-memory");
    expect(search).toMatchObject({ effects: "none" });
    const run = (agent: string) => search?.run({ agent, question: "What about the harbour?" }, toolContext());
    expect(await run("nexus")).toEqual({ text: "- The harbour opens in March." });
    await expect(run("nobody")).rejects.toThrow('no agent "nobody"');
    await expect(run("kronos")).rejects.toThrow("remembers nothing yet");
  } finally {
    await gateway.close();
  }
});

describe("kaos audit", () => {
  test("verify names the first line that was changed, and ends with 1", async () => {
    const home = newHome();
    expect(await kaos(home, ["audit", "verify"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("has called a tool"),
    });
    const log = homeAt(home).agent("kronos").audit;
    mkdirSync(join(log, ".."), { recursive: true });
    const audit = openAudit({ path: log, agent: "kronos", clock: systemClock, redact: (value) => value });
    const call = { id: "c1", tool: "calculate", arguments: '{"expression":"1+1"}' };
    await audit.intent(call, undefined, { allow: true }, toolContext());
    await audit.outcome(call, { kind: "ok", text: "2", latencyMs: 1 }, toolContext());
    audit.close();
    expect(await kaos(home, ["audit", "verify", "kronos"])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/✓ kronos {2}2 lines/),
    });
    expect((await kaos(home, ["audit", "list", "kronos"])).stdout).toMatch(
      /calculate {2}ok: 2\n.*calculate {2}asked \{"expression":"1\+1"\}/,
    );
    writeFileSync(log, readFileSync(log, "utf8").replace("1+1", "1+2"));
    expect(await kaos(home, ["audit", "verify"])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("line 1 of tool_calls.jsonl: it was changed after it was written"),
    });
  });
});
