/** What an agent is made of: its lock, persona, models, tools, gates and audit, whether it lives in the swarm or in one terminal. */
import { join } from "node:path";
import { createPurse, type Money, type Persona } from "../shared/agent/index.ts";
import { openAudit } from "../shared/audit/index.ts";
import { type Clock, type Lifetime, type Log, OperationalError, systemRandom } from "../shared/base/index.ts";
import {
  type AgentConfig,
  ConfigProblem,
  type Env,
  type Home,
  loadMcpConfig,
  programRoot,
  programVersion,
  type RawEnv,
  type Setting,
} from "../shared/config/index.ts";
import type { Gate, Journal, Model, Tool } from "../shared/engine/index.ts";
import type { AgentCard, Ledger } from "../shared/ledger/index.ts";
import { createModels, type Models } from "../shared/llm/index.ts";
import { zoneIn } from "../shared/schedule/index.ts";
import {
  createGate,
  createRedactor,
  createShield,
  createValidator,
  gateSettings,
  gateStates,
  gatesNamedBy,
  type Shield,
  sanitize,
  sharedSecret,
} from "../shared/security/index.ts";
import { createSkills, type Skills } from "../shared/skills/index.ts";
import { type Patience, takeLock } from "../shared/sqlite/index.ts";
import { createTelemetry, type Telemetry } from "../shared/telemetry/index.ts";
import { peopleTools, planTools, reminderTools, skillTools } from "../shared/tools/index.ts";
import { chain, worstUsd } from "./chains.ts";
import { mcpOf } from "./mcp.ts";
import { transportSecrets } from "./more-transports.ts";
import { cardOf, findAgent } from "./roster.ts";
import { ownSecrets } from "./secrets.ts";
import { createStandings, keepHeads } from "./standings.ts";
import { withAccount } from "./telegram.ts";
import { toolsOf } from "./tools.ts";

/** Another process of the same agent has the agent's files. */
export class AgentRunsAlready extends OperationalError {
  override readonly name = "AgentRunsAlready";
}

export type AgentDeps = {
  name: string;
  env: Env;
  raw: RawEnv;
  settings: readonly Setting[];
  home: Home;
  clock: Clock;
  log: Log;
  lifetime: Lifetime;
  /** Where permissions of people stand; an agent without it has none. */
  ledger?: Ledger;
  /** With it the agent's stores wait out a full disk. */
  patience?: Patience;
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
  skills: Skills;
  /** Whether its standard model can judge: the offline one cannot. */
  thinks: boolean;
  catalogue(): string;
  gate: Gate;
  /** Reads what people say, and what comes from outside; made when it is first needed. */
  shield: Shield;
  journal: Journal;
  telemetry: Telemetry;
  validate(text: string, before?: readonly string[]): string;
  validateDraft(text: string, before?: readonly string[]): string;
  sanitize(text: string, tool: string): string;
};

/**
 * Takes the agent's lock and assembles its parts; everything is closed with the lifetime.
 * Throws ConfigProblem or AgentRunsAlready with the next step.
 */
export function assembleAgent({
  name,
  env,
  raw,
  settings: told,
  home,
  clock,
  log,
  lifetime,
  ledger,
}: AgentDeps): AgentParts {
  const twins = sharedSecret(raw);
  if (twins !== undefined) throw new ConfigProblem(twins);
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
  const states = gateStates([...gateSettings(told), ...gatesNamedBy(config, `agents/${name}/agent.json`)]);
  const shield = whenNeeded(createShield);
  const redact = createRedactor({ secrets });
  const validator = createValidator({ secrets });
  const audit = openAudit({
    path: own.audit,
    agent: name,
    clock,
    redact,
    keptMs: env.AUDIT_KEPT,
    keptBytesMax: env.AUDIT_KEPT_MB * 1024 * 1024,
    onRotation: () => heads?.rotated(),
    onIndexFailure: (error) => log.warn("audit not indexed", { error }),
  });
  lifetime.onClose(() => audit.close());
  const heads = ledger && keepHeads(audit, { agent: name, ledger, clock, log, lifetime });
  const skills = createSkills({
    own: own.skills.folder,
    lock: own.skills.lock,
    packs: join(programRoot(), "skills"),
    listed: config.skills,
  });
  const telemetry = createTelemetry({
    endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
    headers: env.OTEL_EXPORTER_OTLP_HEADERS,
    agent: name,
    version: programVersion(),
    onFailure: (error) => log.warn("telemetry is off", { error }),
  });
  lifetime.onClose(() => telemetry.close());
  const standings = ledger && createStandings({ agent: name, ledger, clock, log, lifetime });
  const onStanding = () => standings?.onStanding();
  const asked = createModels({ settings, clock, random: systemRandom, log, onStanding });
  standings?.follow(asked);
  const models = {
    ...asked,
    lite: telemetry.model("lite", asked.lite),
    standard: telemetry.model("standard", asked.standard),
  };
  const money: Money = {
    caps: { dayUsd: env.DAILY_LIMIT_USD, sessionUsd: env.SESSION_LIMIT_USD, agentDayUsd: 0 },
    worstUsd: (tier, request) => worstUsd(settings[tier], request),
  };
  // After the lock: it ends what a former life of this agent has left running.
  const servers = mcpOf({
    ...{ config, mcp, home, own, clock, log, lifetime },
    redact: (text) => String(redact(text)),
    gates: () => states,
    ...(ledger === undefined
      ? {}
      : { ledger, model: answersServers({ agent: name, models, money, spend: ledger.spend }) }),
  });
  const builtIn = toolsOf({ env, home, own, clock, lifetime, gates: () => states });
  const withOthers =
    ledger === undefined
      ? []
      : [
          ...planTools({ ledger, agent: name }),
          ...peopleTools({ ledger, agent: name }),
          ...reminderTools({ ledger, clock, timeZone: () => zoneIn(home.automations) }),
        ];
  return {
    config,
    card: withAccount(cardOf(config), home),
    members: agents.map((agent) => withAccount(cardOf(agent), home)),
    persona: { common, identity: config.identity, voice: config.voice, duties: config.duties },
    money,
    models,
    tools: () => [...builtIn, ...skillTools(skills), ...withOthers, ...servers.tools()],
    skills,
    thinks: settings.standard.length > 0,
    catalogue: () => skills.catalogue().text,
    gate: createGate({
      states: () => states,
      asksAlways: env.APPROVAL_ALWAYS,
      suspicious: (text) => shield(text).verdict === "blocked",
      ...(ledger === undefined ? {} : { grants: ledger.grants.inForce, paused: ledger.controls.pausedBecause }),
    }),
    shield,
    journal: telemetry.journal(audit),
    telemetry,
    validate: (text, before) => validator.validate(text, before).text,
    validateDraft: (text, before) => validator.validateDraft(text, before).text,
    sanitize,
  };
}

/** The lite model for MCP servers that may ask it, through the one door to paid models. */
function answersServers(deps: Parameters<typeof createPurse>[0]): Model {
  return createPurse(deps)("lite", { purpose: "mcp sampling", message: null, room: "" });
}

/** Reading the shield's model takes some milliseconds, which a process that reads nothing does not spend. */
function whenNeeded(make: () => Shield): Shield {
  let made: Shield | undefined;
  return (text) => {
    made ??= make();
    return made(text);
  };
}
