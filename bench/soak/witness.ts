/**
 * Loaded into each process of a soak before its own code (`--import`): says how it is, and follows the clock that the soak sets.
 * What it writes lies beside the home, so that a full disk there does not silence it.
 */
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ownEnv } from "../../shared/config/index.ts";

/** One look of a process at itself. */
export type Sample = {
  at: number;
  name: string;
  pid: number;
  /** What is alive on the heap after a collection, and what lies outside of it, bytes; and how much of it is code. */
  liveBytes: number;
  codeBytes: number;
  rssBytes: number;
  handles: number;
  /** Of the event loop since the last sample, ms. */
  delayP99Ms: number;
  delayMaxMs: number;
};

/** Where the soak sets the clock of all, and where they write: a folder of its own. */
export const WITNESS_FOLDER = "SOAK_WITNESS";
export const CLOCK_FILE = "clock-offset-ms";
const SAMPLE_EVERY_MS = 4_000;
const CLOCK_LOOK_EVERY_MS = 250;
const DELAY_RESOLUTION_MS = 10;

// pm2 tells each process its name; its own daemon and the command line have none.
const { name, [WITNESS_FOLDER]: folder } = ownEnv({});
if (name !== undefined && folder !== undefined) {
  followClock(folder);
  tellSamples(folder, name);
}

/** A machine's clock jumps for every process at once; timers go on as they do on a real machine. */
export function followClock(where: string): () => void {
  const real = Date.now.bind(Date);
  let offsetMs = 0;
  const look = () => {
    try {
      offsetMs = Number(readFileSync(join(where, CLOCK_FILE), "utf8"));
    } catch {
      // Nobody has set it yet.
    }
  };
  look();
  const timer = setInterval(look, CLOCK_LOOK_EVERY_MS).unref();
  Date.now = () => real() + offsetMs;
  return () => {
    clearInterval(timer);
    Date.now = real;
  };
}

function tellSamples(where: string, process_: string): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  delay.enable();
  const realNow = performance.timeOrigin;
  setInterval(() => {
    const [delayP99Ms, delayMaxMs] = [delay.percentile(99) / 1e6, delay.max / 1e6];
    collect();
    const { heapUsed, external, rss } = process.memoryUsage();
    const sample: Sample = {
      at: Math.round(realNow + performance.now()),
      ...{ name: process_, pid: process.pid, liveBytes: heapUsed + external, rssBytes: rss },
      codeBytes: codeBytes(),
      handles: openHandles(),
      delayP99Ms: Math.max(0, delayP99Ms - DELAY_RESOLUTION_MS),
      delayMaxMs: Math.max(0, delayMaxMs - DELAY_RESOLUTION_MS),
    };
    appendFileSync(join(where, `${process_}.jsonl`), `${JSON.stringify(sample)}\n`);
    // The collection is ours, and no delay of the product's: it is measured with the next look, and forgotten with that.
    setTimeout(() => delay.reset(), 5 * DELAY_RESOLUTION_MS).unref();
  }, SAMPLE_EVERY_MS).unref();
}

/** The spaces in which V8 keeps nothing but code: machine code, bytecode, and what it notes of both to go back from the one to the other. */
function codeBytes(): number {
  const spaces = getHeapSpaceStatistics().filter(({ space_name }) => /^(?:code|trusted)_/.test(space_name));
  return spaces.reduce((sum, { space_used_size }) => sum + space_used_size, 0);
}

function openHandles(): number {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return process.getActiveResourcesInfo().length;
  }
}
