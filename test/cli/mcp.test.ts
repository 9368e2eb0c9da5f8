/** `kaos mcp` and `kaos audit` as a person runs them, in a home that nobody else has. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openAudit } from "../../shared/audit/index.ts";
import { silentLog, systemClock } from "../../shared/base/index.ts";
import { homeAt, loadMcpConfig, programRoot } from "../../shared/config/index.ts";
import { createGateway } from "../../shared/mcp/index.ts";
import { toolContext } from "../doubles/tool-context.ts";
import { kaos, newHome } from "./kaos.ts";

const everything = {
  command: process.execPath,
  args: [createRequire(import.meta.url).resolve("@modelcontextprotocol/server-everything/dist/index.js")],
};

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
    const home = homeWith({ every: everything });
    expect((await kaos(home, ["mcp", "list"])).stdout).toContain("nobody");
    const shown = await kaos(home, ["mcp", "approve", "every"]);
    expect(shown).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Echoes back"),
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
      expect(names.filter((name) => name.startsWith("mcp__reader__"))).toEqual(["mcp__reader__read-ledger"]);
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
