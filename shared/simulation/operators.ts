/** What people do to a swarm that runs: they pause it, start an agent twice, remove one for good, bring one under a new name. */
import { OperationalError, type Random } from "../base/index.ts";
import type { Ledger } from "../ledger/index.ts";
import type { VirtualClock } from "./clock.ts";
import type { FaultKind } from "./faults.ts";

export type Swarm = {
  /** Agents that have not left, by name. */
  present(): readonly string[];
  startTwin(agent: string): void;
  restart(agent: string): void;
  leave(agent: string): void;
  /** A new agent joins; returns its name. */
  join(after: string): void;
};

type Deps = {
  clock: VirtualClock;
  random: Random;
  faults: ReadonlySet<FaultKind>;
  ledger: Ledger;
  swarm: Swarm;
  deeds: { pauses: number; twins: number; left: number };
  /** Everything is done so many times as seldom as in a storm. */
  stretch: number;
};

/** Times between two deeds of one kind, ms. */
const PAUSE_EVERY_MS = 150_000;
const TWIN_EVERY_MS = 120_000;
const CHANGE_EVERY_MS = 240_000;
/** A pause is this long: some end before a volunteer's time has come, some after it was missed. */
const PAUSE_MAX_MS = 40_000;
/** Changes of the roster in one world: each newcomer reads everything that was ever said. */
const CHANGES_MAX = 3;
/** After a change the others are restarted one by one within this, so that they learn of it. */
const RESTARTS_WITHIN_MS = 20_000;
const AGAIN_MS = 2_000;

/** Deeds that go on until `calm` says so; what they began they end. */
export function startOperators(
  { clock, random, faults, ledger, swarm, deeds, stretch }: Deps,
  calm: () => boolean,
): void {
  const pick = (names: readonly string[]) => names[Math.floor(random() * names.length)] ?? "";

  async function again(everyMs: number, deed: () => Promise<void>): Promise<void> {
    while (true) {
      await clock.sleep((0.5 + random()) * everyMs * stretch);
      if (calm()) return;
      await deed();
    }
  }

  async function pause(): Promise<void> {
    deeds.pauses++;
    const scope = random() < 0.4 ? "swarm" : "agent";
    const name = scope === "swarm" ? "" : pick(swarm.present());
    const lastsMs = random() * PAUSE_MAX_MS;
    const resumed = random() < 0.5;
    const until = resumed ? null : clock.now() + Math.ceil(lastsMs);
    await insist(clock, () => ledger.controls.pause({ scope, name, by: "an operator", until }));
    await clock.sleep(lastsMs);
    await insist(clock, () => ledger.controls.resume(scope, name));
  }

  async function twin(): Promise<void> {
    deeds.twins++;
    swarm.startTwin(pick(swarm.present()));
  }

  async function change(): Promise<void> {
    if (deeds.left >= CHANGES_MAX || swarm.present().length < 3) return;
    deeds.left++;
    const leaving = pick(swarm.present());
    swarm.leave(leaving);
    if (random() < 0.7) swarm.join(leaving);
    for (const name of swarm.present()) {
      await clock.sleep((random() * RESTARTS_WITHIN_MS) / swarm.present().length);
      swarm.restart(name);
    }
  }

  if (faults.has("pause")) void again(PAUSE_EVERY_MS, pause);
  if (faults.has("twin")) void again(TWIN_EVERY_MS, twin);
  if (faults.has("roster")) void again(CHANGE_EVERY_MS, change);
}

/** Again and again until the world lets it happen. */
async function insist(clock: VirtualClock, act: () => Promise<void>): Promise<void> {
  while (true) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      await clock.sleep(AGAIN_MS);
    }
  }
}
