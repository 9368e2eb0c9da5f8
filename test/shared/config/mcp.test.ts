/** `mcp.json`: what it may say, and the sentence for what it may not. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ConfigProblem, loadMcpConfig, mcpServersOf } from "../../../shared/config/index.ts";

function written(content: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), "kaos-mcp-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "mcp.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

/** A reference to a variable, as a person writes it. */
const variable = (name: string) => ["$", "{", name, "}"].join("");

test("no file is no servers", () => {
  expect(loadMcpConfig("/nowhere/mcp.json", {})).toEqual({ servers: [], secrets: [] });
});

test("an entry as other programs have it works as it is; limits have defaults", () => {
  const entry = { command: "npx", args: ["-y", "some-server"], env: { MODE: "quiet" } };
  const { servers } = loadMcpConfig(written({ mcpServers: { files: entry } }), {});
  expect(servers).toEqual([
    {
      name: "files",
      agents: [],
      link: { kind: "stdio", ...entry },
      enabled: true,
      tools: {},
      sampling: false,
      startMs: 60_000,
      callMs: 120_000,
      idleMs: 900_000,
      missing: [],
    },
  ]);
});

test("variables are filled in everywhere, are secrets from then on, and are named when they are not set", () => {
  const file = written({
    mcpServers: {
      tracker: { url: "https://mcp.example.com/mcp", headers: { Authorization: `Bearer ${variable("TOKEN")}` } },
      files: { command: "server", args: [`--key=${variable("KEY")}`], env: { OTHER: variable("OTHER") } },
    },
  });
  const { servers, secrets } = loadMcpConfig(file, { TOKEN: "abc", KEY: " def " });
  expect(secrets).toEqual(["abc", "def"]);
  expect(servers).toMatchObject([
    { link: { kind: "http", headers: { Authorization: "Bearer abc" } }, missing: [] },
    { link: { args: ["--key=def"] }, missing: ["OTHER"] },
  ]);
});

test("an agent gets the servers it names and those that name it; a name that is not there is told", () => {
  const config = loadMcpConfig(
    written({
      mcpServers: { one: { command: "a" }, two: { command: "b" }, four: { command: "c", agents: ["nexus"] } },
    }),
    {},
  );
  const { servers, unknown } = mcpServersOf(config, { name: "nexus", mcpServers: ["two", "three"] });
  expect(servers.map(({ name }) => name)).toEqual(["two", "four"]);
  expect(mcpServersOf(config, { name: "kronos", mcpServers: [] }).servers).toEqual([]);
  expect(unknown).toEqual(["three"]);
});

test.each([
  ["{", /cannot be read as JSON/],
  [{ servers: {} }, /must hold \{ "mcpServers"/],
  [{ mcpServers: { "My Server": { command: "a" } } }, /mcpServers\.My Server: a name has 2 to 31 small letters/],
  [{ mcpServers: { files: { args: [] } } }, /mcpServers\.files\.command/],
  [{ mcpServers: { files: { command: "a", ["shell" as string]: true } } }, /mcpServers\.files: .*shell/],
  [{ mcpServers: { files: { command: "a", tools: { rm: { effects: "some" } } } } }, /mcpServers\.files\.tools\.rm/],
  [{ mcpServers: { files: { command: "a", callSeconds: 600 } } }, /mcpServers\.files\.callSeconds: .*120/],
  [{ mcpServers: { web: { url: "ftp://x" } } }, /web\.url must be an http or https address/],
  [{ mcpServers: { web: { url: "https://me:secret@x/mcp" } } }, /must not carry a user or a password/],
])("%o gets a sentence", (content, sentence) => {
  expect(() => loadMcpConfig(written(content), {})).toThrow(ConfigProblem);
  expect(() => loadMcpConfig(written(content), {})).toThrow(sentence);
});
