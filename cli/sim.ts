/** `kaos sim`: a whole swarm in one process, with everything that can go wrong, from a seed; then the promises are checked. */
import { InvalidArgumentError } from "commander";
import { type FaultKind, faultKinds, type Report, simulate } from "../shared/simulation/index.ts";
import { type Define, examples, wholeNumber } from "./command.ts";
import { EXIT } from "./failures.ts";

type Options = {
  seed: number;
  agents: number;
  messages: number;
  faults: readonly FaultKind[];
  latency: readonly [number, number];
  json?: boolean;
};

const SEED_MAX = 2 ** 31 - 1;
const AGENTS_MAX = 24;
const MESSAGES_MAX = 1_000_000;
const LATENCY_MAX_MS = 600_000;
const PROGRESS_EVERY = 100;

export const sim: Define = (command, context) => {
  command
    .option("--seed <n>", "the world to make: the same seed is the same world", wholeNumber(0, SEED_MAX), 1)
    .option("--agents <n>", "how many agents", wholeNumber(1, AGENTS_MAX), 6)
    .option("--messages <n>", "how many messages people say", wholeNumber(1, MESSAGES_MAX), 200)
    .option("--faults <list>", `all, none, or some of ${faultKinds.join(",")}`, faultList, [...faultKinds])
    .option("--latency <ms..ms>", "how long a model takes", latencyRange, [500, 4_000] as const)
    .option("--json", "print the report alone, as one line of JSON")
    .action(async ({ seed, agents, messages, faults, latency, json }: Options) => {
      const here = context();
      const started = performance.now();
      const onProgress = (said: number) => {
        if (said % PROGRESS_EVERY === 0) here.note(`${said} of ${messages} messages said`);
      };
      const report = await simulate({ seed, agents, messages, faults, modelLatencyMs: latency, onProgress });
      const seconds = Math.round((performance.now() - started) / 100) / 10;
      if (!json) here.print(tellReport(report));
      here.print(
        JSON.stringify({ ...report, violations: report.violations.length, broken: report.violations, seconds }),
      );
      if (report.violations.length > 0) process.exitCode = EXIT.failed;
    });
  examples(command, [
    ["kaos sim --seed 7", "one world with all faults"],
    ["kaos sim --seed 7 --messages 10000", "the same people, for longer"],
    ["kaos sim --faults kill,freeze --latency 100..30000", "processes that die, models of any speed"],
  ]);
};

function tellReport({
  seed,
  messages,
  replies,
  violations,
  kills,
  freezes,
  exits,
  jumps,
  locks,
  fullDisks,
  virtualSeconds,
}: Report): string {
  const lines = [
    `Seed ${seed}: ${messages} messages of people and ${replies} of agents in ${Math.round(virtualSeconds / 60)} minutes of the clock it has.`,
    `${kills} kills, ${freezes} freezes, ${exits} exits by a failure, ${jumps} jumps of the clock, ${locks} locks of the ledger, ${fullDisks} full disks.`,
  ];
  if (violations.length === 0) return [...lines, "No promise was broken (I1 to I5)."].join("\n");
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

function latencyRange(text: string): readonly [number, number] {
  const [, least, most = least] = /^(\d+)(?:\.\.(\d+))?$/.exec(text) ?? [];
  const range = [Number(least), Number(most)] as const;
  if (range[0] <= range[1] && range[1] <= LATENCY_MAX_MS) return range;
  throw new InvalidArgumentError(`Write milliseconds as 500 or 100..30000, at most ${LATENCY_MAX_MS}.`);
}
