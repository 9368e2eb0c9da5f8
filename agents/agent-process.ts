/** Puts one agent of the swarm together: its lock, persona, models, tools, gates and transports. */
import { join } from "node:path";
import { type Persona, startAgent } from "../shared/agent/index.ts";
import { openAudit } from "../shared/audit/index.ts";
import { type Clock, type Lifetime, type Log, OperationalError, systemRandom } from "../shared/base/index.ts";
import {
  type AgentConfig,
  ConfigProblem,
  type Env,
  type Home,
  loadRoster,
  programRoot,
  type RawEnv,
  type Roster,
} from "../shared/config/index.ts";
import type { Gate, Journal, Tool } from "../shared/engine/index.ts";
import type { AgentCard, Ledger } from "../shared/ledger/index.ts";
import { createModels, type Models, resolveChain, type Tier } from "../shared/llm/index.ts";
import {
  createGate,
  createRedactor,
  type GateState,
  gateStates,
  gates,
  sanitize,
  validate,
  validateDraft,
} from "../shared/security/index.ts";
import { takeLock } from "../shared/sqlite/index.ts";
import { builtInTools } from "../shared/tools/index.ts";
import { createRoom } from "../shared/transport/index.ts";

/** Another process of the same agent has the agent's files. */
export class AgentRunsAlready extends OperationalError {
  override readonly name = "AgentRunsAlready";
}

export type Deps = { name: string; env: Env; raw: RawEnv; home: Home; clock: Clock; log: Log; lifetime: Lifetime };

/** What an agent is made of, whether it lives in the swarm or in one terminal. */
export type AgentParts = {
  config: AgentConfig;
  card: AgentCard;
  /** Every agent that has a folder, this one too. */
  members: readonly AgentCard[];
  persona: Persona;
  models: Models;
  tools: readonly Tool[];
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
export function assembleAgent({ name, env, raw, home, clock, log, lifetime }: Deps): AgentParts {
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
    lite: chain("lite", env, raw),
    standard: chain("standard", env, raw),
    offlineWordsPerSecond: env.OFFLINE_WORDS_PER_SECOND,
  };
  const secrets = [...settings.lite, ...settings.standard].flatMap(({ apiKey }) => apiKey ?? []);
  const audit = openAudit({ path: own.audit, agent: name, clock, redact: createRedactor({ secrets }) });
  lifetime.onClose(() => audit.close());
  return {
    config,
    card: cardOf(config),
    members: agents.map(cardOf),
    persona: { common, identity: config.identity, voice: config.voice, duties: config.duties },
    models: createModels({ settings, clock, random: systemRandom, log, onUsage: () => {} }),
    tools: builtInTools({ clock }),
    gate: createGate({ states: () => gatesSet(env, raw) }),
    journal: audit,
    validate: (text) => validate(text, { secrets }).text,
    validateDraft: (text) => validateDraft(text, { secrets }).text,
    sanitize,
  };
}

/** Starts an agent of the swarm, or one that lives alone; when this resolves it is on the roster. */
export async function startAgentProcess(deps: Deps & { ledger: Ledger; alone?: boolean }): Promise<void> {
  const { env, clock, log, lifetime, ledger } = deps;
  const parts = assembleAgent(deps);
  const agent = await startAgent({
    ...parts,
    members: deps.alone === true ? [parts.card] : parts.members,
    ledger,
    clock,
    log,
    transports: [
      createRoom({
        post: (parcel) => ledger.outbox.post(parcel, { id: deps.name, name: deps.name }),
        catchUpMaxAgeMs: env.ROOM_CATCH_UP_MAX_AGE,
      }),
    ],
    settings: {
      implicitReplies: env.SWARM_IMPLICIT_REPLIES,
      pace: env.SWARM_PACE,
      relevance: env.RELEVANCE,
      strangers: env.STRANGERS,
      catchUpMaxAgeMs: env.CATCH_UP_MAX_AGE,
    },
  });
  const life = agent.run(lifetime.signal);
  lifetime.run("agent", life);
  // What is under way ends before the ledger closes.
  lifetime.onClose(() => life.catch(() => {}));
}

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

function cardOf({ name, role, aliases, owns, keywords, account }: AgentConfig): AgentCard {
  return {
    name,
    role,
    aliases,
    owns,
    keywords,
    username: account.telegramUsername?.toLowerCase() ?? null,
    accountId: account.telegramId === null ? null : String(account.telegramId),
  };
}

function chain(tier: Tier, env: Env, raw: RawEnv) {
  const variable = tier === "lite" ? "KAOS_LITE_CHAIN" : "KAOS_STANDARD_CHAIN";
  const resolved = resolveChain(tier, env[variable], raw);
  if ("chain" in resolved) return resolved.chain;
  throw new ConfigProblem(`${variable}: ${resolved.problem}`);
}
