/** `kaos turns`: what an agent's turns did, step by step; and how one goes on, or goes another way. */
import { cut, oneLine } from "../shared/base/index.ts";
import type { TurnRow } from "../shared/turns/index.ts";
import { type Define, examples, wholeNumber } from "./command.ts";
import { clockTime, wrap } from "./terminal/layout.ts";
import { agentsOf, findTurn, withTurns } from "./turns/find-turn.ts";
import { forkTurn } from "./turns/fork-turn.ts";
import { resumeTurn } from "./turns/resume-turn.ts";

const LATEST_MAX = 20;
const WIDTH = 80;
/** More steps than a turn can have. */
const STEPS_MAX = 1_000;
const WHICH = "an agent and the turn's id, as `kaos turns` shows them; the id alone where one agent has it";

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
    .argument("<turn...>", WHICH)
    .option("--json", "print it as JSON")
    .description("One turn: what the model was told, what it asked for, what that brought.")
    .action(async (words: string[], { json }: { json?: boolean }) => {
      const here = context();
      const { agent, turn: row } = await findTurn(here, words);
      const steps = (await withTurns(here, agent, (store) => store.story(row.id))) ?? [];
      const turn = { ...row, steps };
      if (json) return here.print(JSON.stringify(turn, undefined, 2));
      const { paint } = here;
      const block = (text: string) => wrap(cut(text, 2_000), { width: WIDTH, indent: "    " });
      here.print(
        `${paint.bold(`${agent} "${row.id}"`)} ${turn.state}${turn.because === "" ? "" : `: ${turn.because}`}`,
      );
      if (turn.forkedFrom !== null)
        here.print(paint.soft(`  shares steps 1 to ${turn.forkedAt ?? 0} of "${turn.forkedFrom}"`));
      const from = turn.sources.map((source) => `${source.from} (${source.label})`).join(", ");
      if (from !== "") here.print(paint.soft(wrap(`whose text: ${from}`, { width: WIDTH, indent: "  " })));
      for (const entry of turn.entries) {
        if ("text" in entry) here.print(`  ${paint.soft(entry.role)}\n${block(entry.text)}`);
      }
      for (const { step, steered, completion, calls } of turn.steps) {
        here.print(`  ${paint.bold(`step ${step}`)} ${paint.soft(completion.by)}`);
        for (const entry of steered) if (entry.role === "user") here.print(`  heard meanwhile\n${block(entry.text)}`);
        if (completion.text !== "") here.print(block(completion.text));
        for (const call of calls) {
          here.print(`  ${call.tool} ${call.arguments}`);
          here.print(
            block(call.outcome?.text ?? "(it had begun when the process ended; what came of it is not known)"),
          );
        }
      }
    });

  command
    .command("resume")
    .argument("<turn...>", WHICH)
    .option("--json", "print the answer and what it took as JSON")
    .description("Go on with a turn that was interrupted, where it stands. What it has done is not done again.")
    .action((words: string[], { json }: { json?: boolean }) => resumeTurn(context(), words, { json: json === true }));

  command
    .command("fork")
    .argument("<turn...>", WHICH)
    .requiredOption("--at <step>", "the last step that both share; 0 begins anew", wholeNumber(0, STEPS_MAX))
    .option("-p, --prompt <text>", "something said at that point")
    .option("--json", "print the answer and what it took as JSON")
    .description("Go another way from a step of a turn, in this terminal. What that turn did later is not done again.")
    .action((words: string[], options: { at: number; prompt?: string; json?: boolean }) =>
      forkTurn(context(), words, options),
    );

  examples(command, [
    ["kaos turns", "the newest turns of all"],
    ['kaos turns show kronos "claim 12"', "one, step by step"],
    ["kaos turns resume terminal.1764061200000.1", "go on with what a crash interrupted"],
    ['kaos turns fork kronos "claim 12" --at 2 -p "Without the web."', "what would it have said"],
  ]);
};
