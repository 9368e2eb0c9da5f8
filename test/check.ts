/** `npm run check`: everything that judges the house without running it, two at a time, each with its time and its findings. */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";

/** Longest first, so that nothing long is left over at the end. */
const checks: Record<string, string[]> = {
  promises: ["node_modules/eslint/bin/eslint.js", "."],
  house: ["node_modules/vitest/vitest.mjs", "run", "test/house"],
  floors: ["node_modules/dependency-cruiser/bin/dependency-cruiser.mjs", ...production(), "test"],
  "dead code": ["node_modules/knip/bin/knip.js"],
  types: ["node_modules/typescript-7/bin/tsc", "-p", "."],
  style: ["node_modules/@biomejs/biome/bin/biome", "check", "."],
};

function production(): string[] {
  return ["agents", "shared", "supervisor", "dashboard", "cli", "bench"];
}

const env = { ...process.env, [process.stdout.isTTY ? "FORCE_COLOR" : "NO_COLOR"]: "1" };

type Result = { name: string; passed: boolean; seconds: string; output: string };

async function run(name: string, [program, ...args]: string[]): Promise<Result> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [program ?? "", ...args], { stdio: ["ignore", "pipe", "pipe"], env });
  let output = "";
  child.stdout.on("data", (text: Buffer) => (output += text.toString()));
  child.stderr.on("data", (text: Buffer) => (output += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const result = { name, passed: code === 0, seconds: ((performance.now() - startedMs) / 1000).toFixed(1), output };
  console.log(`${result.passed ? "ok    " : "FAILED"}  ${name.padEnd(9)}  ${result.seconds.padStart(5)} s`);
  return result;
}

const waiting = Object.entries(checks);
const results: Result[] = [];
const worker = async (): Promise<void> => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) results.push(await run(...next));
};
await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker));

const failed = results.filter((result) => !result.passed);
for (const { name, output } of failed) console.log(`\n── ${name} ──\n${output.trim()}`);
console.log(
  `\n${failed.length === 0 ? "The house is in order." : `Not in order: ${failed.map(({ name }) => name).join(", ")}.`}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
