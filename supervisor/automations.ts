/** What a person wrote into automations.json: the zone, quiet hours, where jobs speak, and what they watch. */
import { existsSync, readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { z } from "zod";
import { messageOf } from "../shared/base/index.ts";
import { isTimeZone } from "../shared/schedule/index.ts";

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "write a time like 22:00");
const webAddress = z
  .string()
  .refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ""), "write a whole web address");
const repository = z.string().regex(/^[\w.-]+\/[\w.-]+$/, "write owner/name");

const topic = z.string().trim().min(2, "a topic has at least two letters").max(80);

/** What exchanges and price services call a security. */
const ticker = z.string().regex(/^[A-Z0-9][A-Z0-9.^=-]{0,14}$/, "write a ticker like MSFT or SAP.DE");
/** Where in a JSON answer a number stands: "data.0.value". */
const dotted = z.string().regex(/^[\w$-]+(?:\.[\w$-]+)*$/, "write a path like data.0.value");
const named = { name: z.string().trim().min(1).max(60), worse: z.enum(["up", "down", "both"]).default("both") };
/** A number that is looked at every day: from an address that answers JSON, a SQLite file, or a tool of an MCP server. */
const metric = z.union([
  z.strictObject({ ...named, url: webAddress, at: dotted }),
  z.strictObject({ ...named, file: z.string().min(1), sql: z.string().min(1).max(2_000) }),
  z.strictObject({
    ...named,
    server: z.string().min(1),
    tool: z.string().min(1),
    input: z.record(z.string(), z.unknown()).default({}),
    at: dotted,
  }),
]);
const call = z.strictObject({ tool: z.string().min(1), input: z.record(z.string(), z.unknown()).default({}) });
/** An MCP server that reads mail: the tool that finds, and the one that reads a mail by its id. */
const mail = z.strictObject({ server: z.string().min(1), search: call, read: call, id: z.string().min(1) });
const folder = z.string().refine(isAbsolute, "write the whole path of a folder");

/** Every field may be left out. */
const shape = {
  timeZone: z.string().refine(isTimeZone, "write a time zone like Europe/Berlin"),
  quietHours: z.object({ from: clockTime, to: clockTime }),
  digestAt: clockTime,
  messagesPerDayMax: z.number().int().min(0).max(50),
  room: z.string().min(1),
  agent: z.string().min(1),
  topics: z.array(topic).max(50),
  feeds: z.array(webAddress).max(100),
  hackerNews: z.boolean(),
  releases: z.array(repository).max(100),
  searches: z.array(topic).max(20),
  pages: z.array(webAddress).max(50),
  tickers: z.array(ticker).max(20),
  people: z.array(topic).max(20),
  metrics: z.array(metric).max(50),
  repositories: z.array(folder).max(30),
  mail,
  groups: z.array(z.string().min(1)).max(50),
  trusted: z.array(webAddress).max(20),
} as const;

export type Automations = {
  timeZone: string;
  quietHours: { from: string; to: string };
  /** When the digest goes out. */
  digestAt: string;
  /** Messages of all jobs together that one room gets a day, besides the digest and what is urgent. */
  messagesPerDayMax: number;
  /** Where jobs speak, and in whose voice when a job has none of its own. */
  room: string;
  agent: string;
  topics: readonly string[];
  feeds: readonly string[];
  hackerNews: boolean;
  /** GitHub repositories, owner/name, whose releases are news. */
  releases: readonly string[];
  /** What is asked of a search engine every morning. */
  searches: readonly string[];
  /** Pages whose changes are told. */
  pages: readonly string[];
  tickers: readonly string[];
  /** Kinds of people to look out for, one a week in turn. */
  people: readonly string[];
  metrics: readonly Metric[];
  /** Working copies that are looked through, by their folders. */
  repositories: readonly string[];
  /** Where receipts come in. */
  mail: Mail | undefined;
  /** Rooms whose messages the group digest reads. */
  groups: readonly string[];
  /** Origins in the operator's own network that jobs may fetch from. */
  trusted: readonly string[];
  /** What in the file cannot be used, each as a sentence. The rest holds. */
  problems: readonly string[];
};

export type Metric = z.infer<typeof metric>;
export type Mail = z.infer<typeof mail>;

const FALLBACK: Omit<Automations, "timeZone" | "problems"> = {
  quietHours: { from: "22:00", to: "07:30" },
  digestAt: "09:30",
  messagesPerDayMax: 6,
  room: "room:main",
  agent: "kronos",
  topics: [],
  feeds: [],
  hackerNews: false,
  releases: [],
  searches: [],
  pages: [],
  tickers: [],
  people: [],
  metrics: [],
  repositories: [],
  mail: undefined,
  groups: [],
  trusted: [],
};

/** Reads the file; what is nonsense in it becomes a problem and keeps nothing else from working. */
export function readAutomations(file: string): Automations {
  const problems: string[] = [];
  const found = fieldsOf(file, problems);
  const settings: Record<string, unknown> = { timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone, ...FALLBACK };
  for (const [name, value] of Object.entries(found)) {
    if (!Object.hasOwn(shape, name)) {
      problems.push(`${file} has "${name}", which nothing reads.`);
      continue;
    }
    settings[name] = usable(name as keyof typeof shape, value, problems) ?? settings[name];
  }
  return { ...(settings as Omit<Automations, "problems">), problems };
}

/** The value, without the entries of a list that cannot be used; undefined when nothing of it can. */
function usable(name: keyof typeof shape, value: unknown, problems: string[]): unknown {
  const parsed = shape[name].safeParse(value);
  if (parsed.success) return parsed.data;
  if (Array.isArray(value) && value.length <= LIST_MAX) {
    const kept: unknown[] = [];
    for (const entry of value) {
      const one = shape[name].safeParse([entry]);
      if (one.success) kept.push(...(one.data as unknown[]));
      else problems.push(`${name}: ${JSON.stringify(entry)} cannot be used: ${one.error.issues[0]?.message}.`);
    }
    return kept;
  }
  problems.push(`${name} cannot be used: ${parsed.error.issues[0]?.message}.`);
  return undefined;
}

const LIST_MAX = 100;

function fieldsOf(file: string, problems: string[]): Record<string, unknown> {
  if (!existsSync(file)) return {};
  try {
    const read: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof read === "object" && read !== null && !Array.isArray(read)) return read as Record<string, unknown>;
    problems.push(`${file} is not an object, like { "topics": ["SQLite"] }.`);
  } catch (error) {
    problems.push(`${file} cannot be read: ${messageOf(error)}.`);
  }
  return {};
}
