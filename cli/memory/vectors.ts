/** The vectors of a memory: made anew, or moved to a server and back. */
import { CommandFailed, WrongUsage } from "../failures.ts";
import { type Common, type DefineParts, INDEX_BATCH, json, withMemory } from "./with-memory.ts";

export const vectorParts: DefineParts = (part, context) => {
  part("reindex", "Bring vectors and graph up to date, after a crash or with another embedder.").action(
    async (options: Common) => {
      const here = context();
      await withMemory(here, options.agent, async (memory, signal) => {
        let done = 0;
        for (let took = -1; took !== 0; done += took) {
          took = await memory.index(INDEX_BATCH, signal);
          if (took > 0 && !options.json) here.note(`${(done + took).toLocaleString("en")} facts …`);
        }
        here.print(
          options.json
            ? json({ indexed: done })
            : `${here.paint.good("✓")} ${done.toLocaleString("en")} facts were taken in.`,
        );
      });
    },
  );

  part("move", "Take the vectors of an agent to the Qdrant server of QDRANT_URL, or back into its own file.")
    .requiredOption("--to <store>", "qdrant or embedded")
    .action(async (options: Common & { to: string }) => {
      const here = context();
      const { to, agent } = options;
      if (to !== "qdrant" && to !== "embedded")
        throw new WrongUsage(`Vectors move to qdrant or embedded, not to "${to}".`);
      if (here.env.QDRANT_URL === "")
        throw new CommandFailed("QDRANT_URL is not set: it says where the Qdrant server is, for both ways.");
      const embedded = { ...here.env, QDRANT_URL: "" };
      const [target, left] = to === "qdrant" ? [here.env, embedded] : [embedded, here.env];
      let moved = 0;
      await withMemory(
        here,
        agent,
        async (memory, signal) => {
          for (let took = -1; took !== 0; moved += took) {
            took = await memory.index(INDEX_BATCH, signal);
            if (took > 0 && !options.json) here.note(`${(moved + took).toLocaleString("en")} facts …`);
          }
        },
        target,
      );
      await withMemory(here, agent, (memory) => memory.emptyVectors(), left);
      if (options.json) return here.print(json({ moved, to }));
      here.print(`${here.paint.good("✓")} ${moved.toLocaleString("en")} facts moved.`);
      here.note(
        to === "qdrant"
          ? `\`kaos restart ${agent}\` makes a running agent use them there.`
          : `Take QDRANT_URL out of .env, then \`kaos restart ${agent}\`.`,
      );
    });
};
