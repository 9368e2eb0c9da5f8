/**
 * Months in minutes: `npm run soak -- [--minutes 10] [--seed 1] [--storm-share 0.4] [--json] [--no-plots]`. Seven real processes at full speed that are
 * killed, locked out, filled up and lied to about the time, and then measured in calm. Exit code 1 when a promise was broken or something grows.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { programRoot } from "../shared/config/index.ts";
import { months } from "./soak/months.ts";

const { values } = parseArgs({
  allowNegative: true,
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    "storm-share": { type: "string", default: "0.4" },
    plots: { type: "boolean", default: true },
    json: { type: "boolean", default: false },
  },
});
/** So often the progress is told, in messages. */
const TELL_EVERY = 100;

const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort()).once("SIGTERM", () => interrupted.abort());
try {
  const result = await months({
    minutes: Number(values.minutes),
    seed: Number(values.seed),
    stormShare: Number(values["storm-share"]),
    signal: interrupted.signal,
    ...(values.plots ? { results: join(programRoot(), "bench", "results") } : {}),
    onProgress({ said, kills }) {
      if (said % TELL_EVERY === 0 && said > 0) process.stderr.write(`${said} messages, ${kills} kills\n`);
    },
  });
  for (const one of result.notMeasured) process.stderr.write(`not measured: ${one}\n`);
  for (const skipped of result.befallen.skipped) process.stderr.write(`not tried: ${skipped}\n`);
  process.stdout.write(`${values.json ? JSON.stringify(result) : JSON.stringify(result, undefined, 2)}\n`);
  process.exitCode = result.violations === 0 && result.unbounded.length === 0 ? 0 : 1;
} catch (error) {
  if (!interrupted.signal.aborted) throw error;
  process.stderr.write("Interrupted: all processes are ended, nothing was measured.\n");
  process.exitCode = 130;
}
