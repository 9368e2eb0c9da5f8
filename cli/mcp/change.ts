/** `kaos mcp add` and `remove`: a server is tried and its definitions are shown before it is kept, and they are pinned as shown. */
import { createHash } from "node:crypto";
import {
  addMcpServer,
  ConfigProblem,
  checkMcpEntry,
  dropAddedServer,
  keepAddedServer,
  loadAddedServers,
  loadMcpConfig,
  type McpEntry,
  removeMcpServer,
} from "../../shared/config/index.ts";
import { YOU } from "../../shared/ledger/index.ts";
import { approveDefinitions, forgetApproved, hashesOf, type Probed } from "../../shared/mcp/index.ts";
import { type GateName, gateSettings, gateStates, visible } from "../../shared/security/index.ts";
import type { Context } from "../context.ts";
import { CommandFailed, EXIT, WrongUsage } from "../failures.ts";
import { chooseNames, readRoster } from "../processes/choose.ts";
import { listed } from "../terminal/layout.ts";
import { probe } from "./open.ts";

export type AddOptions = {
  url?: string;
  env?: Record<string, string>;
  header?: Record<string, string>;
  cwd?: string;
  agent?: string[];
  sampling?: boolean;
  running?: boolean;
  yes?: boolean;
  expect?: string;
  json?: boolean;
};

/** Reads `name=value` options, which may be given several times. Throws WrongUsage. */
export function pairs(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new WrongUsage(`"${text}" is not name=value.`);
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Tries the server, shows it, and keeps it where that was asked for. Throws WrongUsage or CommandFailed; nothing is written then. */
export async function addServer(here: Context, name: string, words: string[], options: AddOptions): Promise<void> {
  const { running = false, yes = false, expect, json = false } = options;
  if (running && !passes(here, "mcp-management")) return;
  const agents = agentsFor(options);
  const entry = entryOf(words, options, agents);
  const { server, secrets } = checked(here, name, entry, running);
  if (server.missing.length > 0)
    throw new CommandFailed(
      `${listed(server.missing)} ${server.missing.length === 1 ? "is" : "are"} not set, and ${name} needs ${server.missing.length === 1 ? "it" : "them"}. Write ${server.missing.length === 1 ? "it" : "them"} into .env, then add it again.`,
    );
  const probed = await probe(here, server, secrets);
  const { state, tools } = probed;
  if (state.health !== "ok") throw new CommandFailed(`${name}: ${state.because}. Nothing is written.`);
  const fingerprint = fingerprintOf(tools);
  if (expect !== undefined && expect !== fingerprint)
    throw new CommandFailed(
      `The tools of ${name} are others than those that were shown. Nothing is written; look again.`,
    );
  if (yes) keep(here, name, entry, probed, running);
  if (json) {
    const shown = tools.map((tool) => ({ name: visible(tool.name), description: visible(tool.description ?? "") }));
    const { about, because } = state;
    here.print(JSON.stringify({ name, about, because, tools: shown, fingerprint, kept: yes }, undefined, 2));
    return;
  }
  for (const tool of tools)
    here.print(`${here.paint.bold(visible(tool.name))}\n  ${visible(tool.description ?? "(says nothing of itself)")}`);
  here.note(
    `${here.paint.good("✓")} ${name} ${state.because}${state.about === "" ? "" : ` (${visible(state.about)})`}.`,
  );
  if (!yes) here.note("Nothing is written. The same with --yes keeps it, with these tools and no others.");
  else here.note(nextStep(here, agents, running));
}

/** Takes a server out. Throws CommandFailed where there is none of this name. */
export function removeServer(here: Context, name: string, running: boolean): void {
  if (running && !passes(here, "mcp-management")) return;
  const gone = running ? dropAddedServer(here.home.mcpAdded, name) : removeMcpServer(here.home.mcp, name);
  if (!gone)
    throw new CommandFailed(
      running
        ? `No server "${name}" was added while running. \`${here.kaos} mcp list\` shows those there are.`
        : `${here.home.mcp} has no server "${name}". \`${here.kaos} mcp list\` shows those there are.`,
    );
  forgetApproved(here.home.mcpApproved, name);
  here.note(
    running
      ? `${here.paint.good("✓")} ${name} is removed; agents that run stop using it within seconds.`
      : `${here.paint.good("✓")} ${name} is removed. \`${here.kaos} restart\` makes it count for agents that run.`,
  );
}

/** Says which gate is closed, and what opens it; the command ends with its own code then. */
function passes({ settings, note }: Context, name: GateName): boolean {
  const gate = gateStates(gateSettings(settings)).find((one) => one.name === name);
  if (gate?.open === true) return true;
  note(
    `Not done: the gate ${name} is closed (${gate?.because ?? "nobody knows it"}); ${gate?.variable}=${gate?.openWhen} opens it.`,
  );
  process.exitCode = EXIT.blockedByGate;
  return false;
}

/** Whoever adds one for agents that run and names none means all of them. */
function agentsFor({ agent, running }: AddOptions): string[] {
  const known = readRoster().agents.map(({ name }) => name);
  if (agent === undefined) return running === true ? known : [];
  return chooseNames(agent, known);
}

function entryOf(words: readonly string[], options: AddOptions, agents: readonly string[]): McpEntry {
  const { url, env = {}, header = {}, cwd, sampling } = options;
  const [command, ...args] = words;
  const more = { ...(agents.length > 0 && { agents }), ...(sampling === true && { sampling }) };
  const has = (values: object) => Object.keys(values).length > 0;
  if (command !== undefined && url !== undefined)
    throw new WrongUsage("A server is a program or an address: give words after `--`, or --url, one of the two.");
  if (url !== undefined) {
    if (has(env) || cwd !== undefined)
      throw new WrongUsage("--env and --cwd are for a program; an address takes --header.");
    return { url, ...(has(header) && { headers: header }), ...more };
  }
  if (command === undefined)
    throw new WrongUsage("What is to be added? Give the program after `--`, as in `-- npx -y some-server`, or --url.");
  if (has(header)) throw new WrongUsage("--header is for an address; a program takes --env.");
  return { command, args, ...(has(env) && { env }), ...(cwd !== undefined && { cwd }), ...more };
}

function checked(here: Context, name: string, entry: McpEntry, running: boolean): ReturnType<typeof checkMcpEntry> {
  const known = [...loadMcpConfig(here.home.mcp, here.raw).servers, ...loadAddedServers(here.home.mcpAdded).servers];
  if (known.some((server) => server.name === name))
    throw new WrongUsage(`There is a server "${name}" already. \`${here.kaos} mcp remove ${name}\` takes it out.`);
  try {
    return checkMcpEntry(name, entry, running ? {} : here.raw);
  } catch (error) {
    throw error instanceof ConfigProblem ? new WrongUsage(error.message, { cause: error }) : error;
  }
}

function keep(here: Context, name: string, entry: McpEntry, { tools }: Probed, running: boolean): void {
  if (running) {
    keepAddedServer(here.home.mcpAdded, name, { by: YOU, at: here.clock.now(), pinned: hashesOf(tools), entry });
    return;
  }
  // The pins first: a server that is known without them would be taken as it is.
  approveDefinitions(here.home.mcpApproved, name, tools);
  addMcpServer(here.home.mcp, name, entry);
}

function nextStep(here: Context, agents: readonly string[], running: boolean): string {
  if (!running)
    return agents.length === 0
      ? `Kept in ${here.home.mcp}. Name it in "mcpServers" of an agent.json (or add it with --agent), then \`${here.kaos} restart\`.`
      : `Kept in ${here.home.mcp} for ${listed(agents)}. \`${here.kaos} restart\` makes it count for agents that run.`;
  const gate = gateStates(gateSettings(here.settings)).find((one) => one.name === "dynamic-mcp-servers");
  if (gate?.open === true) return `Kept; ${listed(agents)} ${agents.length === 1 ? "has" : "have"} it within seconds.`;
  return `Kept, and not used: the gate dynamic-mcp-servers is closed (${gate?.because ?? ""}); ${gate?.variable}=${gate?.openWhen} opens it.`;
}

function fingerprintOf(tools: Probed["tools"]): string {
  const hashes = Object.entries(hashesOf(tools)).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(hashes)).digest("hex").slice(0, 32);
}
