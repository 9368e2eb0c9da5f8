/** The life of one agent: present, hearing, attending, delivering, until the signal says stop. */
import type { Clock, Log } from "../base/index.ts";
import { defaultLimits, type Gate, type Journal, type Limits, type Model, type Tool } from "../engine/index.ts";
import type { AgentCard, Ledger } from "../ledger/index.ts";
import { createJudge } from "../routing/index.ts";
import type { Transport } from "../transport/index.ts";
import { type Attending, attend, claimAndSpeak } from "./attend.ts";
import type { Persona } from "./context.ts";
import { deliver } from "./deliver.ts";
import { arrive } from "./presence.ts";
import { pump } from "./pump.ts";
import type { Speaking } from "./reply.ts";

export type AgentDeps = {
  card: AgentCard;
  /** Everybody who belongs to the swarm, up or not, this agent too. Alone, it answers whatever is said. */
  members: readonly AgentCard[];
  persona: Persona;
  ledger: Ledger;
  clock: Clock;
  log: Log;
  models: { lite: Model; standard: Model };
  tools: readonly Tool[];
  gate: Gate;
  journal: Journal;
  limits?: Limits;
  transports: readonly Transport[];
  /** The output validator, for whole texts and for texts that are still being written. */
  validate(text: string): string;
  validateDraft(text: string): string;
  /** Cleans and fences what a tool brought from outside. */
  sanitize(text: string, tool: string): string;
  settings: {
    implicitReplies: number;
    pace: number;
    relevance: "swarm" | "own";
    strangers: "ignore" | "chat";
    catchUpMaxAgeMs: number;
  };
};

/** Turns that one agent runs at a time; held claims beyond it wait, their leases renewed. */
const TURNS_MAX = 4;

/** Starts an agent: when this resolves it is on the roster and hears; `run` is its life. */
export async function startAgent(deps: AgentDeps): Promise<{ run(signal: AbortSignal): Promise<void> }> {
  const { card, ledger, clock, log, transports, settings } = deps;
  const agent = card.name;
  const transportOf = (room: string) => transports.find(({ name }) => room.startsWith(`${name}:`));

  const presence = await arrive(ledger, card, clock);
  for (const transport of transports) {
    await transport.start(async (heard) => {
      await ledger.messages.record(heard);
    });
  }

  const speaking: Speaking = {
    agent,
    members: deps.members,
    persona: deps.persona,
    ledger,
    clock,
    log,
    model: deps.models.standard,
    tools: deps.tools,
    gate: deps.gate,
    journal: deps.journal,
    limits: deps.limits ?? defaultLimits,
    validate: deps.validate,
    validateDraft: deps.validateDraft,
    sanitize: deps.sanitize,
    textMaxOf: (room) => transportOf(room)?.capabilities.textMax ?? 4_096,
  };
  const attending: Attending = {
    card,
    members: deps.members,
    ledger,
    clock,
    judge: createJudge({
      agent,
      model: deps.models.lite,
      clock,
      judgements: ledger.judgements,
      changes: ledger.changes,
      relevance: settings.relevance,
      onUsage: ({ message, by, usage }) => ledger.spend.add({ agent, purpose: "judge", message, by, ...usage }),
    }),
    speaking,
    cap: settings.implicitReplies,
    pace: settings.pace,
    strangers: settings.strangers,
    catchUpMaxAgeMsOf: (room) => transportOf(room)?.capabilities.catchUpMaxAgeMs ?? settings.catchUpMaxAgeMs,
    inTurn: limited(TURNS_MAX),
  };

  return {
    async run(signal) {
      // Whichever part ends first, by a failure or by the signal, ends the others.
      const ending = new AbortController();
      const life = AbortSignal.any([signal, ending.signal]);
      const parts = [
        presence.run(life),
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

/** At most so many at a time; the others wait in order. */
function limited(most: number): Attending["inTurn"] {
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
