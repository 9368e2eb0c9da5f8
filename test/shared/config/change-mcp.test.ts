/** Servers are added to `mcp.json` and taken out of it without losing what stands there; what is added while running lies apart. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import {
  addMcpServer,
  checkMcpEntry,
  dropAddedServer,
  keepAddedServer,
  loadAddedServers,
  loadMcpConfig,
  removeMcpServer,
} from "../../../shared/config/index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kaos-change-mcp-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});
const file = () => join(folder, "home", "mcp.json");
const variable = (name: string) => ["$", `{${name}}`].join("");

test("an entry is kept as it was written, with its variables, beside those that were there", () => {
  addMcpServer(file(), "one", { command: "a", args: ["x"] });
  addMcpServer(file(), "two", { url: "https://example.org/mcp", headers: { Authorization: variable("TOKEN") } });
  expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual({
    mcpServers: {
      one: { command: "a", args: ["x"] },
      two: { url: "https://example.org/mcp", headers: { Authorization: variable("TOKEN") } },
    },
  });
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(() => addMcpServer(file(), "one", { command: "b" })).toThrow('has a server "one" already');
  expect(removeMcpServer(file(), "one")).toBe(true);
  expect(removeMcpServer(file(), "one")).toBe(false);
  expect(loadMcpConfig(file(), {}).servers.map(({ name }) => name)).toEqual(["two"]);
  expect(readdirSync(join(folder, "home"))).toEqual(["mcp.json"]);
});

test("a file that somebody else is writing, or that cannot be read, is left as it is", () => {
  addMcpServer(file(), "one", { command: "a" });
  writeFileSync(`${file()}.new`, "");
  expect(() => addMcpServer(file(), "two", { command: "b" })).toThrow(/no other command is changing the servers/);
  rmSync(`${file()}.new`);
  writeFileSync(file(), "{ half");
  expect(() => addMcpServer(file(), "two", { command: "b" })).toThrow(/cannot be read as JSON/);
  expect(readFileSync(file(), "utf8")).toBe("{ half");
  expect(existsSync(`${file()}.new`)).toBe(false);
});

test.each([
  ["My Server", { command: "a" }, /a name has 2 to 31 small letters/],
  ["../x", { command: "a" }, /a name has/],
  ["files", {}, /files\.command/],
  ["files", { command: "" }, /files\.command/],
  ["web", { url: "ftp://x" }, /must be an http or https address/],
  ["web", { url: "https://me:secret@x/mcp" }, /must not carry a user or a password/],
  ["files", { command: "a", ["shell" as string]: true }, /shell/],
])("%s %o is nonsense and gets a sentence", (name, entry, sentence) => {
  expect(() => checkMcpEntry(name, entry, {})).toThrow(sentence);
});

test("what is added while running is a file each; a name is taken once, and nothing of the environment gets in", () => {
  const added = join(folder, "added");
  const record = { by: "nexus", at: 1, pinned: { echo: "hash" }, entry: { command: "a", agents: ["nexus"] } };
  expect(loadAddedServers(added)).toEqual({ servers: [], problems: [] });
  keepAddedServer(added, "extra", record);
  expect(() => keepAddedServer(added, "extra", { ...record, entry: { command: "other" } })).toThrow(/added already/);
  expect(() => keepAddedServer(added, "leaky", { ...record, entry: { command: variable("API_KEY") } })).toThrow(
    /gets no variables of the environment/,
  );
  writeFileSync(join(added, "broken.json"), "{");
  const { servers, problems } = loadAddedServers(added);
  expect(servers).toMatchObject([
    { name: "extra", agents: ["nexus"], link: { command: "a" }, added: { by: "nexus", pinned: { echo: "hash" } } },
  ]);
  expect(problems).toEqual(["The server broken, which was added while running, cannot be used: it is damaged"]);
  expect(dropAddedServer(added, "../mcp")).toBe(false);
  expect(dropAddedServer(added, "extra")).toBe(true);
  expect(dropAddedServer(added, "extra")).toBe(false);
});
