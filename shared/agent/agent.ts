/** The life of one agent: present, hearing, attending, delivering, until the signal says stop. */
import { type Clock, type Log, OperationalError, repeat } from "../base/index.ts";
import { defaultLimits, type Gate, type Journal, type Limits, type Model, type Tool } from "../engine/index.ts";
import { type AgentCard, budgetDay, type Ledger, type Message } from "../ledger/index.ts";
import type { Memory } from "../memory/index.ts";
import { createJudge } from "../routing/index.ts";
import type { Shield } from "../security/index.ts";
import type { Telemetry } from "../telemetry/index.ts";
import { memoryTools } from "../tools/index.ts";
import type { Transport } from "../transport/index.ts";
import type { Turns } from "../turns/index.ts";
import { type Attending, attend, claimAndSpeak } from "./attend.ts";
import { type CommandDeps, createCommands } from "./commands.ts";
import type { Persona } from "./context.ts";
import { deliver } from "./deliver.ts";
import { noteTurns } from "./errands/learn.ts";
import { arrive } from "./presence.ts";
import { pump } from "./pump.ts";
import { createPurse, type Money } from "./purse.ts";
import { createRemembering } from "./remembering.ts";
import type { Learner, Speaking } from "./speaking.ts";
import { work } from "./work.ts";

export type AgentDeps = {
  card: AgentCard;
  /** Everybody who belongs to the swarm, up or not, this agent too. Alone, it answers whatever is said. */
  members: readonly AgentCard[];
  persona: Persona;
  /** The skills it may load, as its prompt lists them; changes only when a person changes skills. */
  catalogue?(): string;
  ledger: Ledger;
  clock: Clock;
  log: Log;
  models: { lite: Model; standard: Model };
  /** Caps and prices; without them models cost nothing. */
  money?: Money;
  tools(): readonly Tool[];
  gate: Gate;
  journal: Journal;
  limits?: Limits;
  /** Where turns are kept; without it a turn begins anew after an interruption. */
  turns?: Turns;
  /** Where it learns from its turns; without it nowhere. */
  learner?: Learner;
  /** What agents propose to change in their skills, for an owner who decides in the room. */
  proposals?: CommandDeps["proposals"];
  /** Hears how turns went, without their texts. */
  telemetry?: Telemetry;
  /** What it remembers; without it nothing. */
  memory?: Memory;
  transports: readonly Transport[];
  /** The output validator, for whole texts and for texts that are still being written; `before` are texts that left for the same room. */
  validate(text: string, before?: readonly string[]): string;
  validateDraft(text: string, before?: readonly string[]): string;
  /** The input shield; without it nothing is looked for in what people say. */
  shield?: Shield;
  /** Cleans and fences what a tool brought from outside. */
  sanitize(text: string, tool: string): string;
  settings: {
    implicitReplies: number;
    pace: number;
    relevance: "swarm" | "own";
    strangers: "ignore" | "chat";
    /** Messages of one person that are read in a minute, over all processes; any number without it, and for 0. */
    requestsPerMinute?: number;
    catchUpMaxAgeMs: number;
    /** What this agent may spend a day before it stops volunteering; 0 when only the swarm's cap counts. */
    budgetUsdDaily: number;
    dissent: "allow" | "require";
  };
};

const freeOfCharge: Money = { caps: { dayUsd: 0, sessionUsd: 0, agentDayUsd: 0 }, worstUsd: () => 0 };

/** Turns that one agent runs at a time; held claims beyond it wait, their leases renewed. */
const TURNS_MAX = 4;

/** Starts an agent: when this resolves it is on the roster and hears; `run` is its life. */
export async function startAgent(deps: AgentDeps): Promise<{ run(signal: AbortSignal): Promise<void> }> {
  const { card, ledger, clock, log, transports, settings } = deps;
  const agent = card.name;
  const transportOf = (room: string) => transports.find(({ name }) => room.startsWith(`${name}:`));

  const remembering =
    deps.memory && createRemembering({ agent, memory: deps.memory, ledger, clock, log, validate: deps.validate });
  await remembering?.settle();
  const purse = createPurse({ agent, models: deps.models, spend: ledger.spend, money: deps.money ?? freeOfCharge });
  const presence = await arrive({ ledger, card, members: deps.members, clock });
  for (const transport of transports) {
    await transport.start({
      said: async (heard) => void (await ledger.messages.record(heard)),
      edited: ({ room, messageId, text }) => ledger.messages.edit(room, messageId, text),
      deleted: ({ room, messageId }) => ledger.messages.remove(room, messageId),
      reacted: (reactions) => ledger.reactions.heard(reactions),
    });
  }

  const speaking: Speaking = {
    agent,
    members: deps.members,
    persona: deps.persona,
    catalogue: () => deps.catalogue?.() ?? "",
    ledger,
    clock,
    log,
    purse,
    tools: deps.tools,
    gate: deps.gate,
    journal: deps.journal,
    limits: deps.limits ?? defaultLimits,
    validate: deps.validate,
    validateDraft: deps.validateDraft,
    sanitize: deps.sanitize,
    textMaxOf: (room) => transportOf(room)?.capabilities.textMax ?? 4_096,
    typing: (place, stop) => void transportOf(place.room)?.typing(place, stop),
    dissent: settings.dissent,
    inTurn: limited(TURNS_MAX),
    ...(deps.turns === undefined ? {} : { turns: deps.turns }),
    ...(deps.learner === undefined ? {} : { learner: deps.learner }),
    ...(deps.telemetry === undefined ? {} : { telemetry: deps.telemetry }),
    ...(remembering === undefined ? {} : { remembering }),
    ...(deps.memory === undefined ? {} : { memory: deps.memory, memoryTools: toolsOn(deps.memory) }),
  };
  const attending: Attending = {
    card,
    members: deps.members,
    ledger,
    clock,
    judge: createJudge({
      agent,
      modelFor: ({ seq, room }) => purse("lite", { purpose: "judge", message: seq, room }),
      clock,
      judgements: ledger.judgements,
      changes: ledger.changes,
      relevance: settings.relevance,
    }),
    commands: createCommands({
      ledger,
      members: deps.members,
      ...(deps.proposals === undefined ? {} : { proposals: deps.proposals }),
    }),
    speaking,
    cap: settings.implicitReplies,
    pace: settings.pace,
    strangers: settings.strangers,
    door: {
      requestsPerMinute: settings.requestsPerMinute ?? 0,
      ...(deps.shield === undefined ? {} : { shield: deps.shield }),
    },
    catchUpMaxAgeMsOf: (room) => transportOf(room)?.capabilities.catchUpMaxAgeMs ?? settings.catchUpMaxAgeMs,
    quiet: () => quietBecause(agent, settings.budgetUsdDaily, ledger, clock),
  };

  return {
    async run(signal) {
      // Whichever part ends first, by a failure or by the signal, ends the others.
      const ending = new AbortController();
      const life = AbortSignal.any([signal, ending.signal]);
      const parts = [
        presence.run(life),
        work(speaking, life),
        ...(remembering === undefined ? [] : [remembering.run(life)]),
        ...(deps.learner === undefined ? [] : [noteNowAndThen(speaking, life)]),
        deliver({ agent, ledger, clock, log, transportOf, validate: deps.validate }, life),
        pump(
          {
            agent,
            ledger,
            clock,
            log,
            attend: (message, stop) => attend(attending, message, stop),
            goOn: (claim, message, stop) => goOn(attending, claim, message, stop),
          },
          life,
        ),
      ];
      try {
        await Promise.race(parts);
      } finally {
        ending.abort();
        await Promise.allSettled([...parts, ...transports.map((transport) => transport.close())]);
      }
    },
  };
}

/** How its skills fare is noted soon after, so that whoever looks sees it the same hour. */
function noteNowAndThen(speaking: Speaking, signal: AbortSignal): Promise<void> {
  const { clock, log } = speaking;
  return repeat({ clock, everyMs: NOTE_EVERY_MS, signal }, async () => {
    try {
      await noteTurns(speaking, clock.now() - 2 * NOTE_EVERY_MS);
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      log.warn("outcomes of skills not noted", { error });
    }
  });
}

const NOTE_EVERY_MS = 60 * 60_000;

/** What an agent may do with its memory while it answers a message: within what that room may hear. */
function toolsOn(memory: Memory): (asked: Message) => Tool[] {
  return ({ sender, room, messageId }) => {
    const person = { id: sender.id, name: sender.name, isOwner: sender.kind === "owner" };
    const reader = { person: person.id, isOwner: person.isOwner, room };
    return memoryTools(memory, { reader, audience: `room:${room}`, person, message: messageId });
  };
}

/** A claim of a former life: too old, it was missed; else the bid stands as it was. */
async function goOn(
  attending: Attending,
  claim: Parameters<typeof claimAndSpeak>[1] & { id: number },
  message: { saidAt: number; room: string },
  signal: AbortSignal,
) {
  const ageMs = attending.clock.now() - message.saidAt;
  if (ageMs > attending.catchUpMaxAgeMsOf(message.room)) {
    await attending.ledger.claims.withdraw(claim.id, "missed", `${claim.agent} was away before it could answer`);
    return;
  }
  await claimAndSpeak(attending, claim, signal);
}

/** Why this agent does not volunteer any more today: its own money is spent. */
async function quietBecause(
  agent: string,
  budgetUsd: number,
  { spend }: Ledger,
  clock: Clock,
): Promise<string | undefined> {
  if (budgetUsd === 0) return undefined;
  const sums = await spend.since(budgetDay(clock.now()).from);
  const costUsd = sums.find((sum) => sum.agent === agent)?.costUsd ?? 0;
  if (costUsd < budgetUsd) return undefined;
  return `${agent} has spent its $${budgetUsd} of today and only answers when addressed (budgetUsdDaily in its agent.json)`;
}

/** At most so many at a time; the others wait in order. */
function limited(most: number): Speaking["inTurn"] {
  let running = 0;
  const queue: (() => void)[] = [];
  return async (task, signal) => {
    signal.throwIfAborted();
    if (running >= most) await new Promise<void>((next) => queue.push(next));
    running++;
    try {
      signal.throwIfAborted();
      return await task();
    } finally {
      running--;
      queue.shift()?.();
    }
  };
}
