/** Keeps one fact that the person wants to be remembered, with their own words as its source. */
import { z } from "zod";
import { oneLine } from "../../base/index.ts";
import { defineTool, type Tool } from "../../engine/index.ts";
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
    async run({ text, kind, quote }, { agent, said, signal }) {
      // A fact about a person stands on the person's own words (I10); anything else is what the agent supposes.
      const isTheirs = said.some((words) => oneLine(words).includes(oneLine(quote)));
      if (!isTheirs) return { text: "Nothing was kept: the quote does not stand in what the person said." };
      const source = { thread: null, message, by: person.name, quote };
      const [kept] = await memory.facts.keep([
        { text, kind, subject: person.id, origin: person.isOwner ? "owner" : "person", audience, source },
      ]);
      await memory.index(1, signal);
      return { text: kept?.isNew ? `Kept as ${kept.id} by ${agent}.` : `You know that already: ${kept?.id}.` };
    },
    // The same fact kept again only gains a source.
    settled: async () => undefined,
  });
}
