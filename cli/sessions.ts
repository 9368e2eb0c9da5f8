/** `kaos sessions`: conversations word for word, what of them a prompt tells as a summary, and how to take that back. */
import { existsSync } from "node:fs";
import { AgentRunsAlready } from "../agents/assemble-agent.ts";
import { compact } from "../shared/agent/index.ts";
import { cut, oneLine } from "../shared/base/index.ts";
import type { Model } from "../shared/engine/index.ts";
import { type Compaction, type Memory, openMemory, type SessionEntry } from "../shared/memory/index.ts";
import { openAgent } from "./chat/open-agent.ts";
import { type Define, examples, wholeNumber } from "./command.ts";
import type { Context } from "./context.ts";
import { CommandFailed, WrongUsage } from "./failures.ts";
import { chooseNames, readRoster } from "./processes/choose.ts";
import { stopSignal } from "./stop-signal.ts";
import { clockTime, listed, wrap } from "./terminal/layout.ts";
import { withLifetime } from "./with-lifetime.ts";

type Common = { agent?: string; json?: boolean };

const WIDTH = 80;
const THREADS_MAX = 50;
/** Characters of the newest words that `compact` leaves as they are. */
const KEPT_DEFAULT = 2_000;
/** Characters of one thing said that `show` prints; `--json` has all. */
const SHOWN_MAX = 600;

export const sessions: Define = (command, context) => {
  command
    .command("list", { isDefault: true })
    .argument("[agent]", "only this agent's")
    .option("--json", "print them as JSON")
    .description("Conversations, the one that was last spoken in first.")
    .action(async (asked: string | undefined, { json }: Common) => {
      const here = context();
      const all = [];
      for (const agent of agentsOf(asked)) {
        const found = await withMemory(here, agent, { writes: false }, async (memory) => {
          const threads = await memory.sessions.threads(THREADS_MAX);
          return Promise.all(threads.map(async (one) => ({ agent, ...one, ...(await summed(memory, one.thread)) })));
        });
        all.push(...(found ?? []));
      }
      all.sort((one, other) => other.lastAt - one.lastAt);
      if (json) return here.print(JSON.stringify(all, undefined, 2));
      if (all.length === 0) return here.print("No conversations yet. Begin one: `kaos chat`.");
      for (const { agent, thread, entries, lastAt, asSummary } of all) {
        const told = asSummary === 0 ? "" : `, ${asSummary} of them told as a summary`;
        here.print(
          `${here.paint.bold(`${agent} ${thread}`)} ${here.paint.soft(`${clockTime(lastAt)} · ${entries} said${told}`)}`,
        );
      }
    });

  const part = (name: string, description: string) =>
    command
      .command(name)
      .argument("<thread>", "the conversation, as `kaos sessions` shows it")
      .option("--agent <name>", "whose; needed when several agents have one of this name")
      .option("--json", "print it as JSON")
      .description(description);

  part("show", "What a prompt tells of one: the summary with what it stands for, and everything said since.")
    .option("--all", "the words that the summary stands for, too")
    .action(async (thread: string, options: Common & { all?: boolean }) => {
      const here = context();
      await withThread(here, thread, options, { writes: false }, async (memory, agent) => {
        const { compaction, since } = await memory.sessions.told(thread);
        const covered = compaction === undefined ? [] : await memory.sessions.upTo(thread, compaction.last);
        const history = await memory.sessions.compactions(thread);
        if (options.json) {
          const shown = options.all ? { covered } : {};
          return here.print(JSON.stringify({ agent, thread, compaction, ...shown, since, history }, undefined, 2));
        }
        here.print(here.paint.bold(`${agent} ${thread}`));
        if (compaction !== undefined) here.print(`${tellCompaction(compaction, here)}\n`);
        if (options.all) for (const entry of covered) here.print(tellEntry(entry, here));
        for (const entry of since) here.print(tellEntry(entry, here));
        const undone = history.filter(({ undoneAt }) => undoneAt !== null).length;
        if (undone > 0) here.note(here.paint.soft(`${undone} summaries of it were undone.`));
      });
    });

  part("compact", "Tell all but the newest words as a summary from now on. Nothing that was said is deleted.")
    .option("--keep <characters>", "newest words that stay as they are", wholeNumber(0, 1_000_000), KEPT_DEFAULT)
    .action(async (thread: string, options: Common & { keep: number }) => {
      const here = context();
      await withThread(here, thread, options, { writes: true }, async (memory, agent) => {
        const { signal, release } = stopSignal();
        const made = await withSummariser(here, agent, (summariser, validate) =>
          compact(
            { sessions: memory.sessions, clock: here.clock, validate, ...(summariser && { summariser }) },
            thread,
            { because: "a person asked for it", keptCharacters: options.keep },
            signal,
          ),
        ).finally(release);
        if (made === undefined) {
          throw new CommandFailed(
            `Nothing of ${thread} can be compacted: its newest ${options.keep} characters are all there is. --keep 0 takes everything.`,
          );
        }
        here.print(options.json ? JSON.stringify(made, undefined, 2) : tellCompaction(made, here));
        here.note(here.paint.soft(`\`kaos sessions uncompact ${thread} --agent ${agent}\` takes it back.`));
      });
    });

  part("uncompact", "Take the newest summary back: the one before it, or the words themselves, are told again.").action(
    async (thread: string, options: Common) => {
      const here = context();
      await withThread(here, thread, options, { writes: true }, async (memory, agent) => {
        const undone = await memory.sessions.uncompact(thread);
        if (undone === undefined) {
          throw new CommandFailed(`${thread} of ${agent} has no summary in force: its words are told as they are.`);
        }
        const { compaction, since } = await memory.sessions.told(thread);
        if (options.json) return here.print(JSON.stringify({ undone, inForce: compaction ?? null }, undefined, 2));
        const before = compaction === undefined ? "" : `, after the summary before it`;
        here.print(`${here.paint.good("✓")} ${since.length} things said are told word for word again${before}.`);
        here.note(here.paint.soft("It is compacted again when it is four times as long as a prompt tells otherwise."));
      });
    },
  );

  examples(command, [
    ["kaos sessions", "every conversation"],
    ["kaos sessions show terminal", "what `kaos chat` tells of its own"],
    ["kaos sessions uncompact terminal", "tell the words themselves again"],
  ]);
};

async function summed({ sessions }: Memory, thread: string): Promise<{ asSummary: number }> {
  return { asSummary: (await sessions.told(thread)).compaction?.entries ?? 0 };
}

function tellCompaction({ first, last, entries, summary, receipt, model, because, at }: Compaction, here: Context) {
  const { soft } = here.paint;
  const found = Object.entries(receipt.found).map(([kind, count]) => `${count} ${kind}${count === 1 ? "" : "s"}`);
  const checked = `${listed(found)} looked for; ${receipt.added.length} things said were added word for word${receipt.leftOut === 0 ? "" : `, ${receipt.leftOut} more did not fit`}`;
  return [
    soft(`told as a summary: ${entries} things said (#${first} to #${last}), by ${model ?? "rules"}, ${clockTime(at)}`),
    soft(wrap(`because ${because}`, { width: WIDTH })),
    wrap(summary, { width: WIDTH, indent: "  " }),
    soft(wrap(`checked: ${checked}`, { width: WIDTH })),
  ].join("\n");
}

function tellEntry({ id, by, text, at }: SessionEntry, { paint }: Context): string {
  const shown = wrap(cut(oneLine(text), SHOWN_MAX), { width: WIDTH, indent: "  " });
  return `${paint.soft(`#${id} ${clockTime(at)}`)} ${by}\n${shown}`;
}

function agentsOf(asked: string | undefined): string[] {
  const known = readRoster().agents.map(({ name }) => name);
  return asked === undefined ? known : chooseNames([asked], known);
}

/** The memory of whoever has this conversation. */
async function withThread(
  here: Context,
  thread: string,
  { agent: asked }: Common,
  access: { writes: boolean },
  work: (memory: Memory, agent: string) => Promise<void>,
): Promise<void> {
  const having: string[] = [];
  for (const agent of agentsOf(asked)) {
    const has = await withMemory(here, agent, { writes: false }, async ({ sessions }) => {
      return (await sessions.recent(thread, 1)).length > 0;
    });
    if (has) having.push(agent);
  }
  const [agent, ...others] = having;
  if (agent === undefined) {
    throw new CommandFailed(
      `${asked ?? "Nobody"} has ${asked === undefined ? "a" : "no"} conversation "${thread}". \`kaos sessions\` lists them.`,
    );
  }
  if (others.length > 0)
    throw new WrongUsage(`${listed(having)} have a conversation "${thread}". Say whose: --agent ${agent}.`);
  await withMemory(here, agent, access, (memory) => work(memory, agent));
}

/** Undefined when the agent remembers nothing yet. */
async function withMemory<Result>(
  { home, clock }: Context,
  agent: string,
  { writes }: { writes: boolean },
  work: (memory: Memory) => Promise<Result>,
): Promise<Result | undefined> {
  const path = home.agent(agent).database;
  if (!existsSync(path)) return undefined;
  const memory = await openMemory({ path, clock, readonly: !writes });
  try {
    return await work(memory);
  } finally {
    memory.close();
  }
}

/** The agent's lite model and its validator; while the agent is up it has them itself, and rules write the summary. */
async function withSummariser<Result>(
  here: Context,
  agent: string,
  work: (summariser: Model | undefined, validate: (text: string) => string) => Promise<Result>,
): Promise<Result> {
  let result: { of: Result } | undefined;
  try {
    await withLifetime(async (lifetime) => {
      const { parts, summariser } = await openAgent(here, agent, lifetime);
      result = { of: await work(summariser, parts.validate) };
    });
  } catch (error) {
    if (!(error instanceof AgentRunsAlready)) throw error;
    // What stands in a conversation has passed the validator already, and rules add no words of their own.
    return work(undefined, (text) => text);
  }
  if (result === undefined) throw new Error("the work with a summariser brought nothing");
  return result.of;
}
