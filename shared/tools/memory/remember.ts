/** Keeps one fact that the person wants to be remembered, with their own words as its source. */
import { z } from "zod";
import { OperationalError, oneLine } from "../../base/index.ts";
import { defineTool, isForeign, type Tool } from "../../engine/index.ts";
import { analyse, isInstruction, telling } from "../../memory/index.ts";
import type { Place, Remembered } from "./place.ts";

const kinds = ["identity", "preference", "decision", "event", "plan", "knowledge"] as const;

export function remember(memory: Remembered, { audience, person, message }: Place): Tool {
  return defineTool({
    name: "remember",
    description:
      "Keep one lasting fact that the person told you, in a sentence that can be understood alone. `quote` is their words, copied exactly.",
    input: z.strictObject({
      text: z.string().min(3).max(500),
      kind: z.enum(kinds),
      quote: z.string().min(2).max(1_000),
    }),
    effects: "local",
    risk: "safe",
    source: "trusted",
    parallel: false,
    async run({ text, kind, quote }, { agent, said, sources, signal }) {
      // A fact about a person stands on the person's own words (I10); anything else is what the agent supposes.
      const isTheirs = said.some((words) => oneLine(words).includes(oneLine(quote)));
      if (!isTheirs) return { text: "Nothing was kept: the quote does not stand in what the person said." };
      const foreign = [...new Set(sources.filter(isForeign).map(({ from }) => from))];
      // Once others' text is in the turn, a sentence with other words than the person's may be theirs.
      const isOwn = foreign.length === 0 || isMadeOf(text, `${person.name} ${quote}`);
      const origin = person.isOwner ? ("owner" as const) : ("person" as const);
      const whose = isOwn
        ? { origin, source: { thread: null, message, by: person.name, quote } }
        : { origin: "outside" as const, source: { thread: null, message, by: foreign.join(", "), quote: null } };
      const standing = !isOwn && isInstruction(text) ? "quarantined" : "active";
      const [kept] = await memory.facts.keep([{ text, kind, subject: person.id, audience, ...whose }], standing);
      await findable(memory, signal);
      if (!kept?.isNew) return { text: `You know that already: ${kept?.id}.` };
      if (isOwn) return { text: `Kept as ${kept.id} by ${agent}.` };
      const asOutside = `Kept as ${kept.id}, from outside: it says more than ${person.name}'s words.`;
      return {
        text: standing === "active" ? asOutside : `${asOutside} It reads like an order, so a person looks at it first.`,
      };
    },
    // The same fact kept again only gains a source.
    settled: async () => undefined,
  });
}

/** Brings what was kept into every layer; what is down now is caught up with later, and the fact is kept all the same. */
async function findable(memory: Remembered, signal: AbortSignal): Promise<void> {
  try {
    await memory.index(1, signal);
  } catch (error) {
    if (!(error instanceof OperationalError)) throw error;
  }
}

/** Whether each word that tells something stands in the other text, whatever its form. */
function isMadeOf(text: string, other: string): boolean {
  const theirs = new Set(analyse(other));
  return telling(analyse(text)).every((word) => theirs.has(word));
}
