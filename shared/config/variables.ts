/** Every variable in one list: what it may be, its default, what it is for. */
import { z } from "zod";
import {
  apiKeys,
  durationMs,
  hosts,
  list,
  numericIds,
  proxyAddress,
  serverNames,
  webAddress,
  yesNo,
} from "./values.ts";

/** Words of a gate in a policy; "open" is true for all variables but the one that requires a sandbox. */
const openIsTrue = { open: "true", closed: "false" };
const openIsFalse = { open: "false", closed: "true" };

/** Where a setting stands in `policy.yaml`; `words` are what it takes there, with what they mean to the variable. */
type Place = { at: `${string}.${string}`; words?: Readonly<Record<string, string>> };
type Row = readonly [z.ZodType, string, string, Place?];

/** Every variable: what it may be, what it is when unset, one sentence for the docs, and its place in a policy. */
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
    { at: "swarm.implicit-replies" },
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
    { at: "swarm.strangers" },
  ],
  REQUESTS_PER_MINUTE: [
    z.coerce.number().int().min(0),
    "10",
    "Messages of one person that are read in a minute, over all agents and rooms; 0: any number.",
    { at: "swarm.requests-per-minute" },
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
  DASHBOARD_NAMES: [
    serverNames,
    "",
    "Further names or addresses by which browsers reach it, such as that of a proxy, with commas between them; any other is refused.",
  ],
  DASHBOARD_PORT: [z.coerce.number().int().min(0).max(65_535), "8789", "Port of the control room; 0 takes a free one."],
  DAILY_LIMIT_USD: [
    z.coerce.number().min(0),
    "5",
    "Dollars a day (of UTC) for completions of the whole swarm; one that may not fit is not asked for.",
    { at: "budgets.day-usd" },
  ],
  SESSION_LIMIT_USD: [
    z.coerce.number().min(0),
    "1",
    "Dollars that one room may cost in six hours.",
    { at: "budgets.session-usd" },
  ],
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
  NOTION_API_KEY: [
    z.string(),
    "",
    "Secret of a Notion integration, for the jobs that read tasks and keep expenses there.",
  ],
  NOTION_TASKS_DB: [
    z.string(),
    "",
    "The Notion database whose open tasks the heartbeat watches; share it with the integration.",
  ],
  NOTION_EXPENSES_DB: [
    z.string(),
    "",
    "The Notion database that booked expenses are copied to and read from; empty: the ledger alone.",
  ],
  SANDBOX_IMAGE: [
    z.string().regex(/^[\w][\w./:@-]*$/, "write the name of an image, such as node:22-slim"),
    "node:22-slim",
    "The image that agents' own code runs in where there is Docker; it is never fetched by itself: docker pull it.",
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
  EMBEDDINGS_USD_PER_M: [
    z.coerce.number().min(0).max(1_000),
    "0.13",
    "What a million of its tokens cost, counted against the caps; 0 where they cost nothing.",
  ],
  QDRANT_URL: [
    webAddress,
    "",
    "A Qdrant server for the vectors of memory, 1.15.2 or newer; `kaos memory move --to qdrant` takes them there; empty: they stand in agent.db.",
  ],
  QDRANT_API_KEY: [z.string(), "", "Its key, when it asks for one."],
  APPROVAL_EXPIRES_AFTER: [
    durationMs,
    "1h",
    "A call that waits for a person is denied when nobody decided for so long.",
    { at: "approvals.expire-after" },
  ],
  APPROVAL_ALWAYS: [
    list,
    "",
    "Tools that ask a person every time, whoever's words led to them and whatever was granted.",
    { at: "approvals.always" },
  ],
  EGRESS_ONLY: [
    hosts,
    "",
    "The only hosts that tools and jobs reach on the web, besides the search engine that is set; `*.example.org` stands for all below it; empty: every public one.",
    { at: "egress.only" },
  ],
  MESSAGES_KEPT: [
    durationMs,
    "90d",
    "What was said and done in rooms is forgotten after this; what was spent stays counted.",
    { at: "retention.messages" },
  ],
  TURNS_KEPT: [durationMs, "30d", "The steps of a turn can be looked at for so long.", { at: "retention.turns" }],
  AUDIT_KEPT: [
    durationMs,
    "3650d",
    "A full file of an agent's audit log is deleted when its last line is older than this.",
    { at: "retention.audit" },
  ],
  AUDIT_KEPT_MB: [
    z.coerce.number().int().min(1),
    "1024",
    "The oldest full files of an agent's audit log are deleted when all together are larger than so many MiB.",
    { at: "retention.audit-mb" },
  ],
  OTEL_EXPORTER_OTLP_ENDPOINT: [
    webAddress,
    "",
    "Where turns, model calls and tool calls are reported to by OpenTelemetry (OTLP over HTTP), without their texts; empty: nowhere.",
  ],
  OTEL_EXPORTER_OTLP_HEADERS: [
    z.string(),
    "",
    "Headers that it asks for, as name=value with commas between them. Keep them like a password.",
  ],
  KAOS_API_KEYS: [
    apiKeys,
    "",
    "Keys for programs that talk to agents at /v1 or read /metrics: name:secret or name:secret:scope+scope, where a scope is an agent, `swarm` or `metrics`; empty: both are closed.",
  ],
  ENABLE_DYNAMIC_TOOLS: [
    yesNo,
    "false",
    "Gate: tools that an agent writes itself.",
    { at: "gates.dynamic-tools", words: openIsTrue },
  ],
  REQUIRE_DYNAMIC_TOOL_SANDBOX: [
    yesNo,
    "true",
    "Gate: such tools run only in a sandbox.",
    { at: "gates.dynamic-tools-unsandboxed", words: openIsFalse },
  ],
  ENABLE_MCP_GATEWAY_MANAGEMENT: [
    yesNo,
    "false",
    "Gate: adding and removing MCP servers while running.",
    { at: "gates.mcp-management", words: openIsTrue },
  ],
  ENABLE_DYNAMIC_MCP_SERVERS: [
    yesNo,
    "false",
    "Gate: MCP servers that were added while running.",
    { at: "gates.dynamic-mcp-servers", words: openIsTrue },
  ],
  ENABLE_SERVER_OPS: [yesNo, "false", "Gate: work on servers over ssh.", { at: "gates.server-ops", words: openIsTrue }],
} as const satisfies Record<string, Row>;

type Variables = typeof variables;
export type VariableName = keyof Variables;
/** Effective values of all variables. */
export type Env = { readonly [Name in VariableName]: z.output<Variables[Name][0]> };

/** The same list, for whoever goes through all of it. */
export const rows: Readonly<Record<string, Row>> = variables;

/** Name, default, meaning and place in `policy.yaml` of every variable, for the docs, the doctor and Settings. */
export function describeVariables(): { name: VariableName; fallback: string; meaning: string; policy?: Place }[] {
  return Object.entries(rows).map(([name, [, fallback, meaning, policy]]) => ({
    name: name as VariableName,
    fallback,
    meaning,
    ...(policy === undefined ? {} : { policy }),
  }));
}
