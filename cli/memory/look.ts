/** Looking into a memory: searching, one fact, where it comes from, all of them as a file. */
import type { Reader } from "../../shared/memory/index.ts";
import { wholeNumber } from "../command.ts";
import { WrongUsage } from "../failures.ts";
import { tellFact, tellHistory, tellRecall } from "./tell-memory.ts";
import { type Common, type DefineParts, json, nothingOf, withMemory } from "./with-memory.ts";

const page = wholeNumber(1, 1_000);

export const lookingParts: DefineParts = (part, context) => {
  part("search", "What this agent would remember for a question, as its owner would be told it.")
    .argument("<question...>", "the question, in any language")
    .option("-n, --lines <count>", "how many", page, 10)
    .option("--explain", "what counted for each, and its place in each layer")
    .option("--person <id>", "as this person in private would be told it, who is not the owner")
    .option("--room <id>", "as the people of this room would be told it")
    .action(async (words: string[], options: Common & { lines: number; explain?: boolean } & Asking) => {
      const here = context();
      await withMemory(here, options.agent, async (memory, signal) => {
        const recall = await memory.recall(words.join(" "), {
          reader: readerOf(options),
          limit: options.lines,
          tokensMax: Number.POSITIVE_INFINITY,
          signal,
        });
        here.print(options.json ? json(recall) : tellRecall(recall, here.paint, { explain: options.explain ?? false }));
      });
    });

  part("why", "Where a fact comes from, what was drawn from it, and what nights made of it.")
    .argument("<fact>", "its id")
    .action(async (id: string, options: Common) => {
      const here = context();
      await withMemory(here, options.agent, async (memory) => {
        const history = await memory.why(id);
        if (history === undefined) throw await nothingOf(memory, id, options.agent);
        here.print(options.json ? json(history) : tellHistory(history, here.paint));
      });
    });

  part("facts", "The facts of an agent, the newest first.")
    .option("-n, --lines <count>", "how many", page, 20)
    .option("--person <id>", "only about this person")
    .option("--standing <standing>", "active, archived, quarantined, merged or retracted")
    .action(async (options: Common & { lines: number; person?: string; standing?: string }) => {
      const here = context();
      const { lines, person, standing } = options;
      await withMemory(here, options.agent, async (memory) => {
        const counts = await memory.facts.count();
        if (standing !== undefined && !isStanding(standing, counts))
          throw new WrongUsage(`A fact is ${Object.keys(counts).join(", ")}; "${standing}" is none of them.`);
        const facts = await memory.facts.list({
          limit: lines,
          ...(person !== undefined && { subject: person }),
          ...(standing !== undefined && isStanding(standing, counts) && { standing }),
        });
        if (options.json) return here.print(json({ counts, facts }));
        here.print(
          facts.length === 0 ? "No fact is like that." : facts.map((one) => tellFact(one, here.paint)).join("\n"),
        );
        const told = Object.entries(counts).filter(([, count]) => count > 0);
        here.note(told.map(([name, count]) => `${count.toLocaleString("en")} ${name}`).join(", "));
      });
    });

  part("show", "One fact, whole.")
    .argument("<fact>", "its id")
    .action(async (id: string, options: Common) => {
      const here = context();
      await withMemory(here, options.agent, async (memory) => {
        const fact = await memory.facts.get(id);
        if (fact === undefined) throw await nothingOf(memory, id, options.agent);
        here.print(options.json ? json(fact) : `${tellFact(fact, here.paint)}\n\n${fact.text}`);
      });
    });

  part("export", "Every fact as one JSON line, with its sources and its history.").action(async (options: Common) => {
    const here = context();
    await withMemory(here, options.agent, async (memory, signal) => {
      for (let after = 0; ; ) {
        const facts = await memory.facts.after(after, 500);
        if (facts.length === 0) break;
        for (const { seq, fact } of facts) {
          signal.throwIfAborted();
          after = seq;
          here.print(JSON.stringify(await memory.why(fact.id)));
        }
      }
    });
  });
};

type Asking = { person?: string; room?: string };

function readerOf({ person, room }: Asking): Reader {
  return { person: person ?? "", isOwner: person === undefined && room === undefined, room: room ?? null };
}

function isStanding<Counts extends object>(text: string, counts: Counts): text is Extract<keyof Counts, string> {
  return Object.hasOwn(counts, text);
}
