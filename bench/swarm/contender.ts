/** What one agent's process does with the ledger when it volunteers: the contract of both contenders of bench/swarm. */
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "../../shared/sqlite/index.ts";

export const AGENTS = ["impulse", "keystone", "kronos", "lacuna", "nexus", "resonant"] as const;
/** Implicit replies per root, as in production. */
export const CAP = 2;

export type Verdict = { kind: "held"; fence: number } | { kind: "waiting" } | { kind: "early" } | { kind: "ended" };

/** Each method is one write transaction, but `answer`, which is three: commit, take the parcel, let it appear. */
export interface Contender {
  /** Bids for a message and returns the claim. */
  place(message: number): Promise<number>;
  take(claim: number): Promise<Verdict>;
  answer(claim: number, fence: number): Promise<void>;
  close(): void;
}

/** `tune` gets the connection before anything is prepared on it. */
export type OpenContender = (
  file: { path: string; agent: string },
  tune?: (db: Database) => void,
) => Promise<Contender>;

/** What one process did in one round; times in ms. */
export type Effort = { placeMs: number; decideMs: number; decisions: number; takesMs: readonly number[] };

/** Bids for every message, then takes until each claim has come to its verdict. `everybodyPlaced` is the barrier between the two. */
export async function contend(
  contender: Contender,
  messages: readonly number[],
  everybodyPlaced: () => Promise<void>,
): Promise<Effort> {
  const started = performance.now();
  let waiting: number[] = [];
  for (const message of messages) waiting.push(await contender.place(message));
  const placed = performance.now();
  await everybodyPlaced();
  const begun = performance.now();
  const takesMs: number[] = [];
  while (waiting.length > 0) {
    const still: number[] = [];
    for (const claim of waiting) {
      const asked = performance.now();
      const verdict = await contender.take(claim);
      takesMs.push(performance.now() - asked);
      if (verdict.kind === "waiting" || verdict.kind === "early") still.push(claim);
      if (verdict.kind === "held") await contender.answer(claim, verdict.fence);
    }
    // Others must act first: a moment for them, instead of asking all the time.
    if (still.length === waiting.length) await pause(1);
    waiting = still;
  }
  return { placeMs: placed - started, decideMs: performance.now() - begun, decisions: messages.length, takesMs };
}
