/** A whole swarm in one process: production ledger and agents, and a clock, a chat and models that a seed decides. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dice, type Random, seeded } from "../base/index.ts";
import { type AgentCard, IMPLICIT_REPLIES_MAX, type Ledger, openLedger } from "../ledger/index.ts";
import { type Database, openDatabase } from "../sqlite/index.ts";
import { type Chat, type ChatFaults, createChat, noChatFaults } from "./chat.ts";
import { check, type Violation } from "./check.ts";
import { createVirtualClock } from "./clock.ts";
import { type FaultKind, faultKinds } from "./faults.ts";
import { readHistory } from "./history.ts";
import { type Life, live } from "./life.ts";
import { createSimulatedModel, type ModelHabits } from "./model.ts";
import { startOperators } from "./operators.ts";
import { comesToRest } from "./rest.ts";
import { drawSettings, type Settings, usualSettings } from "./settings.ts";
import { type Befell, traceOf } from "./trace.ts";
import { GAP_MEAN_MS, OWNED_WORD, talk } from "./traffic.ts";
import { createSharedWatch } from "./watch.ts";
import { startWeather } from "./weather.ts";

export type Simulation = {
  seed: number;
  /** How many agents; 6 unless told otherwise. */
  agents?: number;
  /** How many messages people say. */
  messages: number;
  /** Said within so many hours; one every few seconds unless told otherwise. What goes wrong is spread as far. */
  hours?: number;
  faults: readonly FaultKind[] | "all" | "none";
  /** What would be as usual otherwise, or drawn from the seed. */
  settings?: Partial<Settings>;
  /** Shortest and longest completion of the models, ms. */
  modelLatencyMs?: readonly [number, number];
  /** What an agent sees of the ledger, and the database itself once it is open: for planting a mistake. */
  ledgerSeenBy?: (ledger: Ledger) => Ledger;
  plant?: (db: Database) => void;
  /** Called after each message of a person. */
  onProgress?: (said: number) => void;
  /** Called when the world has come to rest, before it is closed: for who wants to read more than the report. */
  whenAtRest?: (ledger: Ledger) => Promise<void>;
};

export type Report = {
  seed: number;
  settings: Settings;
  messages: number;
  /** Visible messages of agents. */
  replies: number;
  /** Answers that nobody was asked for by name. */
  implicitReplies: number;
  /** Answers by tier. Without faults they are the same whatever the speed of models. */
  answers: Readonly<Record<1 | 2 | 3, number>>;
  violations: readonly (Violation & { trace: readonly string[] })[];
  /** What went wrong: processes killed, frozen, ended by a failure or because a second one was started; clock jumps, locks, full disks, pauses, agents that left. */
  kills: number;
  freezes: number;
  exits: number;
  twins: number;
  left: number;
  jumps: number;
  locks: number;
  fullDisks: number;
  pauses: number;
  outcomes: Readonly<Record<string, number>>;
  /** Virtual time from the first message to rest. */
  virtualSeconds: number;
};

const START_MS = Date.UTC(2026, 0, 5, 9);
const NAMES = ["impulse", "keystone", "kronos", "lacuna", "nexus", "resonant"];
/** Violations of which a report tells; more of them tell nothing new. */
const TRACED_MAX = 3;

/** Runs one world to its end and checks it. The same simulation gives the same report. Rejects with what is a bug. */
export async function simulate(simulation: Simulation): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), "kaos-sim-"));
  try {
    return await run(simulation, join(folder, "swarm.db"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(simulation: Simulation, path: string): Promise<Report> {
  const { seed, messages, hours, agents = NAMES.length, modelLatencyMs = [500, 4_000] } = simulation;
  const faults = new Set(
    simulation.faults === "all" ? faultKinds : simulation.faults === "none" ? [] : simulation.faults,
  );
  const settings = { ...(faults.has("settings") ? drawSettings(seed) : usualSettings), ...simulation.settings };
  const clock = createVirtualClock(START_MS);
  const chance = (what: string): Random => seeded(dice(seed, what) * 2 ** 32);
  const cap = IMPLICIT_REPLIES_MAX;
  const stretch = hours === undefined ? 1 : (hours * 3_600_000) / (messages * GAP_MEAN_MS);

  const chatFaults: ChatFaults = faults.has("delivery")
    ? { duplicate: 0.1, lostAnswer: 0.05, flood: 0.02, refuse: 0.05, delayMs: 3_000 }
    : { ...noChatFaults };
  const habits: ModelHabits = { latencyMs: modelLatencyMs, fail: faults.has("model") ? 0.05 : 0, pass: 0.3 };
  const chances = { kill: faults.has("kill") ? 0.0004 : 0, freeze: faults.has("freeze") ? 0.0002 : 0 };
  const deaths = { kills: 0, freezes: 0, exits: 0 };
  const befallen = { jumps: 0, locks: 0, fullDisks: 0 };
  const deeds = { pauses: 0, twins: 0, left: 0 };
  const told: Befell[] = [];
  const tell = (who: string, what: string) => void told.push({ at: clock.now(), who, what });
  let storm = true;

  const watch = createSharedWatch(clock);
  // All processes share one connection. A step is synchronous, so that two connections in one process never meet inside
  // one; what they would do is forget their caches at each other's writes, which is half of the time.
  let swarmDb: Database | undefined;
  const ledger = await openLedger({
    path,
    clock,
    random: chance("ledger"),
    durability: "off",
    watch,
    tune(db) {
      // Waiting for a lock costs virtual time only.
      db.pragma("busy_timeout = 0");
      swarmDb = db;
    },
  });
  if (swarmDb === undefined) throw new Error("the ledger was opened without its connection being tuned");
  simulation.plant?.(swarmDb);
  const seen = simulation.ledgerSeenBy?.(ledger) ?? ledger;
  const eye = openDatabase(path, { durability: "off" });
  startWeather(
    {
      clock,
      random: chance("weather"),
      faults,
      stranger: eye,
      swarm: swarmDb,
      befallen,
      stretch,
      tell: (what) => tell("", what),
    },
    () => !storm,
  );
  const chat = createChat({ clock, random: chance("chat"), faults: chatFaults });
  const stopping = new AbortController();
  const bugs: unknown[] = [];

  const cards = Array.from({ length: agents }, (_, index) => cardOf(NAMES[index] ?? `agent${index + 1}`, index === 0));
  const names = cards.map(({ name }) => name);
  const everybody = [...cards];
  const lives = new Map<string, Life>();
  const left = new Set<string>();

  function begin(card: AgentCard): void {
    const random = chance(`model ${card.name}`);
    const life = live(
      {
        card,
        members: () => [...cards],
        settings,
        clock,
        random: chance(`life ${card.name}`),
        chat,
        model: createSimulatedModel({ agent: card.name, agents: names, clock, random, habits }),
        ledger: seen,
        cap,
        chances,
        deaths,
        onFault: tell,
      },
      stopping.signal,
    );
    life.ended.catch((error: unknown) => bugs.push(error));
    lives.set(card.name, life);
  }
  const newcomer = (after: string) => `${after.replace(/\d+$/, "")}${everybody.length + 1}`;
  for (const card of cards) begin(card);
  startOperators(
    {
      clock,
      random: chance("operators"),
      faults,
      ledger,
      deeds,
      stretch,
      swarm: {
        present: () => cards.map(({ name }) => name),
        startTwin: (name) => lives.get(name)?.startTwin(),
        restart(name) {
          lives.get(name)?.restart();
          watch.touch();
        },
        leave(name) {
          cards.splice(
            cards.findIndex((card) => card.name === name),
            1,
          );
          left.add(name);
          lives.get(name)?.leave();
          watch.touch();
        },
        join(after) {
          const card = cardOf(newcomer(after), false);
          cards.push(card);
          everybody.push(card);
          begin(card);
        },
      },
    },
    () => !storm,
  );

  let ended = false;
  async function story(): Promise<void> {
    await talk({
      chat,
      clock,
      random: chance("people"),
      agents: names,
      rooms: settings.rooms,
      messages,
      stretch,
      secondThoughts: faults.has("edit") ? 0.1 : 0,
      onSaid: (said) => simulation.onProgress?.(said),
    });
    storm = false;
    Object.assign(chances, { kill: 0, freeze: 0 });
    Object.assign(chatFaults, noChatFaults);
    habits.fail = 0;
    await comesToRest({ clock, chat, db: eye, left, present: () => cards.map(({ name }) => name) });
    ended = true;
  }

  const telling = story().catch((error: unknown) => bugs.push(error));
  await clock.run(() => ended || bugs.length > 0);
  if (bugs.length === 0) await telling;
  const virtualSeconds = Math.round(clock.elapsed() / 1_000);
  const report = { seed, settings, messages, ...tallyOf(chat) };
  stopping.abort();
  watch.touch();
  await clock.run(() => bugs.length > 0);
  if (bugs.length > 0) {
    ledger.close();
    eye.close();
    throw bugs[0];
  }
  await simulation.whenAtRest?.(ledger);
  const history = readHistory(eye, chat.visible, left);
  const violations = check(history, { cards: everybody, cap, strangers: settings.strangers }).map(
    (violation, index) => ({
      ...violation,
      trace: index < TRACED_MAX ? traceOf(eye, violation.message, told) : [],
    }),
  );
  ledger.close();
  eye.close();
  const answers = { 1: 0, 2: 0, 3: 0 };
  for (const { tier, state } of history.claims) if (state === "sent") answers[tier]++;
  return {
    ...report,
    implicitReplies: answers[2] + answers[3],
    answers,
    violations,
    ...deaths,
    ...befallen,
    ...deeds,
    outcomes: Object.fromEntries(
      [...Map.groupBy(history.outcomes, ({ outcome }) => outcome)].map(([outcome, rows]) => [outcome, rows.length]),
    ),
    virtualSeconds,
  };
}

function tallyOf(chat: Chat): { replies: number } {
  return { replies: chat.visible.filter(({ randomId }) => randomId !== null).length };
}

function cardOf(name: string, owner: boolean): AgentCard {
  return {
    name,
    role: `role of ${name}`,
    aliases: [name],
    owns: owner ? [{ subject: "the weather", words: [OWNED_WORD] }] : [],
    keywords: [],
    username: null,
    accountId: null,
    escalatesTo: null,
    slaMinutes: 30,
  };
}
