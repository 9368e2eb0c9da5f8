/** `kaos mcp`: the servers that agents get tools from, and the swarm as a server for other programs. */
import { Option } from "commander";
import { approveDefinitions, type McpState } from "../shared/mcp/index.ts";
import { visible } from "../shared/security/index.ts";
import { type Define, examples, wholeNumber } from "./command.ts";
import { CommandFailed } from "./failures.ts";
import { type AddOptions, addServer, pairs, removeServer } from "./mcp/change.ts";
import { readKnown, tellKnown } from "./mcp/known.ts";
import { logIn } from "./mcp/login.ts";
import { scopes } from "./mcp/offer.ts";
import { chooseServers, probe, withServers } from "./mcp/open.ts";
import { readProcesses, tellProcesses } from "./mcp/processes.ts";
import { PORT, type ServeOptions, serve } from "./mcp/serve.ts";
import { listed, widthOf } from "./terminal/layout.ts";
import type { Paint } from "./terminal/paint.ts";

export const mcp: Define = (command, context) => {
  command.action(() => command.help({ error: true }));

  command
    .command("list")
    .description("The servers of mcp.json, who uses them, and how they are where they run.")
    .option("--json", "print it as JSON")
    .action(({ json }: { json?: boolean }) => {
      const here = context();
      const rows = readKnown(here);
      if (json) here.print(JSON.stringify(rows, undefined, 2));
      else here.print(tellKnown(rows, { paint: here.paint, width: widthOf(process.stdout) }));
    });

  command
    .command("ps")
    .description(
      "The processes of servers: whose they are, since when, what they hold in memory, how often they were started.",
    )
    .option("--json", "print it as JSON")
    .action(({ json }: { json?: boolean }) => {
      const here = context();
      const rows = readProcesses(here);
      here.print(json ? JSON.stringify(rows, undefined, 2) : tellProcesses(rows, here));
    });

  command
    .command("add")
    .argument("<name>", "how it will be called: small letters, digits and hyphens")
    .argument("[command...]", "the program with its arguments, after `--`")
    .option("--url <address>", "instead of a program: a server over streamable HTTP")
    .option(
      "--env <name=value...>",
      "a variable for the program; a value may name one of ours, as values of mcp.json do",
      pairs,
    )
    .option(
      "--header <name=value...>",
      "a header for the address; a value may name a variable, as values of mcp.json do",
      pairs,
    )
    .option("--cwd <folder>", "where the program runs")
    .option("--agent <names...>", "for these agents, beside those whose agent.json names it")
    .option("--sampling", "let it ask our model, at our cost")
    .option("--running", "for agents that run, at once and until it is removed; two gates must be open")
    .option("--yes", "keep it, with its tools as they are shown")
    .option("--expect <fingerprint>", "keep it only if its tools are those that were shown before")
    .option("--json", "print what was found as JSON")
    .description(
      "Try a server, show what it says of its tools, and with --yes keep it in mcp.json with these tools pinned.",
    )
    .action((name: string, words: string[], options: AddOptions) => addServer(context(), name, words, options));

  command
    .command("remove")
    .argument("<server>", "which")
    .option("--running", "one that was added with --running or by an agent; a gate must be open")
    .description("Take a server out of mcp.json, and forget which tools of it were approved.")
    .action((name: string, { running }: { running?: boolean }) => removeServer(context(), name, running === true));

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
      const [server] = chooseServers(here, [name]);
      if (server === undefined) return;
      const { state, tools } = await probe(here, server);
      if (state.health !== "ok") throw new CommandFailed(`${name} cannot be asked: ${state.because}.`);
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
    .option("--http", "over streamable HTTP on loopback instead, for whoever has the key")
    .option("--port <port>", "with --http; 0 takes a free one", wholeNumber(0, 65_535), PORT)
    .action((options: ServeOptions) => serve(context(), options));

  examples(command, [
    ["kaos mcp add files -- npx -y @modelcontextprotocol/server-filesystem /srv/notes", "try a program"],
    ["kaos mcp add tracker --url https://mcp.example.org/mcp --agent nexus --yes", "keep an address, for nexus"],
    ["kaos mcp check", "does every server of mcp.json work?"],
    ["kaos mcp serve --scope ask", "what another program runs to talk to the swarm"],
    ["kaos mcp serve --http", "the same on loopback, for whoever has the key"],
  ]);
};

function tellState({ name, health, because, about, tools }: McpState, paint: Paint, withTools: boolean): string {
  const mark = { ok: paint.good("✓"), broken: paint.bad("✗"), off: paint.soft("–") }[health];
  const first = `${mark} ${paint.bold(name)}  ${because}${about === "" ? "" : paint.soft(` (${about})`)}`;
  return withTools && tools.length > 0 ? `${first}\n  ${tools.join(" ")}` : first;
}
