/** Minutes of traffic over real processes that are killed at random moments: `node dist/bench/soak.js [--minutes 10] [--seed 1] [--json]`. Exit code 1 when a promise was broken. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { storm } from "./soak/storm.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
/** So often the progress is told, in messages. */
const TELL_EVERY = 50;

const home = mkdtempSync(join(tmpdir(), "kaos-"));
const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort()).once("SIGTERM", () => interrupted.abort());
try {
  const aftermath = await storm({
    home,
    seed: Number(values.seed),
    seconds: Number(values.minutes) * 60,
    signal: interrupted.signal,
    onProgress({ said, kills }) {
      if (said % TELL_EVERY === 0 && said > 0) process.stderr.write(`${said} messages, ${kills} kills\n`);
    },
  });
  process.stdout.write(`${values.json ? JSON.stringify(aftermath) : JSON.stringify(aftermath, null, 2)}\n`);
  process.exitCode = aftermath.violations === 0 ? 0 : 1;
} catch (error) {
  if (!interrupted.signal.aborted) throw error;
  process.stderr.write("Interrupted: all processes are ended, nothing was checked.\n");
  process.exitCode = 130;
} finally {
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
