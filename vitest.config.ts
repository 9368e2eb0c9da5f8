import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { tally } from "./test/reporter.ts";
import { SlowestFirst } from "./test/slowest-first.ts";

/** Ends what hangs, and nothing else: a story of seven processes takes ten seconds, and minutes where everything else is busy. */
const HANGS_MS = 240_000;

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Real processes, so that a test may listen to signals and a native crash stays alone; the same few for all files,
    // because no module of ours holds state at import and starting one anew for each file would take most of the time.
    pool: "forks",
    isolate: false,
    // Much of the suite waits for processes, sockets and a browser: one file more than there are cores.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: SlowestFirst },
    testTimeout: HANGS_MS,
    hookTimeout: HANGS_MS,
    // A machine that others share may be late once, in a browser or between processes. Who needed a second try is named at
    // the end, as something to mend; a counterexample that a property found gets none.
    retry: process.env["CI"] ? { count: 1, condition: /^(?!Property failed)/ } : 0,
    expect: { poll: { timeout: HANGS_MS / 2 } },
    teardownTimeout: 10_000,
    reporters: [tally(), "default"],
  },
});
