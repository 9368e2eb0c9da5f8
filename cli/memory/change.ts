/** Changing a memory: forgetting, correcting, a night and its undoing. */
import { CommandFailed, WrongUsage } from "../failures.ts";
import { tellFact, tellNight, tellReceipt } from "./tell-memory.ts";
import { type Common, type DefineParts, INDEX_BATCH, json, withMemory } from "./with-memory.ts";

export const changingParts: DefineParts = (part, context) => {
  part("forget", "Remove facts, a person or a conversation from every layer, and search again. It cannot be undone.")
    .argument("[facts...]", "ids of facts")
    .option("--person <id>", "all about this person")
    .option("--thread <id>", "all of this conversation")
    .option("--yes", "do it; without this it only says what would go")
    .action(async (ids: string[], options: Common & { person?: string; thread?: string; yes?: boolean }) => {
      const here = context();
      const { person, thread } = options;
      const named = [ids.length > 0, person !== undefined, thread !== undefined].filter(Boolean).length;
      if (named !== 1) throw new WrongUsage("Name ids of facts, or --person, or --thread: one of the three.");
      const what = person !== undefined ? { person } : thread !== undefined ? { thread } : { ids };
      await withMemory(here, options.agent, async (memory, signal) => {
        if (!options.yes) {
          const would = await memory.wouldForget(what);
          if (options.json) return here.print(json({ wouldForget: would }));
          here.print(
            would.length === 0
              ? "Nothing would be forgotten."
              : would.map((one) => tellFact(one, here.paint)).join("\n"),
          );
          if (would.length > 0)
            here.note("Nothing was changed. With --yes these are forgotten, and nothing brings them back.");
          return;
        }
        const receipt = await memory.forget(what, { signal });
        here.print(options.json ? json(receipt) : tellReceipt(receipt, here.paint));
        while ((await memory.index(INDEX_BATCH, signal)) > 0);
        if (receipt.stillFound.length > 0)
          throw new CommandFailed("Something of it is still found. Run the same command again.");
      });
    });

  part("correct", "Write what is true instead of a fact: it ends, and leads to the new one.")
    .argument("<fact>", "its id")
    .argument("<text...>", "what is true instead")
    .action(async (id: string, words: string[], options: Common) => {
      const here = context();
      await withMemory(here, options.agent, async (memory, signal) => {
        const done = await memory.correct(id, { text: words.join(" "), by: "you" }, { signal });
        if (!done.corrected) throw new CommandFailed(done.because);
        here.print(options.json ? json(done) : `${here.paint.good("✓")} ${id} has ended; ${done.id} holds instead.`);
      });
    });

  part("release", "Recall a fact that was put aside because it reads like an order: you have looked at it.")
    .argument("<fact>", "its id; `kaos memory facts --standing quarantined` lists them")
    .action(async (id: string, options: Common) => {
      const here = context();
      await withMemory(here, options.agent, async (memory, signal) => {
        const done = await memory.release(id, { signal });
        if (!done.released) throw new CommandFailed(done.because);
        here.print(options.json ? json(done) : `${here.paint.good("✓")} ${id} is recalled from now on.`);
      });
    });

  part(
    "consolidate",
    "One night of memory: merge what says the same, end what no longer holds, put away what is stale.",
  )
    .option("--dry-run", "say what it would change, and change nothing")
    .action(async (options: Common & { dryRun?: boolean }) => {
      const here = context();
      await withMemory(here, options.agent, async (memory, signal) => {
        const night = await memory.consolidate({ dryRun: options.dryRun ?? false, signal });
        here.print(options.json ? json(night) : tellNight(night, here.paint));
      });
    });

  part("undo", "Put back what the last night has changed.").action(async (options: Common) => {
    const here = context();
    await withMemory(here, options.agent, async (memory) => {
      const undone = await memory.undo();
      if (options.json) here.print(json(undone));
      else if (undone.undone) here.print(`${here.paint.good("✓")} Night ${undone.night} is undone.`);
      if (!undone.undone) throw new CommandFailed(undone.because);
    });
  });
};
