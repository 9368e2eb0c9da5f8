/** `kaos memory`: what an agent remembers, why it found what it found, and how it forgets. */
import { existsSync } from "node:fs";
import { messageOf } from "../shared/base/index.ts";
import type { Env } from "../shared/config/index.ts";
import {
  createShared,
  type Memory,
  openMemory,
  type PersonModel,
  type Reader,
  storesOf,
} from "../shared/memory/index.ts";
import { type Define, examples, wholeNumber } from "./command.ts";
import type { Context } from "./context.ts";
import { CommandFailed, WrongUsage } from "./failures.ts";
import { tellFact, tellHistory, tellModel, tellNight, tellRecall, tellReceipt } from "./memory/tell-memory.ts";
import { chooseNames, readRoster } from "./processes/choose.ts";
import { stopSignal } from "./stop-signal.ts";
import { withLedger } from "./with-ledger.ts";

type Common = { agent: string; json?: boolean };

/** Whose memory is meant when nobody is named: the one a person alone talks to. */
const AGENT = "kronos";
/** Facts that one call of the embedder's batch loop takes in before progress is told. */
const INDEX_BATCH = 256;
const page = wholeNumber(1, 1_000);

export const memory: Define = (command, context) => {
  command.action(() => command.help({ error: true }));
  const part = (name: string, description: string) =>
    command
      .command(name)
      .description(description)
      .option("--agent <name>", "whose memory", AGENT)
      .option("--json", "print it as JSON");

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
        while ((await memory.index(INDEX_BATCH, signal)) > 0);
        here.print(options.json ? json(receipt) : tellReceipt(receipt, here.paint));
        if (receipt.stillFound.length > 0)
          throw new CommandFailed("Something of it is still found. Run the same command again.");
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

  part("model", "What an agent supposes of a person, with the facts for it and against it.")
    .argument("[person]", "their id; without it everybody is listed")
    .option("--suppose <text>", "write a sentence of your own into it")
    .option("--edit <number>", "change this one to the text of --suppose", wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option("--strike <number>", "strike this one", wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option("--review", "look at every fact anew first")
    .action(async (person: string | undefined, options: Common & Modelling) => {
      const here = context();
      await withMemory(here, options.agent, async ({ model }) => {
        if (options.review) await model.review();
        if (person === undefined) {
          const people = await model.people();
          return here.print(options.json ? json(people) : people.join("\n") || "Nobody is known yet.");
        }
        await changeModel(model, person, options);
        const hypotheses = await model.hypotheses(person);
        here.print(options.json ? json(hypotheses) : tellModel(hypotheses, here.paint));
      });
    });

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

  examples(command, [
    ['kaos memory search "when does the importer ship?" --explain', "what kronos remembers, and why"],
    ["kaos memory why f0123456789ab", "where a fact comes from"],
    ["kaos memory forget --person telegram.42 --yes", "all about a person, from every layer"],
    ["kaos memory consolidate --dry-run", "what the next night would change"],
  ]);
};

type Modelling = { suppose?: string; edit?: number; strike?: number; review?: boolean };

/** The person at this terminal. */
const BY = "you";

async function changeModel(model: PersonModel, person: string, { suppose, edit, strike }: Modelling): Promise<void> {
  if (edit !== undefined && suppose === undefined) throw new WrongUsage("Write the new text as --suppose <text>.");
  const gone = (id: number) =>
    new CommandFailed(`There is no supposition ${id}. \`kaos memory model ${person}\` lists them.`);
  if (strike !== undefined && !(await model.strike(strike))) throw gone(strike);
  if (suppose === undefined) return;
  if (edit === undefined) await model.suppose({ person, text: suppose, by: BY });
  else if (!(await model.edit(edit, { text: suppose, by: BY }))) throw gone(edit);
}

type Asking = { person?: string; room?: string };

function readerOf({ person, room }: Asking): Reader {
  return { person: person ?? "", isOwner: person === undefined && room === undefined, room: room ?? null };
}

function isStanding<Counts extends object>(text: string, counts: Counts): text is Extract<keyof Counts, string> {
  return Object.hasOwn(counts, text);
}

function json(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}

async function nothingOf(memory: Memory, id: string, agent: string): Promise<CommandFailed> {
  if (await memory.wasForgotten(id)) return new CommandFailed(`${id} was forgotten. Nothing of it is kept but that.`);
  return new CommandFailed(`${agent} has no fact ${id}. \`kaos memory facts --agent ${agent}\` lists them.`);
}

/** The agent may live meanwhile: each step is one transaction, and its process notices what another one wrote. */
async function withMemory(
  here: Context,
  asked: string,
  work: (memory: Memory, signal: AbortSignal) => Promise<void>,
  env: Env = here.env,
): Promise<void> {
  const [agent = asked] = chooseNames(
    [asked],
    readRoster().agents.map(({ name }) => name),
  );
  const path = here.home.agent(agent).database;
  if (!existsSync(path)) throw new CommandFailed(`${agent} remembers nothing in ${here.home.folder} yet.`);
  const { signal, release } = stopSignal();
  try {
    await withLedger(here, { create: true }, async (ledger) => {
      const memory = await openMemory({
        path,
        clock: here.clock,
        shared: createShared(ledger.sharedFacts, { agent }),
        ...storesOf(env, { home: here.home, agent }),
      });
      try {
        await work(memory, signal);
      } catch (error) {
        if (signal.aborted) throw new CommandFailed(`Stopped: ${messageOf(error)}. What was done until then stands.`);
        throw error;
      } finally {
        memory.close();
      }
    });
  } finally {
    release();
  }
}
