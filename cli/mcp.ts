/** `kaos mcp`: the servers that agents get tools from, and the swarm as a server for other programs. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Option } from "commander";
import { silentLog } from "../shared/base/index.ts";
import { loadMcpConfig, type McpServerConfig, programVersion } from "../shared/config/index.ts";
import { approveDefinitions, type McpState, serveTools } from "../shared/mcp/index.ts";
import { visible } from "../shared/security/index.ts";
import { type Define, examples } from "./command.ts";
import type { Context } from "./context.ts";
import { CommandFailed, WrongUsage } from "./failures.ts";
import { openDoor } from "./mcp/login.ts";
import { offerTools, type Scope, scopes } from "./mcp/offer.ts";
import { chooseServers, withServers } from "./mcp/open.ts";
import { readRoster } from "./processes/choose.ts";
import { pidRuns } from "./processes/pid.ts";
import { stopSignal } from "./stop-signal.ts";
import { listed, table } from "./terminal/layout.ts";
import type { Paint } from "./terminal/paint.ts";
import { withLedger } from "./with-ledger.ts";

export const mcp: Define = (command, context) => {
  command.action(() => command.help({ error: true }));

  command
    .command("list")
    .description("The servers of mcp.json, who uses them, and how they are where they run.")
    .option("--json", "print it as JSON")
    .action(({ json }: { json?: boolean }) => {
      const here = context();
      const rows = known(here);
      if (json) here.print(JSON.stringify(rows, undefined, 2));
      else here.print(tellList(rows, here.paint));
    });

  command
    .command("check")
    .argument("[servers...]", "only these")
    .description("Start each server, list its tools, stop it. Ends with 1 when one is broken.")
    .option("--json", "print it as JSON")
    .option("--tools", "name the tools too")
    .action(async (names: string[], { json, tools }: { json?: boolean; tools?: boolean }) => {
      const here = context();
      const states = await withServers(here, chooseServers(here, names), {}, async (gateway) => gateway.states());
      if (json) here.print(JSON.stringify(states, undefined, 2));
      else for (const state of states) here.print(tellState(state, here.paint, tools === true));
      const broken = states.filter(({ health }) => health === "broken").map(({ name }) => name);
      if (broken.length > 0) throw new CommandFailed(`${listed(broken)} ${broken.length === 1 ? "is" : "are"} broken.`);
    });

  command
    .command("approve")
    .argument("<server>", "whose tools are others than they were")
    .description("Show what a server says of its tools now, and with --yes let agents use them as they are.")
    .option("--yes", "approve what is shown")
    .action(async (name: string, { yes }: { yes?: boolean }) => {
      const here = context();
      const tools = await withServers(here, chooseServers(here, [name]), {}, async (gateway) => {
        const [state] = gateway.states();
        if (state?.about === "") throw new CommandFailed(`${name} cannot be asked: ${state.because}.`);
        return gateway.definitions(name);
      });
      for (const tool of tools)
        here.print(
          `${here.paint.bold(visible(tool.name))}\n  ${visible(tool.description ?? "(says nothing of itself)")}`,
        );
      if (yes !== true) {
        here.note(`Nothing is changed. \`${here.kaos} mcp approve ${name} --yes\` approves these ${tools.length}.`);
        return;
      }
      approveDefinitions(here.home.mcpApproved, name, tools);
      here.note(`${here.paint.good("✓")} ${tools.length} tools of ${name} are approved as they are now.`);
    });

  command
    .command("login")
    .argument("<server>", "a server at an address, that wants a login")
    .description("Log in at a server's page. Each agent has a login of its own.")
    .option("--agent <name>", "for this agent; needed where several use the server")
    .action((name: string, { agent }: { agent?: string }) => logIn(context(), name, agent));

  command
    .command("serve")
    .description("Speak MCP on stdin and stdout, so that another program can read the ledger, or ask the swarm.")
    .addOption(new Option("--scope <scope>", "what the program may do").choices([...scopes]).default("read"))
    .action(({ scope }: { scope: Scope }) => serve(context(), scope));

  examples(command, [
    ["kaos mcp check", "does every server of mcp.json work?"],
    ["kaos mcp serve --scope ask", "what another program runs to talk to the swarm"],
  ]);
};

type Known = {
  name: string;
  /** The program, or the host. */
  where: string;
  enabled: boolean;
  /** Variables that are not set. */
  missing: string[];
  agents: { name: string; state: Pick<McpState, "health" | "because" | "pid" | "tools" | "withheld"> | undefined }[];
};

function known({ home, raw }: Context): Known[] {
  const { agents } = readRoster();
  return loadMcpConfig(home.mcp, raw).servers.map((server) => ({
    name: server.name,
    where: whereOf(server),
    enabled: server.enabled,
    missing: server.missing,
    agents: agents
      .filter(({ mcpServers }) => mcpServers.includes(server.name))
      .map((agent) => ({ name: agent.name, state: stateOf(home.agent(agent.name).mcp, server.name) })),
  }));
}

/** What the agent's own process last said of it; undefined when that process is gone. */
function stateOf(folder: string, server: string): McpState | undefined {
  const file = join(folder, "state.json");
  if (!existsSync(file)) return undefined;
  const { owner, servers } = JSON.parse(readFileSync(file, "utf8")) as { owner: number; servers: McpState[] };
  return pidRuns(owner) ? servers.find(({ name }) => name === server) : undefined;
}

function whereOf({ link }: McpServerConfig): string {
  if (link.kind === "stdio") return [link.command, ...link.args].join(" ").slice(0, 60);
  return URL.canParse(link.url) ? new URL(link.url).host : "an address that is not complete";
}

function tellList(rows: readonly Known[], paint: Paint): string {
  if (rows.length === 0) return "There are no MCP servers in mcp.json.";
  const head = ["server", "runs", "agents", "state"].map(paint.soft);
  const told = rows.map(({ name, where, enabled, missing, agents }) => {
    const off = enabled ? missing.map((variable) => `${variable} is not set`).join(", ") : "off";
    const states = agents.map(({ name: agent, state }) => `${agent} ${state?.health ?? "not running"}`).join(", ");
    return [paint.bold(name), where, agents.map((agent) => agent.name).join(", ") || "nobody", off || states];
  });
  const waiting = rows.flatMap(({ name, agents }) =>
    agents.some(({ state }) => state?.withheld.some(({ because }) => because === "changed" || because === "new"))
      ? [`Tools of ${name} are new or others than they were: \`kaos mcp approve ${name}\` shows them.`]
      : [],
  );
  return [table([head, ...told]), ...waiting].join("\n");
}

function tellState({ name, health, because, about, tools }: McpState, paint: Paint, withTools: boolean): string {
  const mark = { ok: paint.good("✓"), broken: paint.bad("✗"), off: paint.soft("–") }[health];
  const first = `${mark} ${paint.bold(name)}  ${because}${about === "" ? "" : paint.soft(` (${about})`)}`;
  return withTools && tools.length > 0 ? `${first}\n  ${tools.join(" ")}` : first;
}

async function logIn(here: Context, name: string, asked: string | undefined): Promise<void> {
  const [server] = chooseServers(here, [name]);
  if (server?.link.kind !== "http") throw new WrongUsage(`${name} is a program, not an address: it has no login.`);
  const users = readRoster().agents.filter(({ mcpServers }) => mcpServers.includes(name));
  const agent = asked ?? (users.length === 1 ? users[0]?.name : undefined);
  if (agent === undefined)
    throw new WrongUsage(
      users.length === 0
        ? `No agent uses ${name}. Name it in "mcpServers" of an agent.json first.`
        : `Whose login? Say --agent ${users.map((user) => user.name).join(" or ")}.`,
    );
  const door = await openDoor((page) => here.note(`Log in on this page, this command waits for it:\n  ${page}`));
  try {
    const more = {
      authorize: door.authorize,
      loginFile: (which: string) => join(here.home.agent(agent).mcp, which, "login.json"),
    };
    const patient = { ...server, startMs: 600_000 };
    const [state] = await withServers(here, [patient], more, async (gateway) => gateway.states());
    if (state?.health !== "ok")
      throw new CommandFailed(`${name} is still closed: ${state?.because ?? "no reason given"}.`);
    here.note(`${here.paint.good("✓")} ${agent} is logged in at ${name}. A running agent uses it at its next attempt.`);
  } finally {
    door.close();
  }
}

async function serve(here: Context, scope: Scope): Promise<void> {
  const { signal, release } = stopSignal();
  await withLedger(here, { create: true }, (ledger) =>
    serveTools({
      tools: offerTools({ ledger, clock: here.clock, scope, paint: here.paint }),
      version: programVersion(),
      instructions:
        "A swarm of six AI agents in one group chat. `read-ledger` tells who they are, what was said and why each answered or did not.",
      input: process.stdin,
      output: process.stdout,
      log: silentLog,
      signal,
    }),
  ).finally(release);
}
