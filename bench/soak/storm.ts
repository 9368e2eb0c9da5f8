/** Seven real processes on one ledger, people who write, and `kill -9` at random moments; afterwards the simulator's own checks. */
import { secret, seeded, systemClock } from "../../shared/base/index.ts";
import { homeAt, type RawEnv } from "../../shared/config/index.ts";
import { type Heard, IMPLICIT_REPLIES_MAX, type Ledger, openLedger } from "../../shared/ledger/index.ts";
import { check, countMissing, readHistory, traceOf, type Violation } from "../../shared/simulation/index.ts";
import { type Database, DatabaseBusy, DatabaseFull, openDatabase } from "../../shared/sqlite/index.ts";
import { MAIN_ROOM } from "../../shared/transport/index.ts";
import { sayNext } from "./people.ts";
import { kaos, killAtOnce, living } from "./processes.ts";
import { followFeed, type Kill, momentOf, recoveries } from "./recovery.ts";
import { visibleIn } from "./visible.ts";

export type Storm = {
  /** An empty folder; its processes are stopped when this resolves or rejects. */
  home: string;
  seed: number;
  seconds: number;
  onProgress?: (told: { said: number; kills: number }) => void;
  signal?: AbortSignal;
  /** Processes are killed for so long, and then left alone; to the end when not given. */
  killSeconds?: number;
  /** Between two messages, ms: half of it to one and a half. */
  sayEveryMs?: number;
  /** Nothing more is said while more than this is left to do. */
  openMax?: number;
  /** Settings of the processes beside the usual ones. */
  settings?: RawEnv;
  /** What else befalls the swarm, until the signal says that it is over. */
  beside?(over: AbortSignal): Promise<void>;
};

/** Seconds; null stands for never, in JSON. */
type Spread = { p50: number; p95: number; max: number };

export type Aftermath = {
  seed: number;
  seconds: number;
  /** Messages of people, and of agents. */
  said: number;
  replies: number;
  /** Processes killed, of agents and of the supervisor. */
  agentKills: number;
  supervisorKills: number;
  capViolations: number;
  doubleSends: number;
  unansweredAddressed: number;
  violations: number;
  /** Slots whose holder was killed; how long until each was free again, and until somebody held that root again. */
  lostSlots: number;
  recoverySeconds: Spread | null;
  heldAgainSeconds: Spread | null;
  /** Calls of the judging model per message that addresses nobody, for one question each: whose is it, and does the answer need a reaction. */
  liteCallsPerUnaddressed: number;
  liteCallsPerUnaddressedWithReactions: number;
  usdPerMessage: number;
  /** From the last message until every (message, agent) had its outcome. */
  restSeconds: number;
  /** Each broken promise with what the feed tells of it. */
  broken: readonly (Violation & { trace: readonly string[] })[];
};

/** Between two messages, and between two kills, ms: half of it to one and a half. */
const SAY_EVERY_MS = 900;
const KILL_EVERY_MS = 4_000;
/** Share of kills that look for a holder, so that many slots are lost. */
const AIMED = 0.5;
/** After the storm everybody comes back (pm2 waits up to 15 s) and does what is left; what is missing then is a violation. */
const REST_MAX_MS = 180_000;
const LOOK_EVERY_MS = 500;
/** How many of the last messages a person may reply to. */
const REPLY_BACK = 20;
const TRACED_MAX = 3;

export async function storm(asked: Storm): Promise<Aftermath> {
  const { home, seed, seconds, onProgress, signal } = asked;
  await kaos(home, ["up"], asked.settings);
  const ledger = await openLedger({ path: homeAt(home).ledger, clock: systemClock });
  const eye = openDatabase(homeAt(home).ledger, { durability: "full", readonly: true });
  const rested = new AbortController();
  const feed = followFeed(eye, rested.signal);
  try {
    const over = AbortSignal.any([AbortSignal.timeout(seconds * 1_000), ...(signal === undefined ? [] : [signal])]);
    const [said, kills] = [new Map<number, string>(), [] as Kill[]];
    const progress = () => onProgress?.({ said: said.size, kills: kills.length });
    const killing = AbortSignal.any([over, AbortSignal.timeout((asked.killSeconds ?? seconds) * 1_000)]);
    await Promise.all([
      talk({ ledger, eye, asked, said, progress, over }),
      strike(ledger, eye, seed, kills, progress, killing),
      asked.beside?.(over),
    ]);
    signal?.throwIfAborted();
    const restSeconds = await rest(eye, signal);
    rested.abort();
    const history = readHistory(eye, visibleIn(eye));
    const violations = check(history, { cards: await ledger.agents.roster(), cap: IMPLICIT_REPLIES_MAX });
    const of = (invariant: Violation["invariant"]) => violations.filter((one) => one.invariant === invariant).length;
    const lost = recoveries(eye, kills, await feed);
    return {
      seed,
      seconds,
      said: said.size,
      replies: history.visible.filter(({ sender }) => sender.kind === "agent").length,
      agentKills: kills.filter(({ name }) => name !== "supervisor").length,
      supervisorKills: kills.filter(({ name }) => name === "supervisor").length,
      capViolations: of("I3"),
      doubleSends: of("I2"),
      unansweredAddressed: violations.filter(({ because }) => because.includes("was addressed")).length,
      violations: violations.length,
      lostSlots: lost.length,
      recoverySeconds: spreadOf(lost.map(({ freeMs }) => freeMs)),
      heldAgainSeconds: spreadOf(lost.map(({ heldAgainMs }) => heldAgainMs)),
      ...costOf(eye, said),
      restSeconds,
      broken: violations.map((violation, index) => ({
        ...violation,
        trace: index < TRACED_MAX ? traceOf(eye, violation.message) : [],
      })),
    };
  } finally {
    rested.abort();
    eye.close();
    ledger.close();
    await kaos(home, ["down"]);
  }
}

type Talk = {
  ledger: Ledger;
  eye: Database;
  asked: Storm;
  said: Map<number, string>;
  progress: () => void;
  over: AbortSignal;
};

async function talk({ ledger, eye, asked, said, progress, over }: Talk): Promise<void> {
  const random = seeded(asked.seed);
  const { sayEveryMs = SAY_EVERY_MS, openMax = Number.POSITIVE_INFINITY } = asked;
  while (await passes(sayEveryMs * (0.5 + random()), over)) {
    if (openMax < Number.POSITIVE_INFINITY && countMissing(eye) > openMax) continue;
    const earlier = (await ledger.messages.latest(MAIN_ROOM, REPLY_BACK)).filter(
      ({ sender }) => sender.kind === "agent",
    );
    const { text, replyTo } = sayNext(said.size + 1, random, earlier);
    const recorded = await heard({
      room: MAIN_ROOM,
      messageId: `p${secret(12)}`,
      topic: null,
      sender: { kind: "owner", id: "owner", name: "you" },
      text,
      replyTo,
      saidAt: systemClock.now(),
    });
    if (recorded === undefined) continue;
    said.set(recorded.seq, text);
    progress();
  }

  /** On a full disk or a locked ledger nothing is heard, as a person would see. */
  async function heard(message: Heard): Promise<{ seq: number } | undefined> {
    try {
      return await ledger.messages.record(message);
    } catch (error) {
      if (error instanceof DatabaseFull || error instanceof DatabaseBusy) return undefined;
      throw error;
    }
  }
}

/** Kills somebody now and then; every second time somebody who is just answering, if there is one. */
async function strike(
  ledger: Ledger,
  eye: Database,
  seed: number,
  kills: Kill[],
  progress: () => void,
  over: AbortSignal,
): Promise<void> {
  const random = seeded(seed + 1);
  const ended = new Map<string, number>();
  const holders = eye.prepare<[], string>("SELECT agent FROM claims WHERE state = 'holding' AND tier > 1").pluck();
  while (await passes(KILL_EVERY_MS * (0.5 + random()), over)) {
    // A process that was killed counts as alive for some seconds: its next life is another one.
    const targets = (await living(ledger)).filter(({ name, life }) => ended.get(name) !== life);
    const holding = random() < AIMED ? targets.filter(({ name }) => holders.all().includes(name)) : [];
    const among = holding.length > 0 ? holding : targets;
    const target = among[Math.floor(random() * among.length)];
    if (target === undefined || !killAtOnce(target)) continue;
    kills.push({ name: target.name, ...momentOf(eye) });
    ended.set(target.name, target.life);
    progress();
  }
}

/** Waits until nothing is left to do; returns how long that took, s. */
async function rest(eye: Database, signal?: AbortSignal): Promise<number> {
  const started = systemClock.now();
  while (countMissing(eye) > 0 && systemClock.now() - started < REST_MAX_MS) {
    await systemClock.sleep(LOOK_EVERY_MS, signal);
  }
  return Math.round((systemClock.now() - started) / 100) / 10;
}

async function passes(ms: number, over: AbortSignal): Promise<boolean> {
  await systemClock.sleep(ms, over).catch(() => {});
  return !over.aborted;
}

function spreadOf(ms: readonly number[]): Spread | null {
  if (ms.length === 0) return null;
  const sorted = ms.toSorted((one, other) => one - other);
  const at = (share: number) => Math.round(sorted[Math.min(ms.length - 1, Math.floor(share * ms.length))] ?? 0) / 1_000;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

function costOf(eye: Database, said: ReadonlyMap<number, string>) {
  const addressed = new Set(eye.prepare<[], number>("SELECT message FROM claims WHERE tier = 1").pluck().all());
  const calls = eye
    .prepare<[], { message: number | null; purpose: string; usd: number }>(
      "SELECT message, purpose, cost_usd AS usd FROM spend",
    )
    .all();
  const unaddressed = new Set([...said.keys()].filter((seq) => !addressed.has(seq)));
  const judging = calls.filter(({ purpose }) => purpose === "judge");
  const per = (count: number, of: number) => Math.round((count / Math.max(1, of)) * 1_000) / 1_000;
  return {
    liteCallsPerUnaddressed: per(
      judging.filter(({ message }) => unaddressed.has(message ?? 0)).length,
      unaddressed.size,
    ),
    liteCallsPerUnaddressedWithReactions: per(judging.length, unaddressed.size),
    usdPerMessage: calls.reduce((sum, { usd }) => sum + usd, 0) / Math.max(1, said.size),
  };
}
