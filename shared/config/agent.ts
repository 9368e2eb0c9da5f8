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
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { cut, messageOf, OperationalError } from "../base/index.ts";

// A persona file is part of every prompt, so it stays short.
const personaFileBytesMax = 16 * 1024;

// A name of an agent, a capability, a job, a server or a skill: safe as a folder, a variable and a word in a chat.
const slugPattern = /^[a-z][a-z0-9-]{1,30}$/;

const roleCharsMax = 90;
const listItemsMax = 200;
const shownCharsMax = 60;

/** Something a person wrote in `agents/` cannot be used. The message names the file, the field and what to do next. */
export class ConfigProblem extends OperationalError {
  override readonly name = "ConfigProblem";
}

const slugs = z.array(z.string().regex(slugPattern)).max(listItemsMax).default([]);
const words = z.array(z.string().regex(/^[\p{L}\p{N}][\p{L}\p{M}\p{N}'’/ -]*\*?$/u)).max(listItemsMax);
const account = {
  telegramUsername: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{3,31}$/)
    .nullable()
    .default(null),
  telegramId: z.int().positive().nullable().default(null),
};
const models = {
  lite: z.string().min(1).nullable().default(null),
  standard: z.string().min(1).nullable().default(null),
};
const owned = { subject: z.string().min(1).max(40), words: words.min(1) };

// The description of a field is the second half of the sentence a person reads when the field is wrong.
const fields = {
  name: z
    .string()
    .regex(slugPattern)
    .describe('must be 2 to 31 small letters, digits or hyphens and begin with a letter, such as "kronos"'),
  role: z
    .string()
    .regex(/^\S.*$/)
    .max(roleCharsMax)
    .describe(`must be one line of at most ${roleCharsMax} characters that says what this agent is for`),
  aliases: z
    .array(z.string().regex(/^[\p{L}\p{N}][\p{L}\p{M}\p{N}_-]*$/u))
    .max(listItemsMax)
    .default([])
    .describe('must be a list of single words by which people call this agent, such as ["kronos", "кронос"]'),
  owns: z
    .array(z.strictObject(owned))
    .max(listItemsMax)
    .default([])
    .describe(
      'must be a list of subjects with their words, such as [{ "subject": "bugs", "words": ["bug", "bugs", "crash*"] }]',
    ),
  keywords: z
    .record(z.string().regex(/^[a-z]{2,3}$/), words)
    .default({})
    .describe('must be lists of words by language, such as { "en": ["bug", "crash*"], "ru": ["ошибк*"] }'),
  escalatesTo: z
    .string()
    .nullable()
    .default(null)
    .describe("must be the name of the colleague who takes over what this agent owns and misses, or null"),
  slaMinutes: z
    .int()
    .min(1)
    .max(24 * 60)
    .default(15)
    .describe("must be a whole number of minutes from 1 to 1440, such as 15"),
  account: z
    .strictObject(account)
    .prefault({})
    .describe(
      'must be { "telegramUsername": the name without @ or null, "telegramId": the number of the account or null }',
    ),
  models: z
    .strictObject(models)
    .prefault({})
    .describe('must be { "lite": a model or null, "standard": a model or null }'),
  budgetUsdDaily: z
    .number()
    .min(0)
    .default(0)
    .describe("must be dollars a day, such as 1.5, or 0 for no budget of its own"),
  gates: slugs.describe("must be a list of names of capabilities that this agent may use where they are open, or []"),
  jobs: slugs.describe("must be a list of names of jobs, or []"),
  mcpServers: slugs.describe("must be a list of names of MCP servers, or []"),
  skills: slugs.describe("must be a list of names of skills, or []"),
  dissent: z
    .enum(["allow", "require"])
    .default("allow")
    .describe('must be "allow", or "require" to have a colleague read each answer before it is sent'),
};
const agentJson = z.strictObject(fields);
type AgentJson = z.output<typeof agentJson>;
const knownKeys: Record<string, string[]> = {
  "": Object.keys(fields),
  owns: Object.keys(owned),
  account: Object.keys(account),
  models: Object.keys(models),
};

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

/** Those of `candidates` that occur in `text`: whole words in any script, case ignored; a final `*` takes any ending. */
export function wordsFound(text: string, candidates: readonly string[]): string[] {
  const said = ` ${spaced(text)} `;
  return candidates.filter((word) => said.includes(word.endsWith("*") ? ` ${spaced(word)}` : ` ${spaced(word)} `));
}

function spaced(text: string): string {
  return fold(text)
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, " ")
    .trim();
}

// Russian writes ё as е at will.
function fold(text: string): string {
  return text.normalize("NFC").toLowerCase().replaceAll("ё", "е");
}

function agentFolders(agentsFolder: string): string[] {
  return readFolder(agentsFolder).flatMap((entry) => {
    const path = join(agentsFolder, entry.name);
    if (entry.isSymbolicLink()) throw new ConfigProblem(`${path} is a symbolic link. Put the folder itself there.`);
    if (!entry.isDirectory()) return [];
    const files = readFolder(path).map(({ name }) => name);
    // A misspelt agent.json must not make an agent vanish without a word.
    if (files.includes("IDENTITY.md") && !files.includes("agent.json"))
      throw new ConfigProblem(`${path} has an IDENTITY.md but no agent.json. Add it, or remove the folder.`);
    return files.includes("agent.json") ? [path] : [];
  });
}

function readFolder(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    throw new ConfigProblem(
      `${path} cannot be read as a folder. Check that it exists and that this user may read it.`,
      { cause },
    );
  }
}

function readText(file: string, toWrite: string): string {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  const refuse = (because: string, cause?: unknown) => new ConfigProblem(`${file} ${because}`, { cause });
  if (!stat) throw refuse(`is missing. ${toWrite}`);
  if (stat.isSymbolicLink())
    throw refuse("is a symbolic link. Put the file itself there, so that what is reviewed is what is read.");
  if (!stat.isFile()) throw refuse(`is not a file. ${toWrite}`);
  if (stat.size > personaFileBytesMax)
    throw refuse(`has ${stat.size} bytes, but at most ${personaFileBytesMax} are read. Shorten it.`);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
    if (text.trim() !== "") return text;
  } catch (cause) {
    throw refuse(
      cause instanceof TypeError
        ? "is not UTF-8 text. Save it as UTF-8."
        : "cannot be read. Check that this user may read it.",
      cause,
    );
  }
  throw refuse(`is empty. ${toWrite}`);
}

function parseAgent(file: string, text: string): AgentJson {
  const raw = parseJson(file, text);
  const parsed = agentJson.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new ConfigProblem(parsed.error.issues.map((issue) => `${file}${sentence(issue, raw)}`).join("\n"));
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const where = `it breaks in line ${brokenLine(text, messageOf(cause))}`;
    const advice = "Look there and one line above for a comma, quote or bracket too many or too few.";
    throw new ConfigProblem(`${file} is not valid JSON: ${where}. ${advice}`, { cause });
  }
}

// V8 tells the line of most errors, but not of an unexpected token: that one is in the first line at which reading so far meets one.
function brokenLine(text: string, because: string): number {
  const told = /\(line (\d+) column/.exec(because)?.[1];
  if (told) return Number(told);
  const lines = text.split("\n");
  const at = lines.findIndex((_, index) => meetsToken(`${lines.slice(0, index + 1).join("\n")}\n`));
  return at === -1 ? lines.length : at + 1;
}

function meetsToken(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return false;
  } catch (thrown) {
    return messageOf(thrown).startsWith("Unexpected token");
  }
}

function sentence(issue: z.core.$ZodIssue, raw: unknown): string {
  const field = String(issue.path[0] ?? "");
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    const known = knownKeys[field] ?? [];
    const near = nearest(key, known);
    return `: "${placeOf([...issue.path, key])}" is not a known field. ${near ? `Did you mean "${near}"?` : `Remove it; known are ${listed(known)}.`}`;
  }
  if (!(field in fields)) return ' must hold one object: { "name": …, "role": …, … }.';
  const value = issue.path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    raw,
  );
  const is = value === undefined ? "missing" : cut(JSON.stringify(value), shownCharsMax);
  const rule = fields[field as keyof typeof fields].description;
  return `: "${placeOf(issue.path)}" is ${is}. ${issue.path.length === 1 ? "It" : `"${field}"`} ${rule}.`;
}

function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${String(key)}`))
    .join("");
}

function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((key) => ({ key, edits: edits(word.toLowerCase(), key.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  return best && best.edits <= Math.max(2, word.length / 3) ? best.key : undefined;
}

// Levenshtein's distance, row by row.
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const letter of from) {
    const above = row;
    row = [(above[0] ?? 0) + 1];
    for (const [at, other] of [...to].entries())
      row.push(Math.min((above[at] ?? 0) + Number(letter !== other), (above[at + 1] ?? 0) + 1, (row[at] ?? 0) + 1));
  }
  return row.at(-1) ?? 0;
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

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
