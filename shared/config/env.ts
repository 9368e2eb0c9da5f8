/** The environment, read here and nowhere else: every variable with its default, checked once, at the start. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { z } from "zod";
import { OperationalError } from "../base/index.ts";
import { programRoot } from "./paths.ts";

/** A variable has a value that cannot be used. The message names it, what it may be, and where to change it. */
export class BadVariable extends OperationalError {
  override readonly name = "BadVariable";
}

const durationMs = z.string().transform((text, context) => {
  const match = /^(\d+)\s*(ms|s|m|h|d)$/.exec(text.trim());
  const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match?.[2] ?? ""];
  if (match === null || unit === undefined) {
    context.addIssue("write a number with a unit, for example 30s, 10m or 2h");
    return z.NEVER;
  }
  return Number(match[1]) * unit;
});
const yesNo = z.enum(["true", "false"]).transform((word) => word === "true");
const numericIds = z
  .string()
  .transform((text) => text.split(/[\s,]+/u).filter((word) => word !== ""))
  .refine((ids) => ids.every((id) => /^\d+$/.test(id)), "write numbers with commas between them");
const proxyAddress = z
  .string()
  .refine((text) => text === "" || /^socks5:\/\/[^\s/]+$/u.test(text), "write socks5://host:port");
const webAddress = z
  .string()
  .refine((text) => text === "" || /^https?:\/\/[^\s/]+/u.test(text), "write a whole address with https:// or http://");
const list = z.string().transform((text) => text.split(/[\s,]+/u).filter((word) => word !== ""));

/** Every variable: what it may be, what it is when unset, and one sentence for the docs. */
const variables = {
  KAOS_HOME: [z.string(), "", "Folder of this installation's data; `--home` wins over it. Default: ./data in a clone."],
  LOG_LEVEL: [
    z.enum(["debug", "info", "warn", "error", "silent"]),
    "info",
    "How much the processes write to their logs.",
  ],
  SWARM_IMPLICIT_REPLIES: [
    z.coerce.number().int().min(1).max(6),
    "2",
    "Replies that a message nobody was addressed in may get.",
  ],
  SWARM_SYNC: [z.enum(["full", "normal"]), "full", "`normal` trades the last commits before a power cut for speed."],
  SWARM_PACE: [
    z.coerce.number().min(0.01).max(10),
    "1",
    "Factor on all delays before an agent speaks; the demo uses 0.2.",
  ],
  RELEVANCE: [z.enum(["swarm", "own"]), "swarm", "One judgement for all six, or each agent its own."],
  STRANGERS: [
    z.enum(["ignore", "chat"]),
    "ignore",
    "Whether people outside the allowlist get an answer (never tools, never memory).",
  ],
  CATCH_UP_MAX_AGE: [
    durationMs,
    "10m",
    "Messages older than this when an agent comes back are marked missed, not answered.",
  ],
  ROOM_CATCH_UP_MAX_AGE: [durationMs, "24h", "The same for the local room, where nothing is lost while all are down."],
  KAOS_LITE_CHAIN: [list, "", "Providers for judging and bulk work, in order; empty: the offline model."],
  KAOS_STANDARD_CHAIN: [list, "", "Providers for answers and tools, in order; empty: the offline model."],
  OFFLINE_WORDS_PER_SECOND: [z.coerce.number().min(0), "40", "How fast the offline model writes; 0: at once."],
  DASHBOARD_HOST: [z.string(), "127.0.0.1", "Address that the control room listens on."],
  DASHBOARD_PORT: [z.coerce.number().int().min(0).max(65_535), "8789", "Port of the control room; 0 takes a free one."],
  DAILY_LIMIT_USD: [
    z.coerce.number().min(0),
    "5",
    "Dollars a day for completions of the whole swarm; one that may not fit is not asked for.",
  ],
  SESSION_LIMIT_USD: [z.coerce.number().min(0), "1", "Dollars that one room may cost in six hours."],
  TELEGRAM_API_ID: [
    z.string().regex(/^\d*$/, "write the number that my.telegram.org shows").transform(Number),
    "",
    "Your application's number from my.telegram.org; the same for all six accounts.",
  ],
  TELEGRAM_API_HASH: [z.string(), "", "Its hash, from the same page. Keep it like a password."],
  TELEGRAM_GROUP: [
    z.string(),
    "",
    "The supergroup the agents live in: its number (-100…), @name or link; empty: no Telegram.",
  ],
  TELEGRAM_OWNER_IDS: [numericIds, "", "Numeric ids of the people who own the swarm, with commas between them."],
  TELEGRAM_ALLOWED_IDS: [numericIds, "", "Numeric ids of other people who are answered; everybody else is a stranger."],
  TELEGRAM_PROXY: [proxyAddress, "", "A SOCKS5 proxy for Telegram: socks5://user:password@host:port; empty: directly."],
  BRAVE_API_KEY: [z.string(), "", "Key for Brave Search; the first of three that is set lets agents search the web."],
  EXA_API_KEY: [z.string(), "", "Key for Exa, the second."],
  SEARXNG_URL: [
    webAddress,
    "",
    "Address of a SearXNG instance, the third; it may stand in your own network, and its settings must allow `json`.",
  ],
  BROWSER_PATH: [z.string(), "", "A Chromium or Chrome for the browser tools; empty: one that is installed."],
  KAOS_HEARING: [
    z.string(),
    "",
    "Who turns voice messages into text: provider/model, such as openai/whisper-1; empty: agents say that they cannot hear.",
  ],
  KAOS_VISION: [
    z.string(),
    "",
    "Who describes photos: provider/model, such as openai/gpt-4.1-mini; empty: agents say that they cannot see.",
  ],
  KAOS_VOICE: [
    z.string(),
    "",
    "Who speaks answers that were asked for with /voice: provider/model, such as openai/gpt-4o-mini-tts; empty: they are written.",
  ],
  KAOS_VOICE_NAME: [z.string(), "alloy", "The voice it speaks with, by the provider's name for it."],
  DISCORD_CHANNEL: [
    z.string().regex(/^\d*$/, "write the channel's number, as Discord's developer mode copies it"),
    "",
    "The Discord channel the agents live in, by its number; each agent's bot has its token in DISCORD_TOKEN_<AGENT>; empty: no Discord.",
  ],
  DISCORD_OWNER_IDS: [numericIds, "", "The same as TELEGRAM_OWNER_IDS, for Discord."],
  DISCORD_ALLOWED_IDS: [numericIds, "", "The same as TELEGRAM_ALLOWED_IDS, for Discord."],
  WEBHOOKS: [
    list,
    "",
    "Names of hooks that programs post to at /hooks/<name>; each has WEBHOOK_<NAME>_SECRET, and WEBHOOK_<NAME>_URL for answers.",
  ],
  WEBHOOK_HOST: [z.string(), "127.0.0.1", "Address that hooks are heard on."],
  WEBHOOK_PORT: [z.coerce.number().int().min(1).max(65_535), "8790", "Port that hooks are heard on."],
  EMBEDDINGS_BASE_URL: [
    webAddress,
    "",
    "An OpenAI-compatible endpoint whose /embeddings give meaning to memory, such as https://api.openai.com/v1; empty: words and their parts, offline.",
  ],
  EMBEDDINGS_API_KEY: [z.string(), "", "Its key."],
  EMBEDDINGS_MODEL: [z.string(), "text-embedding-3-small", "Its model; after a change `kaos memory reindex`."],
  EMBEDDINGS_DIMENSIONS: [z.coerce.number().int().min(1).max(8_192), "1536", "How long that model's vectors are."],
  QDRANT_URL: [
    webAddress,
    "",
    "A Qdrant server for the vectors of memory, 1.15.2 or newer; `kaos memory move --to qdrant` takes them there; empty: they stand in agent.db.",
  ],
  QDRANT_API_KEY: [z.string(), "", "Its key, when it asks for one."],
  ENABLE_DYNAMIC_TOOLS: [yesNo, "false", "Gate: tools that an agent writes itself."],
  REQUIRE_DYNAMIC_TOOL_SANDBOX: [yesNo, "true", "Gate: such tools run only in a sandbox."],
  ENABLE_MCP_GATEWAY_MANAGEMENT: [yesNo, "false", "Gate: adding and removing MCP servers while running."],
  ENABLE_DYNAMIC_MCP_SERVERS: [yesNo, "false", "Gate: MCP servers that were added while running."],
  ENABLE_SERVER_OPS: [yesNo, "false", "Gate: work on servers over ssh."],
} as const satisfies Record<string, readonly [z.ZodType, string, string]>;

type Variables = typeof variables;
export type VariableName = keyof Variables;
/** Effective values of all variables. */
export type Env = { readonly [Name in VariableName]: z.output<Variables[Name][0]> };
/** Names as they are set, for parts that have variables of their own (PROVIDER_<ID>_…). */
export type RawEnv = Readonly<Record<string, string | undefined>>;

/** Values that `.env.example` ships: they count as unset. */
const PLACEHOLDER = /^(changeme|your[-_ ].*|<.*>|xxx+)$/i;

/** Reads the environment, over a `.env` file in the program's folder. Throws BadVariable at the first value that cannot be used. */
export function readEnv(from: RawEnv = process.env): { env: Env; raw: RawEnv } {
  const raw = { ...dotEnv(), ...from };
  const values = Object.entries(variables).map(([name, [schema, fallback]]) => {
    const set = raw[name];
    const text = isSet(set) ? set.trim() : fallback;
    const parsed = schema.safeParse(text);
    if (parsed.success) return [name, parsed.data];
    const why = parsed.error.issues[0]?.message ?? "it cannot be used";
    throw new BadVariable(
      `${name}="${text}" cannot be used: ${why}. Change it in .env or in the environment; the default is "${fallback}".`,
    );
  });
  return { env: Object.fromEntries(values) as Env, raw };
}

/** Whether somebody gave this variable a value: nothing and the placeholders of `.env.example` are none. */
export function isSet(value: string | undefined): value is string {
  const text = value?.trim() ?? "";
  return text !== "" && !PLACEHOLDER.test(text);
}

/** Name, default and meaning of every variable, for the docs, the doctor and Settings. */
export function describeVariables(): { name: VariableName; fallback: string; meaning: string }[] {
  return Object.entries(variables).map(([name, [, fallback, meaning]]) => ({
    name: name as VariableName,
    fallback,
    meaning,
  }));
}

/** What programs that we start inherit: enough to run, none of our secrets. */
export function childEnv(extra: RawEnv = {}): NodeJS.ProcessEnv {
  const inherited = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "TEMP", "SystemRoot", "APPDATA"];
  const kept = inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...Object.fromEntries(kept), ...extra } as NodeJS.ProcessEnv;
}

/** Sets variables of this process, for packages that read them when they are imported. */
export function extendOwnEnv(extra: Record<string, string>): void {
  Object.assign(process.env, extra);
}

/** The whole environment with additions: for our own processes alone, which need it to find their settings. */
export function ownEnv(extra: RawEnv): NodeJS.ProcessEnv {
  return { ...process.env, ...extra } as NodeJS.ProcessEnv;
}

function dotEnv(): RawEnv {
  const file = join(programRoot(), ".env");
  return existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
}
