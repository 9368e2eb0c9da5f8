/** Removes facts from every layer because the person asks for it. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import { mayForget, type Place, type Remembered } from "./place.ts";

const IDS_MAX = 20;

export function forget(memory: Remembered, place: Place): Tool {
  return defineTool({
    name: "forget",
    description: "Forget facts for good, from every layer, when the person asks for it. `recall` shows their ids.",
    input: z.strictObject({
      ids: z
        .array(z.string().regex(/^f[0-9a-f]{12}$/u))
        .min(1)
        .max(IDS_MAX),
    }),
    effects: "local",
    // It cannot be undone, so a person says yes to exactly these.
    risk: "risky",
    source: "trusted",
    parallel: false,
    async run({ ids }, { signal }) {
      const facts = await memory.wouldForget({ ids });
      const foreign = facts.filter((fact) => !mayForget(place, fact)).map(({ id }) => id);
      if (foreign.length > 0) return { text: `Nothing was forgotten: ${foreign.join(", ")} is about somebody else.` };
      const { forgotten, stillFound } = await memory.forget({ ids }, { signal });
      const still = stillFound.map(({ because }) => because).join(" ");
      return { text: `Forgotten: ${forgotten.join(", ") || "nothing was there"}. ${still}`.trim() };
    },
    // Forgetting again is no error.
    settled: async () => undefined,
  });
}
