/** Puts one agent of the swarm together: its lock, persona, models, tools, gates and transports. */
import { join } from "node:path";
import { createPurse, type Money, type Persona, startAgent } from "../shared/agent/index.ts";
import { openAudit } from "../shared/audit/index.ts";
import { type Clock, type Lifetime, type Log, OperationalError, repeat, systemRandom } from "../shared/base/index.ts";
import {
  type AgentConfig,
  ConfigProblem,
  type Env,
  type Home,
  loadMcpConfig,
  loadRoster,
  mcpServersOf,
  programRoot,
  programVersion,
  type RawEnv,
  type Roster,
} from "../shared/config/index.ts";
import type { Gate, Journal, Model, ModelRequest, Tool } from "../shared/engine/index.ts";
import type { AgentCard, Ledger } from "../shared/ledger/index.ts";
import {
  createModels,
  type Models,
  type ProviderSettings,
  resolveChain,
  resolveMedia,
  type Tier,
} from "../shared/llm/index.ts";
import { createGateway } from "../shared/mcp/index.ts";
import { createModelExtractor, createShared, openMemory, storesOf } from "../shared/memory/index.ts";
import {
  createGate,
  createRedactor,
  createShield,
  createValidator,
  type GateState,
  gateStates,
  gates,
  type Shield,
  sanitize,
  visible,
} from "../shared/security/index.ts";
import { createSkills } from "../shared/skills/index.ts";
import { takeLock } from "../shared/sqlite/index.ts";
import { skillTools } from "../shared/tools/index.ts";
import { createRoom } from "../shared/transport/index.ts";
import { openTurns } from "../shared/turns/index.ts";
import { moreTransportsOf, transportSecrets } from "./more-transports.ts";
import { telegramOf, withAccount } from "./telegram.ts";
import { toolsOf } from "./tools.ts";

/** Another process of the same agent has the agent's files. */
export class AgentRunsAlready extends OperationalError {
  override readonly name = "AgentRunsAlready";
}

export type Deps = {
  name: string;
  env: Env;
  raw: RawEnv;
  home: Home;
  clock: Clock;
  log: Log;
  lifetime: Lifetime;
  /** Where permissions of people stand; an agent without it has none. */
  ledger?: Ledger;
};

/** What an agent is made of, whether it lives in the swarm or in one terminal. */
export type AgentParts = {
  config: AgentConfig;
  card: AgentCard;
  /** Every agent that has a folder, this one too. */
  members: readonly AgentCard[];
  persona: Persona;
  models: Models;
  money: Money;
  tools(): readonly Tool[];
  catalogue(): string;
  gate: Gate;
  journal: Journal;
  validate(text: string): string;
  validateDraft(text: string): string;
  sanitize(text: string, tool: string): string;
};

/**
 * Takes the agent's lock and assembles its parts; everything is closed with the lifetime.
 * Throws ConfigProblem or AgentRunsAlready with the next step.
 */
export function assembleAgent({ name, env, raw, home, clock, log, lifetime, ledger }: Deps): AgentParts {
  const { config, agents, common, warnings } = findAgent(name);
  for (const warning of warnings) log.warn("roster", { warning });
  const own = home.agent(name);
  const lock = takeLock(own.lock);
  if (lock === undefined) {
    throw new AgentRunsAlready(
      `${name} runs already in ${home.folder}. See it with \`kaos status\`, stop it with \`kaos down\`, or write to it in the room: \`kaos room "@${name} …"\`.`,
    );
  }
  lifetime.onClose(() => lock.release());

  const settings = {
    lite: chain("lite", env, raw, config),
    standard: chain("standard", env, raw, config),
    offlineWordsPerSecond: env.OFFLINE_WORDS_PER_SECOND,
  };
  const keys = [...settings.lite, ...settings.standard].flatMap(({ apiKey }) => apiKey ?? []);
  const mcp = loadMcpConfig(home.mcp, raw);
  const secrets = [...keys, ...transportSecrets(raw), ...mcp.secrets, ...ownSecrets(env, raw)];
  const redact = createRedactor({ secrets });
  const validator = createValidator({ secrets });
  const audit = openAudit({
    path: own.audit,
    agent: name,
    clock,
    redact,
    onIndexFailure: (error) => log.warn("audit not indexed", { error }),
  });
  lifetime.onClose(() => audit.close());
  const { servers, unknown } = mcpServersOf(mcp, config);
  for (const server of unknown) log.warn("unknown MCP server in agent.json", { server });
  const skills = createSkills({
    own: own.skills.folder,
    lock: own.skills.lock,
    packs: join(programRoot(), "skills"),
    listed: config.skills,
  });
  // After the lock: it ends what a former life of this agent has left running.
  const gateway = createGateway({
    servers,
    clock,
    log,
    folder: own.mcp,
    approvedFile: home.mcpApproved,
    version: programVersion(),
    redact: (text) => String(redact(text)),
    clean: visible,
  });
  lifetime.onClose(() => gateway.close());
  lifetime.run("mcp", gateway.start());
  const builtIn = toolsOf({ env, home, own, clock, lifetime });
  return {
    config,
    card: withAccount(cardOf(config), home),
    members: agents.map((agent) => withAccount(cardOf(agent), home)),
    persona: { common, identity: config.identity, voice: config.voice, duties: config.duties },
    money: {
      caps: { dayUsd: env.DAILY_LIMIT_USD, sessionUsd: env.SESSION_LIMIT_USD, agentDayUsd: 0 },
      worstUsd: (tier, request) => worstUsd(settings[tier], request),
    },
    models: createModels({ settings, clock, random: systemRandom, log, onUsage: () => {} }),
    tools: () => [...builtIn, ...skillTools(skills), ...gateway.tools()],
    catalogue: () => skills.catalogue().text,
    gate: createGate({
      states: () => gatesSet(env, raw),
      ...(ledger === undefined ? {} : { grants: ledger.grants.inForce, paused: ledger.controls.pausedBecause }),
    }),
    journal: audit,
    validate: (text) => validator.validate(text).text,
    validateDraft: (text) => validator.validateDraft(text).text,
    sanitize,
  };
}

/** Starts an agent of the swarm, or one that lives alone; when this resolves it is on the roster. */
export async function startAgentProcess(deps: Deps & { ledger: Ledger; alone?: boolean }): Promise<void> {
  const { env, clock, log, lifetime, ledger } = deps;
  const parts = assembleAgent(deps);
  const turns = await openTurns({ path: deps.home.agent(deps.name).turns, clock });
  lifetime.onClose(() => turns.close());
  const forgetting = repeat({ clock, everyMs: DAY_MS, signal: lifetime.signal }, async () => {
    await turns.forget(clock.now() - TURNS_KEPT_MS);
  });
  lifetime.run("forget turns", forgetting);
  const memory = await openMemory({
    path: deps.home.agent(deps.name).database,
    clock,
    shared: createShared(ledger.sharedFacts, { agent: deps.name }),
    ...storesOf(env, { home: deps.home, agent: deps.name }),
    // The offline model understands nothing; rules find at least what is said plainly.
    ...(env.KAOS_LITE_CHAIN.length === 0 ? {} : { extractor: createModelExtractor(extracting(deps, parts, ledger)) }),
  });
  lifetime.onClose(() => memory.close());
  const telegram = await telegramOf({ ...deps, ...parts, memory, agent: deps.name });
  const agent = await startAgent({
    ...parts,
    turns,
    memory,
    ...(env.STRANGERS === "chat" ? { shield: shieldAgainst(createShield()) } : {}),
    members: deps.alone === true ? [parts.card] : parts.members,
    ledger,
    clock,
    log,
    transports: [
      createRoom({
        post: (parcel) => ledger.outbox.post(parcel, { id: deps.name, name: deps.name }),
        catchUpMaxAgeMs: env.ROOM_CATCH_UP_MAX_AGE,
      }),
      ...(telegram === undefined ? [] : [telegram]),
      ...moreTransportsOf({ ...deps, agent: deps.name, members: parts.members }),
    ],
    settings: {
      implicitReplies: env.SWARM_IMPLICIT_REPLIES,
      pace: env.SWARM_PACE,
      relevance: env.RELEVANCE,
      strangers: env.STRANGERS,
      catchUpMaxAgeMs: env.CATCH_UP_MAX_AGE,
      budgetUsdDaily: parts.config.budgetUsdDaily,
      dissent: parts.config.dissent,
    },
  });
  const life = agent.run(lifetime.signal);
  lifetime.run("agent", life);
  // What is under way ends before the ledger closes.
  lifetime.onClose(() => life.catch(() => {}));
}

/** Every other value of the environment that opens something. */
function ownSecrets(env: Env, raw: RawEnv): string[] {
  const keys = [env.TELEGRAM_API_HASH, env.BRAVE_API_KEY, env.EXA_API_KEY, env.EMBEDDINGS_API_KEY, env.QDRANT_API_KEY];
  const proxy = env.TELEGRAM_PROXY === "" ? "" : decodeURIComponent(new URL(env.TELEGRAM_PROXY).password);
  const media = [env.KAOS_HEARING, env.KAOS_VISION, env.KAOS_VOICE].flatMap((link) => {
    const resolved = link === "" ? undefined : resolveMedia(link, raw);
    return resolved !== undefined && "settings" in resolved ? (resolved.settings.apiKey ?? []) : [];
  });
  return [...keys, proxy, ...media].filter((value) => value !== "");
}

/** The lite model for drawing facts, through the one door to paid models. */
function extracting({ name }: Deps, { models, money }: AgentParts, { spend }: Ledger): Model {
  const purse = createPurse({ agent: name, models, spend, money });
  return purse("lite", { purpose: "remember", message: null, room: "" });
}

function shieldAgainst(shield: Shield): (text: string) => string | undefined {
  return (text) => {
    const { verdict, because } = shield(text);
    return verdict === "blocked" ? because : undefined;
  };
}

const DAY_MS = 24 * 60 * 60_000;
/** So long a turn can be looked at; what it did stands in the audit log for longer. */
const TURNS_KEPT_MS = 30 * DAY_MS;

/** What a completion may cost at most, whichever provider of the chain answers: no text has more tokens than characters. */
function worstUsd(chain: readonly ProviderSettings[], { entries, tools, tokensMax }: ModelRequest): number {
  const told = JSON.stringify([entries, tools.map(({ name, description }) => [name, description])]).length;
  const schemas = tools.length * SCHEMA_CHARACTERS;
  const worst = ({ prices }: ProviderSettings) =>
    ((told + schemas) * prices.inputUsdPerM + tokensMax * prices.outputUsdPerM) / 1_000_000;
  return Math.max(0, ...chain.map(worst));
}

/** The schema of a tool's input, generously. */
const SCHEMA_CHARACTERS = 2_000;

/** Only what somebody set counts as a word on a gate: a default is none. */
function gatesSet(env: Env, raw: RawEnv): GateState[] {
  const set = gates.filter(({ variable }) => raw[variable] !== undefined);
  return gateStates(set.map(({ name, variable }) => ({ gate: name, value: env[variable], source: "the environment" })));
}

function findAgent(name: string): Roster & { config: AgentConfig } {
  const roster = loadRoster(join(programRoot(), "agents"));
  const config = roster.agents.find((agent) => agent.name === name);
  if (config !== undefined) return { ...roster, config };
  const known = roster.agents.map((agent) => agent.name).join(", ");
  throw new ConfigProblem(
    `There is no agent "${name}". Known are ${known}; a new one is a folder in agents/ with an agent.json.`,
  );
}

function cardOf({ name, role, aliases, owns, keywords, account, escalatesTo, slaMinutes }: AgentConfig): AgentCard {
  return {
    name,
    role,
    aliases,
    owns,
    keywords,
    username: account.telegramUsername?.toLowerCase() ?? null,
    accountId: account.telegramId === null ? null : String(account.telegramId),
    escalatesTo,
    slaMinutes,
  };
}

function chain(tier: Tier, env: Env, raw: RawEnv, { models }: AgentConfig) {
  const variable = tier === "lite" ? "KAOS_LITE_CHAIN" : "KAOS_STANDARD_CHAIN";
  const resolved = resolveChain(tier, env[variable], raw, models[tier]);
  if ("chain" in resolved) return resolved.chain;
  throw new ConfigProblem(`${variable}: ${resolved.problem}`);
}
