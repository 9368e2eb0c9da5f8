/** `kaos turns`: what an agent's turns did, step by step. */
import { existsSync } from "node:fs";
import { cut, oneLine } from "../shared/base/index.ts";
import { openTurns, type TurnRow, type Turns } from "../shared/turns/index.ts";
import { type Define, examples } from "./command.ts";
import type { Context } from "./context.ts";
import { CommandFailed } from "./failures.ts";
import { chooseNames, readRoster } from "./processes/choose.ts";
import { clockTime, wrap } from "./terminal/layout.ts";

const LATEST_MAX = 20;
const WIDTH = 80;

export const turns: Define = (command, context) => {
  command
    .command("list", { isDefault: true })
    .argument("[agent]", "only this agent's")
    .option("--json", "print them as JSON")
    .description("The newest turns of every agent.")
    .action(async (asked: string | undefined, { json }: { json?: boolean }) => {
      const here = context();
      const all: (TurnRow & { agent: string })[] = [];
      for (const agent of agentsOf(asked)) {
        const rows = await withTurns(here, agent, (store) => store.latest(LATEST_MAX));
        all.push(...(rows ?? []).map((row) => ({ agent, ...row })));
      }
      all.sort((a, b) => b.startedAt - a.startedAt);
      if (json) return here.print(JSON.stringify(all.slice(0, LATEST_MAX), undefined, 2));
      if (all.length === 0) return here.print('No turns yet. Say something: `kaos room "what matters today?"`.');
      for (const { agent, id, state, startedAt, lives, entries, because } of all.slice(0, LATEST_MAX)) {
        const again = lives > 1 ? ` · begun ${lives} times` : "";
        const asking = entries.findLast(({ role }) => role === "user");
        here.print(
          `${here.paint.bold(`${agent} "${id}"`)} ${here.paint.soft(`${clockTime(startedAt)} · ${state}${again}`)}\n` +
            `  ${cut(oneLine(asking?.role === "user" ? asking.text : because), WIDTH - 2)}`,
        );
      }
    });

  command
    .command("show")
    .argument("<agent>", "whose turn")
    .argument("<id>", "its id, as `kaos turns` shows it")
    .option("--json", "print it as JSON")
    .description("One turn: what the model was told, what it asked for, what that brought.")
    .action(async (asked: string, id: string, { json }: { json?: boolean }) => {
      const here = context();
      const [agent = asked] = agentsOf(asked);
      const turn = await withTurns(here, agent, async (store) => {
        const row = await store.get(id);
        return row === undefined ? undefined : { ...row, steps: await store.story(id) };
      });
      if (turn === undefined) {
        throw new CommandFailed(`${agent} has no turn "${id}". \`kaos turns list ${agent}\` lists its newest.`);
      }
      if (json) return here.print(JSON.stringify(turn, undefined, 2));
      const { paint } = here;
      const block = (text: string) => wrap(cut(text, 2_000), { width: WIDTH, indent: "    " });
      here.print(`${paint.bold(`${agent} "${id}"`)} ${turn.state}${turn.because === "" ? "" : `: ${turn.because}`}`);
      const from = turn.sources.map((source) => `${source.from} (${source.label})`).join(", ");
      if (from !== "") here.print(paint.soft(wrap(`whose text: ${from}`, { width: WIDTH, indent: "  " })));
      for (const entry of turn.entries) {
        if ("text" in entry) here.print(`  ${paint.soft(entry.role)}\n${block(entry.text)}`);
      }
      for (const { step, completion, calls } of turn.steps) {
        here.print(`  ${paint.bold(`step ${step}`)} ${paint.soft(completion.by)}`);
        if (completion.text !== "") here.print(block(completion.text));
        for (const call of calls) {
          here.print(`  ${call.tool} ${call.arguments}`);
          here.print(
            block(call.outcome?.text ?? "(it had begun when the process ended; what came of it is not known)"),
          );
        }
      }
    });

  examples(command, [
    ["kaos turns", "the newest turns of all"],
    ['kaos turns show kronos "claim 12"', "one, step by step"],
  ]);
};

function agentsOf(asked: string | undefined): string[] {
  const known = readRoster().agents.map(({ name }) => name);
  return asked === undefined ? known : chooseNames([asked], known);
}

/** Undefined when the agent has kept none yet. */
async function withTurns<Result>(
  { home, clock }: Context,
  agent: string,
  look: (turns: Turns) => Promise<Result>,
): Promise<Result | undefined> {
  const path = home.agent(agent).turns;
  if (!existsSync(path)) return undefined;
  const store = await openTurns({ path, clock });
  try {
    return await look(store);
  } finally {
    store.close();
  }
}
