/**
 * Reads who the agents are, and checks all of it before anything starts: `agents/<name>/agent.json`, the persona files beside it
 * (`IDENTITY.md`, `VOICE.md`, `DUTIES.md`) and `agents/COMMON.md`, the rules that all of them share.
 *
 * Words (`keywords` by language, `owns[].words`) are matched by `wordsFound`: "ux" is that word alone, "приоритет*" takes any ending,
 * "next step*" is a phrase.
 *
 * `VOICE.md` ends with a section `## Lines`: examples of the voice, which the offline model also answers with. One list item a line:
 *
 *     - <lang> <tag>, <tag>: <text>          /^- (en|ru|de) ([^:]+): (.+)$/
 *     - en priorit*, first: Two goals are no goal. Which one may fail?
 *
 * `lang` is the language of the text. A tag is one of the agent's own keywords, or `any` (fits whatever was said), `second` (a colleague
 * has answered already; this adds another angle) or `hello` (a greeting).
 */

import { basename, join, resolve } from "node:path";
import { listed } from "../base/index.ts";
import { type AgentJson, parseAgent } from "./agent-json.ts";
import { agentFolders, readText } from "./persona-files.ts";
import { ConfigProblem } from "./problem.ts";
import { fold } from "./words.ts";

/** One agent as its folder describes it. */
export interface AgentConfig extends Omit<AgentJson, "keywords"> {
  /** Lower case, its name among them. */
  readonly aliases: string[];
  /** The words of all languages, those of the subjects it owns among them, also where a subject is nobody's. */
  readonly keywords: readonly string[];
  /** The text of IDENTITY.md, VOICE.md and DUTIES.md, without surrounding white space. */
  readonly identity: string;
  readonly voice: string;
  readonly duties: string;
  readonly folder: string;
}

/** All agents, sorted by name, what they share, and what a person should know about them that stops nobody. */
export interface Roster {
  readonly agents: readonly AgentConfig[];
  /** The text of `COMMON.md`, which stands before each persona. */
  readonly common: string;
  /** Sentences for a person. */
  readonly warnings: readonly string[];
}

/**
 * Reads every folder of `agentsFolder` that has an `agent.json`. A subject with two owners is a warning and belongs to nobody.
 * Throws ConfigProblem when a file is unusable, when two agents answer to one alias or account, or when cover is not there.
 */
export function loadRoster(agentsFolder: string): Roster {
  const found = agentFolders(agentsFolder).map(loadAgent);
  if (found.length === 0)
    throw new ConfigProblem(
      `${agentsFolder} has no agent. Add a folder with an agent.json, or point to the folder that holds them.`,
    );
  for (const agent of found) refuseMissingCover(agent, found);
  refuseShared("alias", found, (agent) => agent.aliases.map(fold));
  refuseShared("Telegram username", found, ({ account: { telegramUsername } }) =>
    telegramUsername ? [telegramUsername.toLowerCase()] : [],
  );
  refuseShared("Telegram id", found, ({ account: { telegramId } }) => (telegramId ? [String(telegramId)] : []));

  const contested = sharedBy(found, (agent) => agent.owns.map(({ subject }) => fold(subject)));
  return {
    agents: found.map((agent) => ({
      ...agent,
      owns: agent.owns.filter(({ subject }) => !contested.has(fold(subject))),
    })),
    common: readText(
      join(agentsFolder, "COMMON.md"),
      "Write the rules that all agents share there: they stand before each persona.",
    ).trim(),
    warnings: [...contested].map(
      ([subject, owners]) =>
        `The subject "${subject}" is owned by ${listed(owners)}, so nobody owns it. Leave it in one agent.json.`,
    ),
  };
}

/** Reads one agent's folder. Throws ConfigProblem; whether its cover exists and its aliases are free, only `loadRoster` can tell. */
export function loadAgent(folder: string): AgentConfig {
  const file = join(folder, "agent.json");
  const config = parseAgent(
    file,
    readText(file, "Write at least its name and role there; the agent.json of another agent shows the shape."),
  );
  const folderName = basename(resolve(folder));
  if (config.name !== folderName)
    throw new ConfigProblem(
      `${file}: "name" is "${config.name}", but its folder is "${folderName}". Rename one of them.`,
    );
  const persona = (name: string, says: string) =>
    readText(join(folder, name), `Write there ${says}; the same file of another agent shows the shape.`).trim();
  return {
    ...config,
    aliases: [...new Set([config.name, ...config.aliases].map((alias) => alias.normalize("NFC").toLowerCase()))],
    keywords: [
      ...new Set([...Object.values(config.keywords).flat(), ...config.owns.flatMap((subject) => subject.words)]),
    ],
    identity: persona("IDENTITY.md", "who this agent is"),
    voice: persona("VOICE.md", "how this agent sounds"),
    duties: persona("DUTIES.md", "what this agent watches for"),
    folder,
  };
}

function refuseMissingCover({ name, folder, escalatesTo }: AgentConfig, all: readonly AgentConfig[]): void {
  if (escalatesTo === null) return;
  const place = `${join(folder, "agent.json")}: "escalatesTo" is`;
  const others = all.map((agent) => agent.name).filter((other) => other !== name);
  if (escalatesTo === name) throw new ConfigProblem(`${place} the agent itself. Name a colleague, or write null.`);
  if (others.includes(escalatesTo)) return;
  const advice = others.length === 0 ? "Write null" : `Write null or one of ${listed(others)}`;
  throw new ConfigProblem(`${place} "${escalatesTo}", but there is no such agent. ${advice}.`);
}

function refuseShared(
  what: string,
  agents: readonly AgentConfig[],
  keysOf: (agent: AgentConfig) => readonly string[],
): void {
  const [first] = sharedBy(agents, keysOf);
  if (!first) return;
  const [key, holders] = first;
  const files = holders
    .map((name) => agents.find((agent) => agent.name === name)?.folder ?? name)
    .map((folder) => join(folder, "agent.json"));
  throw new ConfigProblem(
    `The ${what} "${key}" belongs to ${listed(holders)}. Leave it in one agent.json: ${files.join(" or ")}.`,
  );
}

function sharedBy(
  agents: readonly AgentConfig[],
  keysOf: (agent: AgentConfig) => readonly string[],
): Map<string, string[]> {
  const holders = new Map<string, string[]>();
  for (const agent of agents)
    for (const key of new Set(keysOf(agent))) holders.set(key, [...(holders.get(key) ?? []), agent.name]);
  return new Map([...holders].filter(([, names]) => names.length > 1));
}
