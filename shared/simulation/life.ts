/** One agent through all its lives: each a production agent on a connection of its own, until it is killed or fails. */
import { startAgent } from "../agent/index.ts";
import { OperationalError, type Random, silentLog } from "../base/index.ts";
import type { Model } from "../engine/index.ts";
import type { AgentCard, Ledger } from "../ledger/index.ts";
import { builtInTools } from "../tools/index.ts";
import type { Chat } from "./chat.ts";
import type { VirtualClock } from "./clock.ts";
import { type Chances, createMortal, mortalView } from "./faults.ts";

export type Deaths = { kills: number; freezes: number; exits: number };

type Deps = {
  card: AgentCard;
  members: readonly AgentCard[];
  clock: VirtualClock;
  random: Random;
  chat: Chat;
  model: Model;
  cap: number;
  chances: Chances;
  deaths: Deaths;
  openLedger(): Promise<Ledger>;
};

/** A frozen process thaws after this: some within their lease, some long past it. */
const FREEZE_MS = [1_000, 90_000] as const;
/** A supervisor starts a dead process again after this. */
const RESTART_MS = [400, 20_000] as const;

/** Lives until the signal says stop. Rejects with what is a bug. */
export async function live(deps: Deps, signal: AbortSignal): Promise<void> {
  const { clock, random, deaths } = deps;
  while (!signal.aborted) {
    try {
      if ((await once(deps, signal)) === "stopped") return;
    } catch (error) {
      // A failure of the world ends the process with a sentence; its supervisor starts it again.
      if (!(error instanceof OperationalError)) throw error;
      deaths.exits++;
    }
    await clock.sleep(RESTART_MS[0] + random() * (RESTART_MS[1] - RESTART_MS[0]));
  }
}

async function once(
  { card, members, clock, random, chat, model, cap, chances, deaths, openLedger }: Deps,
  signal: AbortSignal,
): Promise<"killed" | "stopped"> {
  const ledger = await openLedger();
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
      die();
    },
    onFreeze: () => void deaths.freezes++,
  });
  const thinking = mortalView(model, mortal);
  const life = async (): Promise<"stopped"> => {
    const agent = await startAgent({
      card,
      members,
      persona: { common: "", identity: "", voice: "", duties: "" },
      ledger: mortalView(ledger, mortal),
      clock,
      log: silentLog,
      models: { lite: thinking, standard: thinking },
      tools: builtInTools({ clock }),
      gate: { decide: async () => ({ allow: true }) },
      journal: { intent: async () => {}, outcome: async () => {} },
      transports: [
        mortalView(
          chat.account(card.name, () => !mortal.dead),
          mortal,
        ),
      ],
      validate: (text) => text,
      validateDraft: (text) => text,
      sanitize: (text) => text,
      settings: {
        implicitReplies: cap,
        pace: 1,
        relevance: "swarm",
        strangers: "ignore",
        catchUpMaxAgeMs: 10 * 60_000,
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
    ledger.close();
  }
}
