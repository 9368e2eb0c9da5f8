import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { tally } from "./test/reporter.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Real processes, so that a test may listen to signals and a native crash stays alone; the same few for all files,
    // because no module of ours holds state at import and starting one anew for each file would take most of the time.
    pool: "forks",
    isolate: false,
    // Much of the suite waits for processes, sockets and a browser: one file more than there are cores.
    maxWorkers: availableParallelism() + 1,
    // For tests that start processes or a browser on a busy machine. A test of pure code takes milliseconds.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 10_000,
    reporters: [tally(), "default"],
  },
});
