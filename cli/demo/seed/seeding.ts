/** What the week is written into: the ledger on a false clock, and what each agent keeps for itself, opened when it is first needed. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { type Audit, openAudit } from "../../../shared/audit/index.ts";
import type { Home } from "../../../shared/config/index.ts";
import { type Ledger, openLedger } from "../../../shared/ledger/index.ts";
import { createShared, type Memory, openMemory } from "../../../shared/memory/index.ts";
import { openTurns, type Turns } from "../../../shared/turns/index.ts";
import { readRoster } from "../../processes/choose.ts";
import { createStoryClock, type StoryClock } from "./clock.ts";

export type Own = { turns: Turns; audit: Audit; memory: Memory };

export type Seeding = {
  ledger: Ledger;
  clock: StoryClock;
  home: Home;
  /** Everybody, by name. */
  agents: readonly string[];
  /** All are alive at this moment. */
  beat(): Promise<void>;
  own(agent: string): Promise<Own>;
  close(): Promise<void>;
};

/** Opens everything as it was at `start`. Nobody waits for this data on a disk, so nothing is forced there. */
export async function openSeeding(home: Home, start: number): Promise<Seeding> {
  const clock = createStoryClock(start);
  const ledger = await openLedger({ path: home.ledger, clock, durability: "off" });
  const cards = readRoster().agents;
  const opened = new Map<string, Own>();
  for (const [at, { name, role, aliases, owns, keywords, escalatesTo, slaMinutes }] of cards.entries()) {
    const nowhere = { username: null, accountId: null };
    await ledger.agents.arrive(
      { name, role, aliases, owns, keywords, escalatesTo, slaMinutes, ...nowhere },
      4_000 + at,
    );
  }

  async function open(agent: string): Promise<Own> {
    const { audit: path, turns, database } = home.agent(agent);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const shared = createShared(ledger.sharedFacts, { agent });
    return {
      turns: await openTurns({ path: turns, clock, sole: true }),
      audit: openAudit({ path, agent, clock, redact: (value) => value }),
      memory: await openMemory({ path: database, clock, durability: "off", shared }),
    };
  }

  return {
    ledger,
    clock,
    home,
    agents: cards.map(({ name }) => name),
    async beat() {
      for (const { name, epoch } of await ledger.agents.roster()) await ledger.agents.beat(name, epoch);
    },
    async own(agent) {
      const own = opened.get(agent) ?? (await open(agent));
      opened.set(agent, own);
      return own;
    },
    async close() {
      for (const { name, epoch } of await ledger.agents.roster()) await ledger.agents.leave(name, epoch);
      for (const { turns, audit, memory } of opened.values()) {
        turns.close();
        audit.close();
        memory.close();
      }
      ledger.close();
    },
  };
}
