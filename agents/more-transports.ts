/** Discord and webhooks of an agent's process: which of them it has, and what they need. */
import type { Clock, Log } from "../shared/base/index.ts";
import { ConfigProblem, type Env, isSet, type RawEnv } from "../shared/config/index.ts";
import type { AgentCard, Ledger } from "../shared/ledger/index.ts";
import { createDiscord, createWebhook, readHooks, type Transport } from "../shared/transport/index.ts";

type Deps = {
  agent: string;
  members: readonly AgentCard[];
  env: Env;
  raw: RawEnv;
  ledger: Pick<Ledger, "messages">;
  clock: Clock;
  log: Log;
};

/** Those that are set. Throws ConfigProblem when a hook has no secret. */
export function moreTransportsOf(deps: Deps): Transport[] {
  return [...discordOf(deps), ...webhooksOf(deps)];
}

function discordOf({ agent, members, env, raw, ledger, clock, log }: Deps): Transport[] {
  if (env.DISCORD_CHANNEL === "") return [];
  const bots = Object.fromEntries(
    members.flatMap(({ name }) => {
      const token = raw[tokenVariable(name)];
      return isSet(token) ? [[name, token.trim()] as const] : [];
    }),
  );
  const token = bots[agent];
  if (token === undefined) {
    log.warn("no discord", { because: `${tokenVariable(agent)} is not set` });
    return [];
  }
  const lastHeard = async (room: string) => (await ledger.messages.latest(room, 1)).at(-1)?.messageId;
  const settings = {
    channel: env.DISCORD_CHANNEL,
    owners: env.DISCORD_OWNER_IDS,
    allowed: env.DISCORD_ALLOWED_IDS,
    catchUpMaxAgeMs: env.CATCH_UP_MAX_AGE,
  };
  return [createDiscord({ agent, token, bots, ...settings, lastHeard, clock, log })];
}

function tokenVariable(agent: string): string {
  return `DISCORD_TOKEN_${agent.toUpperCase().replaceAll("-", "_")}`;
}

function webhooksOf({ agent, env, raw, clock, log }: Deps): Transport[] {
  if (env.WEBHOOKS.length === 0) return [];
  const read = readHooks(env.WEBHOOKS, raw);
  if ("problem" in read) throw new ConfigProblem(read.problem);
  const address = { host: env.WEBHOOK_HOST, port: env.WEBHOOK_PORT };
  return [createWebhook({ agent, hooks: read.hooks, address, catchUpMaxAgeMs: env.CATCH_UP_MAX_AGE, clock, log })];
}

/** What must never leave this process in a text: tokens of bots and secrets of hooks. */
export function transportSecrets(raw: RawEnv): string[] {
  return Object.entries(raw).flatMap(([name, value]) =>
    /^(DISCORD_TOKEN_\w+|WEBHOOK_\w+_(?:SECRET|URL))$/u.test(name) && isSet(value) ? [value.trim()] : [],
  );
}
