/** `kaos eval`: turns of agents as scenarios that run again without keys, and what a change makes different. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { isSecret } from "../shared/config/index.ts";
import {
  type Behaviour,
  captureTurn,
  differences,
  fileOf,
  playScenario,
  type Scenario,
  scenariosIn,
} from "../shared/evals/index.ts";
import { createRedactor } from "../shared/security/index.ts";
import type { TurnRow } from "../shared/turns/index.ts";
import { type Define, examples, wholeNumber } from "./command.ts";
import type { Context } from "./context.ts";
import { openStage } from "./eval/open-stage.ts";
import { CommandFailed, WrongUsage } from "./failures.ts";
import { agentsOf, findTurn, withTurns } from "./turns/find-turn.ts";
import { withLifetime } from "./with-lifetime.ts";

const LAST_MAX = 200;
/** Turns whose end can be compared. */
const ENDED: ReadonlySet<TurnRow["state"]> = new Set(["answered", "passed", "stopped"]);

type Played = { name: string; agent: string; is: Behaviour; differs: string[] };
type Result = { scenarios: number; same: number; played: Played[] };

export const evalCommand: Define = (command, context) => {
  command.action(() => command.help({ error: true }));

  command
    .command("capture")
    .argument("[turn...]", "an agent and the turn's id, as `kaos turns` shows them")
    .option("--last <count>", "the newest turns that have ended, of all agents", wholeNumber(1, LAST_MAX))
    .requiredOption("--to <folder>", "where the scenarios are written, a file each")
    .option("--json", "print what was written as JSON")
    .description("Write recorded turns down as scenarios, without secrets.")
    .action(async (words: string[], { last, to, json }: { last?: number; to: string; json?: boolean }) => {
      if ((words.length === 0) === (last === undefined)) throw new WrongUsage("Name a turn, or say --last <count>.");
      const here = context();
      const turns = last === undefined ? [await findTurn(here, words)] : await newest(here, last);
      if (turns.length === 0)
        throw new CommandFailed('No turn has ended here yet. Say something: `kaos room "what matters today?" --wait`.');
      const written = await capture(here, turns, resolve(to));
      if (json) return here.print(JSON.stringify(written, undefined, 2));
      for (const { file, drift } of written) {
        here.print(`${here.paint.good("✓")} ${file}`);
        for (const line of drift) here.note(`  played again it is not quite what was recorded: ${line}`);
      }
    });

  command
    .command("run")
    .argument("<folder>", "scenarios, as `kaos eval capture` wrote them")
    .option("--offline", "ask the offline model instead of the record")
    .option("--json", "print what each did as JSON, for `kaos eval diff`")
    .description("Play every scenario with the agents as they are now; ends with 1 when one behaves otherwise.")
    .action(async (folder: string, { offline, json }: { offline?: boolean; json?: boolean }) => {
      const here = context();
      const result = await playAll(here, scenariosIn(resolve(folder)), { live: offline === true });
      if (json) here.print(JSON.stringify(result, undefined, 2));
      else here.print(tell(here, result));
      if (result.same < result.scenarios)
        throw new CommandFailed(
          `${result.scenarios - result.same} of ${result.scenarios} scenarios behave otherwise. Where that is meant, capture them anew.`,
        );
    });

  command
    .command("diff")
    .argument("<before>", "a file that `kaos eval run --json` printed, or a folder of scenarios")
    .argument("<after>", "another one")
    .option("--json", "print the differences as JSON")
    .description("What two runs, or two sets, do differently; ends with 1 when anything is.")
    .action((before: string, after: string, { json }: { json?: boolean }) => {
      const here = context();
      const found = compare(behavioursIn(resolve(before)), behavioursIn(resolve(after)));
      if (json) here.print(JSON.stringify(found, undefined, 2));
      else if (found.length === 0) here.print(`${here.paint.good("✓")} They behave the same.`);
      else here.print(found.map(({ name, differs }) => block(here, name, differs)).join("\n"));
      if (found.length > 0) throw new CommandFailed(`${found.length} scenarios differ.`);
    });

  examples(command, [
    ["kaos eval capture --last 10 --to evals", "the newest ten turns as files"],
    ["kaos eval run evals", "do the agents still behave like that?"],
    ["kaos eval run evals --json > after.json", "keep what they do now"],
    ["kaos eval diff before.json after.json", "what changed between two revisions"],
  ]);
};

async function newest(here: Context, count: number) {
  const all: { agent: string; turn: TurnRow }[] = [];
  for (const agent of agentsOf(undefined)) {
    const rows = (await withTurns(here, agent, (store) => store.latest(count))) ?? [];
    all.push(...rows.filter(({ state }) => ENDED.has(state)).map((turn) => ({ agent, turn })));
  }
  return all.sort((one, other) => other.turn.startedAt - one.turn.startedAt).slice(0, count);
}

async function capture(here: Context, turns: readonly { agent: string; turn: TurnRow }[], folder: string) {
  mkdirSync(folder, { recursive: true });
  const secrets = Object.entries(here.raw).flatMap(([name, text]) => (text && isSecret(name, text) ? [text] : []));
  const redact = createRedactor({ secrets });
  const written: { file: string; drift: string[] }[] = [];
  for (const { agent, turn } of turns) {
    const story = (await withTurns(here, agent, (store) => store.story(turn.id))) ?? [];
    const recorded = captureTurn({ agent, turn, story }, redact);
    await withLifetime(async (lifetime) => {
      const stage = await openStage(here, agent, lifetime, { live: false });
      const expected = await playScenario(recorded, stage);
      const file = join(folder, `${recorded.name}.json`);
      writeFileSync(file, fileOf({ ...recorded, expected }), { mode: 0o600 });
      written.push({ file, drift: driftOf(turn, recorded, expected) });
    });
  }
  return written;
}

/** What playing does otherwise than what was recorded: settings, tools or persona have changed since. */
function driftOf(turn: TurnRow, { results }: Omit<Scenario, "expected">, { end, calls }: Behaviour): string[] {
  const drift = end === turn.state ? [] : [`it was ${turn.state} and is ${end}`];
  const outcomes = (kinds: readonly string[]) => kinds.join(", ");
  const [was, is] = [outcomes(results.map(({ kind }) => kind)), outcomes(calls.map(({ outcome }) => outcome))];
  return was === is ? drift : [...drift, `its calls were ${was || "none"} and are ${is || "none"}`];
}

async function playAll(here: Context, scenarios: readonly Scenario[], { live }: { live: boolean }): Promise<Result> {
  const played: Played[] = [];
  for (const [agent, own] of Map.groupBy(scenarios, (scenario) => scenario.agent)) {
    await withLifetime(async (lifetime) => {
      const stage = await openStage(here, agent, lifetime, { live });
      for (const scenario of own) {
        const is = await playScenario(scenario, stage);
        played.push({ name: scenario.name, agent, is, differs: differences(scenario.expected, is) });
      }
    });
  }
  return { scenarios: played.length, same: played.filter(({ differs }) => differs.length === 0).length, played };
}

function tell(here: Context, { scenarios, same, played }: Result): string {
  const otherwise = played.filter(({ differs }) => differs.length > 0);
  return [
    ...otherwise.map(({ name, differs }) => block(here, name, differs)),
    `${same === scenarios ? here.paint.good("✓") : here.paint.bad("✗")} ${same} of ${scenarios} scenarios behave as written down.`,
  ].join("\n");
}

function block({ paint }: Context, name: string, differs: readonly string[]): string {
  return [paint.bold(name), ...differs.map((line) => `  ${line}`)].join("\n");
}

const printed = z.looseObject({ played: z.array(z.looseObject({ name: z.string(), is: z.unknown() })) });

/** By name: of a run what happened, of a folder what is expected. */
function behavioursIn(path: string): Map<string, Behaviour> {
  if (!existsSync(path)) throw new CommandFailed(`There is no ${path}.`);
  if (statSync(path).isDirectory()) return new Map(scenariosIn(path).map(({ name, expected }) => [name, expected]));
  try {
    const { played } = printed.parse(JSON.parse(readFileSync(path, "utf8")));
    return new Map(played.map(({ name, is }) => [name, is as Behaviour]));
  } catch (cause) {
    throw new CommandFailed(`${path} is not what \`kaos eval run --json\` prints.`, { cause });
  }
}

function compare(before: ReadonlyMap<string, Behaviour>, after: ReadonlyMap<string, Behaviour>) {
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return names.flatMap((name) => {
    const [was, is] = [before.get(name), after.get(name)];
    if (was === undefined) return [{ name, differs: ["is new"] }];
    if (is === undefined) return [{ name, differs: ["is gone"] }];
    const differs = differences(was, is);
    return differs.length === 0 ? [] : [{ name, differs }];
  });
}
