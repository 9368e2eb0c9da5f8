/** `kaos sim`: a whole swarm in one process, with everything that can go wrong, from a seed; then the promises are checked. */
import { InvalidArgumentError, Option } from "commander";
import {
  type FaultKind,
  faultKinds,
  type Report,
  type Simulation,
  simulate,
  type Violation,
} from "../shared/simulation/index.ts";
import { type Define, examples, wholeNumber } from "./command.ts";
import type { Context } from "./context.ts";
import { EXIT } from "./failures.ts";
import { duration } from "./terminal/layout.ts";

type Options = {
  seed: number;
  seeds?: readonly [number, number];
  agents: number;
  messages: number;
  hours?: number;
  faults: readonly FaultKind[];
  latency: readonly [number, number];
  json?: boolean;
};

const SEED_MAX = 2 ** 31 - 1;
const AGENTS_MAX = 24;
const MESSAGES_MAX = 1_000_000;
const HOURS_MAX = 24 * 366;
const LATENCY_MAX_MS = 600_000;
const PROGRESS_EVERY = 100;

export const sim: Define = (command, context) => {
  command
    .option("--seed <n>", "the world to make: the same seed is the same world", wholeNumber(0, SEED_MAX), 1)
    .option("--seeds <a..b>", "many worlds, one after the other, and one line of JSON for all", seedRange)
    .option("--agents <n>", "how many agents", wholeNumber(1, AGENTS_MAX), 6)
    .option("--messages <n>", "how many messages people say", wholeNumber(1, MESSAGES_MAX), 200)
    .option("--hours <n>", "say them within so many hours, not one every few seconds", wholeNumber(1, HOURS_MAX))
    .addOption(
      new Option("--faults <list>", `all, none, or some of ${faultKinds.join(",")}`)
        .argParser(faultList)
        .default([...faultKinds], "all"),
    )
    .addOption(
      new Option("--latency <ms..ms>", "how long a model takes")
        .argParser(latencyRange)
        .default([500, 4_000], "500..4000"),
    )
    .option("--json", "print the report alone, as one line of JSON")
    .action(async ({ seed, seeds, json = false, latency, ...world }: Options) => {
      const here = context();
      const started = performance.now();
      const simulation = { ...world, modelLatencyMs: latency };
      const told =
        seeds === undefined
          ? await runOne({ ...simulation, seed }, here, json)
          : await runMany(simulation, seeds, here, json);
      const seconds = Math.round((performance.now() - started) / 100) / 10;
      here.print(JSON.stringify({ ...told, seconds }));
      if (told.violations > 0) process.exitCode = EXIT.failed;
    });
  examples(command, [
    ["kaos sim --seed 7", "one world with all faults"],
    ["kaos sim --seed 7 --messages 10000", "the same people, for longer"],
    ["kaos sim --seed 7 --messages 2000 --hours 168", "a week, one every five minutes"],
    ["kaos sim --seeds 1..200 --messages 50 --json", "two hundred small worlds"],
    ["kaos sim --faults kill,freeze --latency 100..30000", "processes that die, models of any speed"],
  ]);
};

/** One world, told in full. */
async function runOne(simulation: Simulation, here: Context, json: boolean) {
  const { messages } = simulation;
  const onProgress = (said: number) => {
    if (said % PROGRESS_EVERY === 0) here.note(`${said} of ${messages} messages said`);
  };
  const report = await simulate({ ...simulation, onProgress });
  if (!json) here.print(tellReport(report));
  return { ...report, violations: report.violations.length, broken: report.violations };
}

/** Many worlds, of which only the sums are told, and the seeds that broke something. */
async function runMany(
  simulation: Omit<Simulation, "seed">,
  [first, last]: readonly [number, number],
  here: Context,
  json: boolean,
) {
  const broken: (Violation & { seed: number })[] = [];
  const sum = Object.fromEntries(SUMMED.map((key) => [key, 0])) as Record<(typeof SUMMED)[number], number>;
  for (let seed = first; seed <= last; seed++) {
    const report = await simulate({ ...simulation, seed });
    for (const key of SUMMED) sum[key] += report[key];
    for (const { invariant, message, because } of report.violations) broken.push({ seed, invariant, message, because });
    here.note(`seed ${seed} (${first} to ${last}): ${report.violations.length} violations`);
    if (!json && report.violations.length > 0) here.print(tellReport(report));
  }
  return {
    seeds: last - first + 1,
    first,
    last,
    messages: simulation.messages,
    violations: broken.length,
    broken,
    ...sum,
  };
}

/** What a report of many worlds adds up. */
const SUMMED = [
  "replies",
  "kills",
  "freezes",
  "exits",
  "twins",
  "left",
  "jumps",
  "locks",
  "fullDisks",
  "pauses",
] as const;

function tellReport(report: Report): string {
  const { seed, settings, messages, replies, violations, virtualSeconds } = report;
  const { kills, freezes, exits, twins, left, jumps, locks, fullDisks, pauses } = report;
  const lines = [
    `Seed ${seed}: ${messages} messages of people and ${replies} of agents in ${duration(virtualSeconds * 1_000)} of the clock it has.`,
    `Relevance ${settings.relevance}, strangers ${settings.strangers}, rooms ${settings.rooms}.`,
    `${kills} kills, ${freezes} freezes, ${exits} exits by a failure, ${twins} second processes of an agent, ${left} agents that left for good,`,
    `${jumps} jumps of the clock, ${locks} locks of the ledger, ${fullDisks} full disks, ${pauses} pauses.`,
  ];
  if (violations.length === 0) return [...lines, "No promise was broken (I1 to I5, pauses, strangers)."].join("\n");
  for (const { invariant, message, because, trace } of violations)
    lines.push(`${invariant} broken at message #${message}: ${because}`, ...trace.map((line) => `    ${line}`));
  return [...lines, `${violations.length} broken promises. The same seed shows them again; please report it.`].join(
    "\n",
  );
}

function faultList(text: string): readonly FaultKind[] {
  if (text === "all") return faultKinds;
  if (text === "none") return [];
  return text.split(",").map((word) => {
    const kind = faultKinds.find((known) => known === word.trim());
    if (kind === undefined)
      throw new InvalidArgumentError(`"${word}" is no fault. Write all, none, or some of ${faultKinds.join(",")}.`);
    return kind;
  });
}

function seedRange(text: string): readonly [number, number] {
  const [, first, last] = /^(\d+)\.\.(\d+)$/.exec(text) ?? [];
  const range = [Number(first), Number(last)] as const;
  if (range[0] <= range[1] && range[1] <= SEED_MAX) return range;
  throw new InvalidArgumentError(`Write two seeds as 1..200, the smaller one first, at most ${SEED_MAX}.`);
}

function latencyRange(text: string): readonly [number, number] {
  const [, least, most = least] = /^(\d+)(?:\.\.(\d+))?$/.exec(text) ?? [];
  const range = [Number(least), Number(most)] as const;
  if (range[0] <= range[1] && range[1] <= LATENCY_MAX_MS) return range;
  throw new InvalidArgumentError(`Write milliseconds as 500 or 100..30000, at most ${LATENCY_MAX_MS}.`);
}
