/** The Telegram account of an agent's process: whether it has one, and what it needs. */
import {
  type ChatDeps,
  createChat,
  createCommands,
  createPurse,
  createRemembering,
  type Money,
} from "../shared/agent/index.ts";
import type { Lifetime, Log } from "../shared/base/index.ts";
import type { Env, Home, RawEnv } from "../shared/config/index.ts";
import { defaultLimits, type Model, type Source, type Tool } from "../shared/engine/index.ts";
import type { AgentCard, Ledger } from "../shared/ledger/index.ts";
import type { Memory } from "../shared/memory/index.ts";
import type { Desks } from "../shared/skills/index.ts";
import type { Patience } from "../shared/sqlite/index.ts";
import { createTelegram, readAccount, readSession, type TelegramTransport } from "../shared/transport/index.ts";
import type { Turns } from "../shared/turns/index.ts";
import { type Letter, openLetters } from "./letters.ts";
import { conversationMemory } from "./memory.ts";
import { createPrivateChat } from "./private-chat.ts";
import { createSenses } from "./senses.ts";

/** What an agent is made of, as far as a private chat needs it. */
type Parts = Pick<
  ChatDeps,
  | "agent"
  | "persona"
  | "catalogue"
  | "gate"
  | "journal"
  | "telemetry"
  | "validate"
  | "validateDraft"
  | "sanitize"
  | "clock"
> & { tools(): readonly Tool[]; models: { lite: Model; standard: Model }; money: Money; memory: Memory; turns?: Turns };

type Deps = Parts & {
  /** The cards of all agents, with their accounts. */
  members: readonly AgentCard[];
  /** What agents propose to change in their skills, for an owner who decides in a private chat. */
  proposals?: Desks;
  env: Env;
  raw: RawEnv;
  home: Home;
  ledger: Ledger;
  log: Log;
  lifetime: Lifetime;
  patience?: Patience;
};

/** The transport, when a group is set and this agent is logged in; undefined otherwise, and the log says what is missing. */
export async function telegramOf(deps: Deps): Promise<TelegramTransport | undefined> {
  const { agent, members, env, home, ledger, clock, log, lifetime } = deps;
  const paths = home.agent(agent).telegram;
  const missing = missingFor(agent, env, readSession(paths) !== undefined);
  if (missing !== undefined) {
    if (env.TELEGRAM_GROUP !== "") log.warn("no telegram", { because: missing });
    return undefined;
  }
  const letters = await openLetters({ path: home.agent(agent).letters, clock, patience: deps.patience });
  lifetime.onClose(() => letters.end());
  const senses = createSenses(deps);
  const chat = createPrivateChat({
    agent,
    validate: deps.validate,
    commands: createCommands({
      ledger,
      members,
      ...(deps.proposals === undefined ? {} : { proposals: deps.proposals }),
    }),
    say: conversations(deps),
    hasBegun: async (letter) => (await deps.turns?.get(turnOf(letter))) !== undefined,
    speak: senses.speak,
    letters,
    requestsPerMinute: env.REQUESTS_PER_MINUTE,
    catchUpMaxAgeMs: env.CATCH_UP_MAX_AGE,
    ledger,
    telegram: () => telegram,
    clock,
    log,
    signal: lifetime.signal,
  });
  const telegram: TelegramTransport = createTelegram({
    agent,
    members: members.map(({ name, accountId }) => ({ agent: name, account: accountId })),
    settings: {
      apiId: env.TELEGRAM_API_ID,
      apiHash: env.TELEGRAM_API_HASH,
      group: env.TELEGRAM_GROUP,
      owners: env.TELEGRAM_OWNER_IDS,
      allowed: env.TELEGRAM_ALLOWED_IDS,
      proxy: env.TELEGRAM_PROXY,
      catchUpMaxAgeMs: env.CATCH_UP_MAX_AGE,
      pace: env.SWARM_PACE,
    },
    paths,
    floods: ledger.floodWaits,
    privately: chat.heard,
    perceive: senses.perceive,
    clock,
    log,
  });
  await chat.resume();
  return telegram;
}

/** Each person's conversation is a thread of the agent's own sessions. A turn there may wait for a person as long as a question stands. */
function conversations(deps: Deps): Parameters<typeof createPrivateChat>[0]["say"] {
  const { agent, env, ledger, memory, models, money, turns } = deps;
  const remembering = createRemembering(deps);
  const purse = createPurse({ agent, models, spend: ledger.spend, money });
  const limits = { ...defaultLimits, wallMs: defaultLimits.wallMs + env.APPROVAL_EXPIRES_AFTER };
  /** Each letter is a chat of its own; what was read for earlier ones still stands in their answers. */
  const entered = new Map<string, Source[]>();
  return async (letter, approver, listening) => {
    const { person, name, kind, text } = letter;
    const thread = `telegram.${person}`;
    // Kept under the account's id, as in the group: what is told here in private surfaces nowhere else.
    const place = {
      thread,
      person: { id: person, name, isOwner: kind === "owner" },
      audience: `person:${person}`,
    } as const;
    const remembered = conversationMemory(memory, remembering, place);
    const carried = entered.get(person) ?? [];
    entered.set(person, carried);
    const chat = createChat({
      ...deps,
      ...{ limits, approver, thread, carried },
      remembering: remembered.remembering,
      tools: () => [...deps.tools(), ...remembered.tools],
      model: purse("standard", { purpose: "private", message: null, room: "" }),
      summariser: purse("lite", { purpose: "summary", message: null, room: "" }),
      sessions: memory.sessions,
      ...(turns === undefined ? {} : { turns }),
      speaker: { label: kind, from: name },
    });
    return chat.say(text, listening, turnOf(letter));
  };
}

/** The id of the turn that answers a letter. */
function turnOf({ person, messageId }: Pick<Letter, "person" | "messageId">): string {
  return `letter ${person} ${messageId}`;
}

function missingFor(agent: string, env: Env, loggedIn: boolean): string | undefined {
  if (env.TELEGRAM_GROUP === "") return "TELEGRAM_GROUP is not set";
  if (env.TELEGRAM_API_ID === 0 || env.TELEGRAM_API_HASH === "") {
    return "TELEGRAM_API_ID and TELEGRAM_API_HASH are not set. Get them at my.telegram.org.";
  }
  return loggedIn ? undefined : `${agent} is not logged in to Telegram. Log it in: \`kaos telegram login ${agent}\`.`;
}

/** The card with the account that the login found out, where agent.json names none. */
export function withAccount(card: AgentCard, home: Home): AgentCard {
  const account = readAccount(home.agent(card.name).telegram);
  if (account === undefined) return card;
  return {
    ...card,
    accountId: card.accountId ?? account.id,
    username: card.username ?? account.username?.toLowerCase() ?? null,
  };
}
