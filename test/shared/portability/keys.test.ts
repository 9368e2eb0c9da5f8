/** No key leaves in an archive, and nobody else on the machine reads one. */
import { chmodSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { list } from "tar";
import { expect, test } from "vitest";
import { withoutKeys } from "../../../shared/portability/without-keys.ts";
import { createRedactor } from "../../../shared/security/index.ts";
import { exported, live, newFolder, newPlace } from "./lived-home.ts";

const HEX = "9f86d081884c7d659a2feaa0c55ad015";
const redact = createRedactor({ secrets: [] });
const server = (entry: object) => {
  const { mcpServers } = withoutKeys({ mcpServers: { tracker: entry } }, redact) as {
    mcpServers: { tracker: Record<string, unknown> };
  };
  return mcpServers.tracker;
};
const args = (...values: string[]) => server({ command: "npx", args: values })["args"];
const variable = (name: string) => ["$", `{TRACKER_${name}}`].join("");

test("a key among the arguments becomes a variable of the server's own", () => {
  expect(args("--api-key", HEX)).toEqual(["--api-key", variable("API_KEY")]);
  expect(args("--token", "hunter2")).toEqual(["--token", variable("TOKEN")]);
  expect(args("--api-key=hunter2")).toEqual([`--api-key=${variable("API_KEY")}`]);
  expect(args("run", "-e", "PASSWORD=hunter2")).toEqual(["run", "-e", `PASSWORD=${variable("PASSWORD")}`]);
  expect(args("run", "--env=API_KEY=aGVsbG8=")).toEqual(["run", `--env=API_KEY=${variable("API_KEY")}`]);
  expect(args("--header", "X-Mine: hunter2")).toEqual(["--header", `X-Mine: ${variable("X_MINE")}`]);
  expect(args("serve", HEX)).toEqual(["serve", variable("ARGUMENT_2")]);
  expect(args("f81d4fae-7dec-11d0-a765-00a0c91e6bf6")).toEqual([variable("ARGUMENT_1")]);
  expect(args("postgresql://me:hunter2@db.example/main")).toEqual([
    `postgresql://me:${variable("PASSWORD")}@db.example/main`,
  ]);
  expect(args("--key", "first", "--key", "second", "--key", "first")).toEqual([
    ...["--key", variable("KEY"), "--key", variable("KEY_2"), "--key", variable("KEY")],
  ]);
});

test("what an address is asked with, and a part of it that is a key, become variables", () => {
  expect(server({ url: `https://mcp.example/s/${HEX}/mcp?apiKey=hunter2&page=2` })["url"]).toBe(
    `https://mcp.example/s/${variable("PATH")}/mcp?apiKey=${variable("APIKEY")}&page=2`,
  );
});

test("what holds no key stays as it is", () => {
  const entry = {
    command: "docker",
    args: [
      "-y",
      "@modelcontextprotocol/server-filesystem@2026.1.14",
      "/srv/notes/2024-11",
      "--port",
      "8080",
      "--read-only=true",
    ],
    env: { TOKEN: ["$", "{MY_TOKEN}"].join(""), LEVEL: "" },
    tools: { "get-token": { risk: "safe" } },
    startSeconds: 30,
  };
  expect(server(entry)).toEqual(entry);
  expect(server({ url: "https://mcp.example/mcp" })).toEqual({ url: "https://mcp.example/mcp" });
});

test("an archive holds no key of mcp.json, and is its owner's alone, as is every file in it", async () => {
  const from = newPlace();
  await live(from);
  writeFileSync(
    from.home.mcp,
    JSON.stringify({ mcpServers: { tracker: { command: "npx", args: ["tracker", "--api-key", HEX] } } }),
  );
  chmodSync(join(from.agentsFolder, "kronos", "VOICE.md"), 0o644);
  const file = join(newFolder(), "home.tar");
  await exported(from, file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const modes = new Set<number>();
  const pieces: Buffer[] = [];
  list({
    file,
    sync: true,
    onReadEntry(entry) {
      modes.add((entry.mode ?? 0) & 0o777);
      entry.on("data", (piece: Buffer) => void pieces.push(piece));
    },
  });
  expect([...modes]).toEqual([0o600]);
  const all = Buffer.concat(pieces).toString();
  expect(all).toContain("--api-key");
  expect(all).not.toContain(HEX);
});
