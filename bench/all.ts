/**
 * All figures of the product in one run: `npm run bench -- [--json] [--quick] [--soak-minutes 10] [--corpora DIR] [--only swarm,engine]`.
 * Each is a bench of its own in a process of its own, one after the other, so that none disturbs the next. Sets of questions and of
 * attacks are not in this repository: memory and security are measured where `--corpora` names a folder that has them. Exit code 1
 * when one did not run, or ended with 1 itself because a promise was broken.
 */
import { existsSync, readdirSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { programRoot, programVersion } from "../shared/config/index.ts";
import { measure, type Ran } from "./all/measure.ts";

/** A loaded machine says little about single times. */
const LOAD_QUIET = 0.5;

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    "soak-minutes": { type: "string" },
    corpora: { type: "string" },
    only: { type: "string" },
  },
});

type Bench = { name: string; script: string; words: readonly string[] };

const quick = values.quick;
const corpora = values.corpora === undefined ? undefined : resolve(values.corpora);
const soakMinutes = values["soak-minutes"] ?? (quick ? "0.5" : "10");

const benches: readonly Bench[] = [
  { name: "swarm", script: "swarm", words: quick ? ["--rounds", "3", "--messages", "20"] : [] },
  { name: "engine", script: "engine", words: [] },
  { name: "footprint", script: "footprint", words: [] },
  { name: "audit", script: "audit", words: quick ? ["--lines", "100000"] : [] },
  { name: "control-room", script: "control-room", words: quick ? ["--rows", "5000", "--rounds", "3"] : [] },
  { name: "soak", script: "months", words: ["--minutes", soakMinutes] },
  ...(corpora === undefined
    ? []
    : [
        { name: "memory", script: "memory", words: ["--corpus", corpora, ...(quick ? ["--no-scale"] : [])] },
        { name: "security", script: "security", words: ["--corpora", corpora] },
      ]),
];

const only = values.only?.split(",").map((name) => name.trim());
const unknown = only?.filter((name) => !benches.some((bench) => bench.name === name)) ?? [];
if (unknown.length > 0) {
  process.stderr.write(
    `There is no bench ${unknown.join(", ")}. Known: ${benches.map(({ name }) => name).join(", ")}.\n`,
  );
  process.exit(2);
}

const before = machine();
const ran: Record<string, Ran> = {};
for (const bench of benches.filter(({ name }) => only?.includes(name) ?? true)) {
  process.stderr.write(`${bench.name} …\n`);
  ran[bench.name] = await measure(join(programRoot(), "dist", "bench", `${bench.script}.js`), bench.words);
}
const skipped = corpora === undefined ? { memory: "no --corpora", security: "no --corpora" } : {};
const result = { kaos: programVersion(), at: new Date().toISOString(), machine: before, figures: ran, skipped };
process.stdout.write(`${values.json ? JSON.stringify(result) : told(result)}\n`);
process.exitCode = Object.values(ran).every((one) => one.ran && one.kept) ? 0 : 1;

/** What figures are worth depends on it. */
function machine() {
  const [load = 0] = loadavg();
  const cores = cpus();
  return {
    cores: cores.length,
    model: cores[0]?.model.trim() ?? "unknown",
    memoryGiB: Math.round(totalmem() / 1_024 ** 3),
    system: `${type()} ${release()}`,
    node: process.version,
    load1: Math.round(load * 10) / 10,
    quiet: load / cores.length < LOAD_QUIET,
    processes: existsSync("/proc") ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)).length : undefined,
  };
}

function told({ figures, skipped: left, machine: on }: typeof result): string {
  const lines = [`${on.cores} × ${on.model}, ${on.memoryGiB} GiB, ${on.system}, Node ${on.node}, load ${on.load1}`];
  for (const [name, one] of Object.entries(figures))
    lines.push(
      "",
      `## ${name} (${one.seconds} s)`,
      "",
      one.ran ? JSON.stringify(one.figures, undefined, 2) : `did not run: ${one.because}`,
      ...(one.ran && !one.kept ? ["", "It ended with 1: a promise was broken."] : []),
    );
  for (const [name, because] of Object.entries(left)) lines.push("", `${name}: not measured, ${because}`);
  return lines.join("\n");
}
