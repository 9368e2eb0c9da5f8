/** `agent.json`: its fields, and the sentence for each that is wrong. */
import { z } from "zod";
import { cut, listed, messageOf, nearest } from "../base/index.ts";
import { ConfigProblem } from "./problem.ts";

/** A name of an agent, a capability, a job, a server or a skill: safe as a folder, a variable and a word in a chat. */
export const slugPattern = /^[a-z][a-z0-9-]{1,30}$/;

const roleCharsMax = 90;
const listItemsMax = 200;
const shownCharsMax = 60;

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
  gates: slugs.describe(
    "must be a list of the only gates that this agent may use where they are open, or [] for all that are",
  ),
  jobs: slugs.describe("must be a list of names of jobs that this agent is asked first for, or []"),
  mcpServers: slugs.describe("must be a list of names of MCP servers, or []"),
  skills: slugs.describe("must be a list of names of skills, or []"),
  dissent: z
    .enum(["allow", "require"])
    .default("allow")
    .describe('must be "allow", or "require" to have a colleague read each answer before it is sent'),
};
const agentJson = z.strictObject(fields);
export type AgentJson = z.output<typeof agentJson>;
const knownKeys: Record<string, string[]> = {
  "": Object.keys(fields),
  owns: Object.keys(owned),
  account: Object.keys(account),
  models: Object.keys(models),
};

/** Reads the text of this file. Throws a ConfigProblem with a line for each field that is wrong. */
export function parseAgent(file: string, text: string): AgentJson {
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
