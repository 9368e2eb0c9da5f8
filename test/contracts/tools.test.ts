/** Every tool that an agent of the swarm can reach, from the lists that the process puts together: what it declares is what holds. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { toolsOf } from "../../agents/tools.ts";
import { homeAt, readEnv } from "../../shared/config/index.ts";
import { gateStates, gates } from "../../shared/security/index.ts";
import {
  colleagueTools,
  mcpTools,
  memoryTools,
  peopleTools,
  planTools,
  reminderTools,
  returnWork,
  skillTools,
} from "../../shared/tools/index.ts";
import { card, openTestLedger, standingClock } from "../doubles/ledger.ts";

const folder = mkdtempSync(join(tmpdir(), "kaos-tools-"));
const home = homeAt(join(folder, "home"));
const closing: (() => unknown)[] = [];
const { ledger, close } = await openTestLedger();
afterAll(async () => {
  for (const one of closing) await one();
  close();
  rmSync(folder, { recursive: true, force: true });
});

const clock = standingClock();
const errand = { agent: "kronos", members: [card("kronos"), card("nexus")], message: 1, depth: 0, key: "turn" };
const lifetime = {
  signal: new AbortController().signal,
  onClose: (act: () => unknown) => void closing.push(act),
};
const { env } = readEnv({});
// No tool runs here, so what it would ask is never asked.
const untouched = {} as never;
const tools = [
  ...toolsOf({ env, home, own: home.agent("kronos"), clock, lifetime, gates: () => gateStates([]) }),
  ...mcpTools(untouched),
  ...planTools({ ledger, agent: "kronos" }),
  ...colleagueTools({ ledger, clock }, errand),
  returnWork(() => {}),
  ...peopleTools({ ledger, agent: "kronos" }),
  ...reminderTools({ ledger, clock, timeZone: () => "UTC" }),
  ...skillTools(untouched),
  ...memoryTools(untouched, untouched),
].toSorted((one, other) => (one.name < other.name ? -1 : 1));

/** The page is written by this test: `npm test -- test/contracts -u` after a change. */
test("docs/tools.md has a row for every tool, with all that it declares", async () => {
  const rows = tools.map(
    ({ name, effects, risk, gate, source, description }) =>
      `| \`${name}\` | ${effects} | ${risk} | ${gate ?? ""} | ${source} | ${description} |`,
  );
  const opening = gates.map(
    ({ name, variable, openWhen, opens }) => `| ${name} | \`${variable}=${openWhen}\` | ${opens} |`,
  );
  const page = `# Tools

What an agent can do of its own; MCP servers add theirs. \`effects\`: what a call changes (nothing, something of this machine, something in the world). \`risky\` calls need a person's word, always. Safe ones with external effects need it once text of others is in the turn, unless what they use is what a person said. Results from \`outside\` are cleaned and fenced before a model reads them.

| tool | effects | risk | gate | results | what the model is told |
|---|---|---|---|---|---|
${rows.join("\n")}

## Gates

Closed until the variable is set, for every agent and on every way to it.

| gate | opened by | what becomes possible |
|---|---|---|
${opening.join("\n")}

## The sandbox

\`run-code\` and the tools that an agent writes itself run in Docker where it works (with the image of \`SANDBOX_IMAGE\`, which a person pulls), else in bubblewrap (Linux; \`apt-get install bubblewrap\`): no network, a root that cannot be written to, a private \`/tmp\`, no environment, no other processes, limits on memory, time and output, and inside it a Node process under the permission model. \`kaos sandbox check\` tries to get out, wall by wall. Where there is no sandbox, nothing runs.

## Servers

\`servers.json\` in the home names the servers that agents may look after, and what may be looked at and restarted there. Host keys must stand in \`known_hosts\` beside it. It is read at each call.

\`\`\`json
{
  "servers": {
    "web": {
      "host": "web.example.org",
      "port": 22,
      "user": "kaos",
      "key": "keys/web",
      "services": ["nginx.service"],
      "containers": ["shop"]
    }
  }
}
\`\`\`
`;
  await expect(page).toMatchFileSnapshot("../../docs/tools.md");
});

test("each tool has a file of its name, each name is taken once, and a model can be shown all", () => {
  const folder = new URL("../../shared/tools/", import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => basename(file));
  for (const { name } of tools) expect(files).toContain(`${name}.ts`);
  // No file defines a tool that no list has.
  const defining = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && readFileSync(new URL(file, folder), "utf8").includes("defineTool({"))
    .map((file) => basename(file, ".ts"));
  expect(defining.toSorted()).toEqual(tools.map(({ name }) => name));
  const names = tools.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, description, input } of tools) {
    expect(name).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
    expect(description).not.toMatch(/[|\n]/);
    expect(z.toJSONSchema(input, { io: "input" })).toMatchObject({ type: "object" });
  }
});

test.each(tools.map((tool) => [tool.name, tool] as const))("%s is declared whole, and consistently", (_name, tool) => {
  expect(["none", "local", "external"]).toContain(tool.effects);
  expect(["safe", "risky"]).toContain(tool.risk);
  expect(["trusted", "outside"]).toContain(tool.source);
  // What changes something never runs beside another call.
  if (tool.parallel) expect(tool.effects).toBe("none");
  if (tool.gate !== undefined) expect(gates.map(({ name }) => name)).toContain(tool.gate);
  // Whatever has to do with code of an agent or with servers is behind a gate.
  if (/code|own-tool|propose|server|mcp/.test(tool.name)) expect(tool.gate).toBeDefined();
});

test("putting them together opens nothing and writes nothing", () => {
  expect(existsSync(home.folder)).toBe(false);
});
