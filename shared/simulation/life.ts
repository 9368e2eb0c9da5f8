/** One agent through all its lives: each a production agent, until it is killed, fails, is started anew or leaves for good. */
import { startAgent } from "../agent/index.ts";
import { OperationalError, type Random, silentLog } from "../base/index.ts";
import type { Model } from "../engine/index.ts";
import type { AgentCard, Ledger } from "../ledger/index.ts";
import { pass } from "../tools/index.ts";
import type { Chat } from "./chat.ts";
import type { VirtualClock } from "./clock.ts";
import { type Chances, createMortal, mortalView } from "./faults.ts";
import type { Settings } from "./settings.ts";

export type Deaths = { kills: number; freezes: number; exits: number };

type Deps = {
  card: AgentCard;
  /** Everybody who belongs to the swarm; a process reads it once, when it starts. */
  members: () => readonly AgentCard[];
  settings: Settings;
  clock: VirtualClock;
  random: Random;
  chat: Chat;
  model: Model;
  ledger: Ledger;
  cap: number;
  chances: Chances;
  deaths: Deaths;
  /** Something befell this process: what, in a word or two. */
  onFault(agent: string, what: string): void;
};

export interface Life {
  /** Resolves when it has ended for good. Rejects with what is a bug. */
  readonly ended: Promise<void>;
  /** Somebody starts a second process of the same agent beside the first. */
  startTwin(): void;
  /** An operator restarts the process, gently. */
  restart(): void;
  /** The process stops, and this agent is never started again. */
  leave(): void;
}

/** A frozen process thaws after this: some within their lease, some long past it. */
const FREEZE_MS = [1_000, 90_000] as const;
/** A supervisor starts a dead process again after this. */
const RESTART_MS = [400, 20_000] as const;

/** Lives until the signal says stop or until it leaves. */
export function live(deps: Deps, world: AbortSignal): Life {
  const { card, clock, random, onFault } = deps;
  let gone = false;
  /** One for each process that runs now; those of dead ones are dropped with all that hangs on them. */
  const running = new Set<AbortController>();
  const stop = () => {
    for (const process of running) process.abort();
  };
  let broken: (bug: unknown) => void = () => {};
  const twins = new Promise<never>((_, reject) => {
    broken = reject;
  });
  world.addEventListener("abort", stop, { once: true });

  async function lives(): Promise<void> {
    while (!gone && !world.aborted) {
      await oneLife();
      if (!gone && !world.aborted) await clock.sleep(RESTART_MS[0] + random() * (RESTART_MS[1] - RESTART_MS[0]));
    }
  }

  /** A failure of the world ends the process with a sentence; its supervisor starts it again. */
  async function oneLife(): Promise<void> {
    const process = new AbortController();
    running.add(process);
    try {
      await once(deps, process.signal);
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      deps.deaths.exits++;
      onFault(card.name, `ended: ${error.message}`);
    } finally {
      running.delete(process);
    }
  }

  return {
    ended: Promise.race([lives(), twins]),
    startTwin() {
      onFault(card.name, "was started twice");
      oneLife().catch(broken);
    },
    restart() {
      onFault(card.name, "was restarted");
      stop();
    },
    leave() {
      onFault(card.name, "left for good");
      gone = true;
      stop();
    },
  };
}

async function once(deps: Deps, signal: AbortSignal): Promise<"killed" | "stopped"> {
  const { card, clock, random, chat, model, ledger, cap, chances, deaths, settings, onFault } = deps;
  let die = () => {};
  const death = new Promise<"killed">((resolve) => {
    die = () => resolve("killed");
  });
  const mortal = createMortal({
    random,
    clock,
    chances,
    freezeMs: FREEZE_MS,
    onDeath() {
      deaths.kills++;
      onFault(card.name, "was killed");
      die();
    },
    onFreeze() {
      deaths.freezes++;
      onFault(card.name, "froze");
    },
  });
  const thinking = mortalView(model, mortal);
  const account = chat.account(card.name, () => !mortal.dead);
  const life = async (): Promise<"stopped"> => {
    const agent = await startAgent({
      card,
      members: deps.members(),
      persona: { common: "", identity: "", voice: "", duties: "" },
      ledger: mortalView(ledger, mortal),
      clock,
      log: silentLog,
      models: { lite: thinking, standard: thinking },
      tools: () => [pass],
      gate: { decide: async () => ({ allow: true }) },
      journal: { intent: async () => {}, outcome: async () => {} },
      transports: [mortalView(account, mortal)],
      validate: (text) => text,
      validateDraft: (text) => text,
      sanitize: (text) => text,
      settings: {
        implicitReplies: cap,
        pace: 1,
        relevance: settings.relevance,
        strangers: settings.strangers,
        catchUpMaxAgeMs: account.capabilities.catchUpMaxAgeMs,
        budgetUsdDaily: 0,
        dissent: "allow",
      },
    });
    await agent.run(signal);
    return "stopped";
  };
  try {
    return await Promise.race([death, life()]);
  } finally {
    // What is left of a process that ended by itself does nothing more either.
    mortal.end();
  }
}
