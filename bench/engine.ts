/**
 * What the engine costs in each step, beside the bare `openai` client in the same run: `npm run bench:engine -- [--rounds 40]
 * [--steps 10] [--folder DIR] [--json]`. Both do the same tool loop against the same provider on loopback, in turn.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import OpenAI from "openai";
import { runBare } from "./engine/bare.ts";
import { ANSWER, openProvider } from "./engine/provider.ts";
import { openEngine } from "./engine/turn.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "40" },
    steps: { type: "string", default: "10" },
    folder: { type: "string", default: tmpdir() },
    json: { type: "boolean", default: false },
  },
});
const [rounds, steps] = [Number(values.rounds), Number(values.steps)];
/** Rounds before the first one counts: modules load, files grow, and V8 compiles for good only what ran a few hundred times. An agent runs for weeks. */
const WARM_UP = 40;

const folder = mkdtempSync(join(values.folder, "kaos-bench-engine-"));
const provider = await openProvider(steps);
const engine = await openEngine(provider.baseUrl, folder);
const openai = new OpenAI({ baseURL: provider.baseUrl, apiKey: "sk-bench", maxRetries: 0 });
const bareTurn = () => runBare(openai);
try {
  const pairs: { ours: Taken; bare: Taken }[] = [];
  for (let round = -WARM_UP; round < rounds; round++) {
    // Who begins changes, so that neither profits from what the other warmed.
    const first = round % 2 === 0 ? await measure(engine.run) : await measure(bareTurn);
    const second = round % 2 === 0 ? await measure(bareTurn) : await measure(engine.run);
    const [ours, bare] = round % 2 === 0 ? [first, second] : [second, first];
    if (round >= 0) pairs.push({ ours, bare });
  }
  const result = {
    machine: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}`,
    rounds,
    steps,
    bareMsPerStep: round3(median(pairs.map(({ bare }) => bare.wallMs / steps))),
    oursMsPerStep: round3(median(pairs.map(({ ours }) => ours.wallMs / steps))),
    overheadMsPerStep: round3(median(pairs.map(({ ours, bare }) => (ours.wallMs - bare.wallMs) / steps))),
    bareCpuMsPerStep: round3(median(pairs.map(({ bare }) => bare.cpuMs / steps))),
    overheadCpuMsPerStep: round3(median(pairs.map(({ ours, bare }) => (ours.cpuMs - bare.cpuMs) / steps))),
    targetMs: 2,
  };
  process.stdout.write(`${values.json ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`);
} finally {
  engine.close();
  await provider.close();
  rmSync(folder, { recursive: true, force: true });
}

type Taken = { wallMs: number; cpuMs: number };

/** The provider's own work is in both; it is the same. */
async function measure(run: () => Promise<string>): Promise<Taken> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const text = await run();
  const wallMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  if (text !== ANSWER) throw new Error(`the loop ended with other words: ${text}`);
  return { wallMs, cpuMs: (user + system) / 1_000 };
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function round3(number: number): number {
  return Math.round(number * 1_000) / 1_000;
}
