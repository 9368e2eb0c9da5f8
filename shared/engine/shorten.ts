/** Keeps a running turn within what a model can read: old results give way to a note that says where they stand whole. */
import type { Entry } from "./model.ts";

/** The note has about half of it; a result that is not much longer stays. */
const WORTH_CHARACTERS_MIN = 400;

/**
 * While the entries have more than `charactersMax` characters, the oldest results of tools are taken out, until half of that
 * is reached: so it happens rarely, and a provider's cache of what came before holds in between. What the newest step
 * brought stays, for no model has read it yet.
 */
export function shortenOld(entries: Entry[], charactersMax: number): void {
  let characters = entries.reduce((sum, entry) => sum + lengthOf(entry), 0);
  if (characters <= charactersMax) return;
  const newest = entries.findLastIndex(({ role }) => role === "assistant");
  for (const [at, entry] of entries.entries()) {
    if (at >= newest || characters <= charactersMax / 2) return;
    if (entry.role !== "tool" || entry.text.length < WORTH_CHARACTERS_MIN) continue;
    // Nothing of it is left, not even its beginning: a fence around what came from outside stays whole or goes.
    const text = `(The result of call ${entry.callId}, ${entry.text.length} characters, was taken out to make room. It stands whole in this turn's record; ask again if you need it.)`;
    characters -= entry.text.length - text.length;
    entries[at] = { ...entry, text };
  }
}

function lengthOf(entry: Entry): number {
  if (entry.role !== "assistant") return entry.text.length;
  return entry.calls.reduce((sum, call) => sum + call.arguments.length, entry.text.length);
}
