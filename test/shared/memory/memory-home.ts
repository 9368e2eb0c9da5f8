/** A memory on a real file in a temporary folder, with a clock that the test owns. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { seeded } from "../../../shared/base/index.ts";
import { type Memory, type MemoryOptions, type NewFact, openMemory } from "../../../shared/memory/index.ts";
import { standingClock } from "../../doubles/ledger.ts";

export { newFact } from "./facts.ts";

export const signal = new AbortController().signal;

export function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "kaos-memory-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "agent.db");
}

/** The deadline of a layer is real time here: a sleep ends when it is told to stop. */
export function memoryClock(startMs?: number): ReturnType<typeof standingClock> {
  const clock = standingClock(startMs);
  const sleep = (_ms: number, stop?: AbortSignal) =>
    new Promise<void>((_, failed) => stop?.addEventListener("abort", () => failed(stop.reason)));
  return { ...clock, sleep };
}

let seeds = 0;

export async function newMemory(options: Partial<MemoryOptions> = {}): Promise<Memory> {
  const memory = await openMemory({
    path: newPath(),
    clock: memoryClock(),
    random: seeded(++seeds),
    durability: "off",
    ...options,
  });
  onTestFinished(() => memory.close());
  return memory;
}

/** Keeps facts and brings every layer up to date. */
export async function take(memory: Memory, facts: readonly NewFact[]): Promise<string[]> {
  const kept = await memory.facts.keep(facts);
  while ((await memory.index(1_000, signal)) > 0);
  return kept.map(({ id }) => id);
}
