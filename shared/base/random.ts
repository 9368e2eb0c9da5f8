/** Chance as a dependency: seeded in tests and in the simulator, the machine's own elsewhere. */
import { hash, randomBytes } from "node:crypto";

/** A number in [0, 1). */
export type Random = () => number;

/** Chance from the machine. Not for secrets: those come from `secret()`. */
export const systemRandom: Random = Math.random;

/** The same numbers for the same seed: mulberry32, 32 bits of state, good enough for delays and faults. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A number in [0, 1) that depends on these words alone: the same on every machine, in every process. */
export function dice(...words: readonly (string | number)[]): number {
  return Number.parseInt(digestOf(words).slice(0, 8), 16) / 4_294_967_296;
}

/** A positive 63-bit number in decimal that depends on these words alone. Text, because it exceeds 2⁵³. */
export function stableId(...words: readonly (string | number)[]): string {
  return (BigInt(`0x${digestOf(words).slice(0, 16)}`) >> 1n).toString();
}

function digestOf(words: readonly (string | number)[]): string {
  return hash("sha256", words.join("\u0000"));
}

/** Characters nobody can guess, base64url; 32 bytes unless told otherwise. */
export function secret(bytes = 32): string {
  return randomBytes(bytes).toString("base64url");
}
