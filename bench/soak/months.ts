/** Months in minutes: a storm at full speed with everything that can go wrong, then calm traffic in which nothing may grow. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { seeded } from "../../shared/base/index.ts";
import { agentsFolder, homeAt, loadRoster, ownEnv, programRoot } from "../../shared/config/index.ts";
import { openDatabase } from "../../shared/sqlite/index.ts";
import { type Line, plot } from "./plot.ts";
import { openSoakProvider } from "./provider.ts";
import { type Sizes, watchSizes } from "./sizes.ts";
import { figuresOf, messagesAt, type ProcessFigures, readSamples } from "./slope.ts";
import { type Aftermath, storm } from "./storm.ts";
import { type Befallen, makeWeather, mountOwnDisk, unmountOwnDisk } from "./weather.ts";
import { followClock, type Sample, WITNESS_FOLDER } from "./witness.ts";

export type Months = {
  violations: number;
  /** What is larger than it may be, each as a sentence. */
  unbounded: readonly string[];
  /** Processes that never lived long enough to say whether they grow, each as a sentence. */
  notMeasured: readonly string[];
  befallen: Befallen;
  processes: readonly ProcessFigures[];
  largest: { ledgerMiB: number; walMiB: number; agentsMiB: number; agentsWalMiB: number; logMiB: number };
  ledgerBytesPerMessage: number;
  logBytesPerMessage: number;
  storm: Aftermath;
  plots: readonly string[];
};

type Asked = {
  minutes: number;
  seed: number;
  /** The first part of the time is a storm, the rest is calm: memory is measured where nobody is killed. */
  stormShare?: number;
  /** Where plots are drawn; nowhere without it. */
  results?: string;
  signal: AbortSignal;
  onProgress?(told: { said: number; kills: number }): void;
};

const STORM_SHARE = 0.4;
const SAY_EVERY_MS = 120;
/** So many (message, agent) pairs may be open before more is said. */
const OPEN_MAX = 90;
/** The home's own disk: what half an hour at full speed writes (250 MiB), and as much again. */
const DISK_MIB = { atFirst: 256, aMinute: 16 };
const MIB = 1_024 * 1_024;

/** An agent that answers 1,000 messages a day stays below 100 MiB more for well over two years. */
const SLOPE_MAX_MIB = 1;
/** Twice what a log is cut back to: one checkpoint may be late. */
const WAL_MAX_MIB = 32;
/** A process may open a database or a socket that it did not have when it was first looked at. */
const HANDLES_GROWTH_MAX = 8;

/** Needs the built program, for processes run that. */
export async function months({
  minutes,
  seed,
  stormShare = STORM_SHARE,
  results,
  signal,
  onProgress,
}: Asked): Promise<Months> {
  const aside = mkdtempSync(join(tmpdir(), "kaos-soak-"));
  const [home, witness] = [join(aside, "h"), join(aside, "witness")];
  mkdirSync(home, { mode: 0o700 });
  mkdirSync(witness);
  const ownDisk = mountOwnDisk(home, Math.ceil(DISK_MIB.atFirst + minutes * DISK_MIB.aMinute));
  const provider = await openSoakProvider();
  const unfollow = followClock(witness);
  const seconds = minutes * 60;
  const stormSeconds = seconds * stormShare;
  let befallen: Befallen | undefined;
  let sizes: Sizes[] = [];
  try {
    const preload = pathToFileURL(join(programRoot(), "dist/bench/soak/witness.js")).href;
    const options = [ownEnv({})["NODE_OPTIONS"], `--import=${preload}`].filter((part) => part !== undefined).join(" ");
    const aftermath = await storm({
      ...{ home, seed, seconds, signal, killSeconds: stormSeconds, sayEveryMs: SAY_EVERY_MS, openMax: OPEN_MAX },
      ...(onProgress === undefined ? {} : { onProgress }),
      settings: {
        ...provider.settings,
        NODE_OPTIONS: options,
        [WITNESS_FOLDER]: witness,
        OFFLINE_WORDS_PER_SECOND: "0",
      },
      async beside(over) {
        const eye = openDatabase(homeAt(home).ledger, { durability: "normal", readonly: true });
        const stormy = AbortSignal.any([over, AbortSignal.timeout(stormSeconds * 1_000)]);
        const weather = makeWeather({ home, ownDisk, witness, provider, random: seeded(seed + 2), over: stormy });
        try {
          [befallen, sizes] = await Promise.all([weather, watchSizes(home, eye, over)]);
        } finally {
          eye.close();
        }
      },
    });
    if (befallen === undefined) throw new Error("the weather was not told");
    const samples = readSamples(witness);
    const names = [...loadRoster(agentsFolder()).agents.map(({ name }) => name), "supervisor"];
    const plots = results === undefined ? [] : draw(results, samples, sizes);
    return figures({ aftermath, befallen, ...measured(names, samples, sizes), sizes, plots });
  } finally {
    unfollow();
    await provider.close();
    if (ownDisk.own) unmountOwnDisk(home);
    rmSync(aside, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The figures of each process, and a sentence for each that has none. */
export function measured(
  names: readonly string[],
  samples: ReadonlyMap<string, readonly Sample[]>,
  sizes: readonly Sizes[],
): { processes: ProcessFigures[]; notMeasured: string[] } {
  const all = names.map((name) => ({ name, own: figuresOf(name, samples.get(name) ?? [], sizes) }));
  return {
    processes: all.flatMap(({ own }) => own ?? []),
    notMeasured: all
      .filter(({ own }) => own === undefined)
      .map(({ name }) => `the memory of ${name}: it never lived long enough at a time; a longer soak tells`),
  };
}

type Amount = Exclude<keyof Sizes, "facts">;

type Measured = {
  aftermath: Aftermath;
  befallen: Befallen;
  processes: ProcessFigures[];
  notMeasured: string[];
  sizes: Sizes[];
  plots: string[];
};

function figures({ aftermath, befallen, processes, notMeasured, sizes, plots }: Measured): Months {
  const most = (of: Amount) => Number((Math.max(0, ...sizes.map((one) => one[of])) / MIB).toFixed(2));
  const [first, last] = [sizes[0], sizes.at(-1)];
  const messages = Math.max(1, (last?.messages ?? 0) - (first?.messages ?? 0));
  const per = (of: Amount) => Math.round(((last?.[of] ?? 0) - (first?.[of] ?? 0)) / messages);
  const largest = {
    ledgerMiB: most("ledgerBytes"),
    walMiB: most("walBytes"),
    agentsMiB: most("agentsBytes"),
    agentsWalMiB: most("agentsWalBytes"),
    logMiB: most("logBytes"),
  };
  const unbounded = [
    ...processes.flatMap(({ name, handlesFirst, handlesLast, ...memory }) => [
      // A short run may not tell a leak from noise: what is certainly larger counts. What is remembered is meant to grow.
      ...(memory.slopeMiBPer10k - memory.rememberedMiBPer10k - memory.slopeErrorMiB > SLOPE_MAX_MIB
        ? [
            `${name} grows by ${memory.slopeMiBPer10k} ± ${memory.slopeErrorMiB} MiB per 10,000 messages, and remembers only ${memory.rememberedMiBPer10k} of that`,
          ]
        : []),
      ...(handlesLast - handlesFirst > HANDLES_GROWTH_MAX
        ? [`${name} had ${handlesFirst} open handles and has ${handlesLast}`]
        : []),
    ]),
    ...(largest.walMiB > WAL_MAX_MIB ? [`the ledger's log grew to ${largest.walMiB} MiB`] : []),
  ];
  return {
    violations: aftermath.violations,
    unbounded,
    notMeasured,
    befallen,
    processes,
    largest,
    ledgerBytesPerMessage: per("ledgerBytes"),
    logBytesPerMessage: per("logBytes"),
    storm: aftermath,
    plots,
  };
}

function draw(folder: string, samples: ReadonlyMap<string, readonly Sample[]>, sizes: readonly Sizes[]): string[] {
  mkdirSync(folder, { recursive: true });
  const began = sizes[0]?.at ?? 0;
  const minutesOf = (at: number) => (at - began) / 60_000;
  const each = (y: (sample: Sample) => number, x: (sample: Sample) => number = ({ at }) => minutesOf(at)): Line[] =>
    [...samples].map(([name, own]) => ({ name, points: own.map((sample) => ({ x: x(sample), y: y(sample) })) }));
  const size = (name: string, of: Amount): Line => ({
    name,
    points: sizes.map((one) => ({ x: minutesOf(one.at), y: one[of] / MIB })),
  });
  const drawn = {
    "soak-memory": plot({
      ...{ title: "Memory that a collection leaves, without code", x: "messages", y: "MiB" },
      lines: each(
        ({ liveBytes, codeBytes }) => (liveBytes - codeBytes) / MIB,
        ({ at }) => messagesAt(sizes, at),
      ),
    }),
    "soak-code": plot({
      ...{ title: "Code that V8 has compiled", x: "messages", y: "MiB" },
      lines: each(
        ({ codeBytes }) => codeBytes / MIB,
        ({ at }) => messagesAt(sizes, at),
      ),
    }),
    "soak-handles": plot({ title: "Open handles", x: "minutes", y: "handles", lines: each(({ handles }) => handles) }),
    "soak-event-loop": plot({
      ...{ title: "Delay of the event loop, 99th percentile of four seconds", x: "minutes", y: "ms" },
      lines: each(({ delayP99Ms }) => delayP99Ms),
    }),
    "soak-files": plot({
      ...{ title: "Files of the home", x: "minutes", y: "MiB" },
      lines: [
        size("ledger", "ledgerBytes"),
        size("its WAL", "walBytes"),
        size("agents' databases", "agentsBytes"),
        size("their WALs", "agentsWalBytes"),
        size("logs", "logBytes"),
      ],
    }),
  };
  return Object.entries(drawn).map(([name, svg]) => {
    const path = join(folder, `${name}.svg`);
    writeFileSync(path, svg);
    return path;
  });
}
