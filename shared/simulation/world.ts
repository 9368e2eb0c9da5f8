/** A whole swarm in one process: production ledger and agents, and a clock, a chat and models that a seed decides. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dice, OperationalError, type Random, seeded } from "../base/index.ts";
import { type AgentCard, IMPLICIT_REPLIES_MAX, type Ledger, openLedger } from "../ledger/index.ts";
import { type Database, openDatabase, type Watch } from "../sqlite/index.ts";
import { type ChatFaults, createChat, GROUP, noChatFaults } from "./chat.ts";
import { check, type Violation } from "./check.ts";
import { createVirtualClock, type VirtualClock } from "./clock.ts";
import { type FaultKind, faultKinds } from "./faults.ts";
import { countMissing, readHistory, traceOf } from "./history.ts";
import { live } from "./life.ts";
import { createSimulatedModel, type ModelHabits } from "./model.ts";
import { OWNED_WORD, talk } from "./traffic.ts";
import { startWeather } from "./weather.ts";

export type Simulation = {
  seed: number;
  /** How many agents; 6 unless told otherwise. */
  agents?: number;
  /** How many messages people say. */
  messages: number;
  faults: readonly FaultKind[] | "all" | "none";
  /** Shortest and longest completion of the models, ms. */
  modelLatencyMs?: readonly [number, number];
  /** What an agent sees of the ledger, for planting a mistake. */
  ledgerSeenBy?: (ledger: Ledger) => Ledger;
  /** Called after each message of a person. */
  onProgress?: (said: number) => void;
};

export type Report = {
  seed: number;
  messages: number;
  /** Visible messages of agents. */
  replies: number;
  /** Answers that nobody was asked for by name: the number that must not depend on the speed of models. */
  implicitReplies: number;
  violations: readonly (Violation & { trace: readonly string[] })[];
  /** Faults that happened: processes killed, frozen, ended by a failure; clock jumps, locks, full disks. */
  kills: number;
  freezes: number;
  exits: number;
  jumps: number;
  locks: number;
  fullDisks: number;
  outcomes: Readonly<Record<string, number>>;
  /** Virtual time from the first message to rest. */
  virtualSeconds: number;
};

const START_MS = Date.UTC(2026, 0, 5, 9);
const NAMES = ["impulse", "keystone", "kronos", "lacuna", "nexus", "resonant"];
/** After the last message the storm ends; the swarm comes to rest within this, or what is missing is a violation. */
const REST_MAX_MS = 60 * 60_000;
const LOOK_EVERY_MS = 5_000;
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
  const {
    seed,
    messages,
    agents = NAMES.length,
    modelLatencyMs = [500, 4_000],
    ledgerSeenBy = (ledger) => ledger,
  } = simulation;
  const faults = new Set(
    simulation.faults === "all" ? faultKinds : simulation.faults === "none" ? [] : simulation.faults,
  );
  const clock = createVirtualClock(START_MS);
  const chance = (what: string): Random => seeded(dice(seed, what) * 2 ** 32);
  const cards = Array.from({ length: agents }, (_, index) => cardOf(index));
  const names = cards.map(({ name }) => name);
  const cap = IMPLICIT_REPLIES_MAX;

  const chatFaults: ChatFaults = faults.has("delivery")
    ? { duplicate: 0.1, lostAnswer: 0.05, flood: 0.02, refuse: 0.05, delayMs: 3_000 }
    : { ...noChatFaults };
  const habits: ModelHabits = { latencyMs: modelLatencyMs, fail: faults.has("model") ? 0.05 : 0, pass: 0.3 };
  const chances = { kill: faults.has("kill") ? 0.0004 : 0, freeze: faults.has("freeze") ? 0.0002 : 0 };
  const deaths = { kills: 0, freezes: 0, exits: 0 };
  const befallen = { jumps: 0, locks: 0, fullDisks: 0 };
  let storm = true;

  const connections = new Set<Database>();
  const watch = createSharedWatch(clock);
  const random = chance("ledger");
  let diskIsFull = () => false;
  async function open(): Promise<Ledger> {
    let own: Database | undefined;
    const ledger = await openLedger({
      path,
      clock,
      random,
      durability: "off",
      watch,
      tune(db) {
        // Waiting for a lock costs virtual time only.
        db.pragma("busy_timeout = 0");
        if (diskIsFull()) db.pragma("max_page_count = 1");
        connections.add(db);
        own = db;
      },
    });
    return {
      ...ledger,
      close() {
        if (own !== undefined) connections.delete(own);
        ledger.close();
      },
    };
  }

  const observer = await open();
  const eye = openDatabase(path, { durability: "off" });
  diskIsFull = startWeather(
    { clock, random: chance("weather"), faults, stranger: eye, connections, befallen },
    () => !storm,
  ).diskIsFull;
  const chat = createChat({ clock, random: chance("chat"), faults: chatFaults });
  const stopping = new AbortController();
  const bugs: unknown[] = [];

  for (const card of cards) {
    const model = createSimulatedModel({
      agent: card.name,
      agents: names,
      clock,
      random: chance(`model ${card.name}`),
      habits,
    });
    live(
      {
        card,
        members: cards,
        clock,
        random: chance(`life ${card.name}`),
        chat,
        model,
        cap,
        chances,
        deaths,
        openLedger: async () => ledgerSeenBy(await open()),
      },
      stopping.signal,
    ).catch((error: unknown) => bugs.push(error));
  }

  let ended = false;
  async function story(): Promise<void> {
    await talk({
      chat,
      clock,
      random: chance("people"),
      agents: names,
      messages,
      secondThoughts: faults.has("edit") ? 0.1 : 0,
      onEdit: (id, text) => void insist(clock, () => observer.messages.edit(GROUP, id, text)),
      onRemove: (id) => void insist(clock, () => observer.messages.remove(GROUP, id)),
      onSaid: () => simulation.onProgress?.(chat.visible.filter(({ sender }) => sender.kind !== "agent").length),
    });
    storm = false;
    Object.assign(chances, { kill: 0, freeze: 0 });
    Object.assign(chatFaults, noChatFaults);
    habits.fail = 0;
    const until = clock.elapsed() + REST_MAX_MS;
    // A disk that is full or a ledger that is locked now is so for some seconds more.
    do await clock.sleep(LOOK_EVERY_MS);
    while (clock.elapsed() < until && (chat.underWay > 0 || countMissing(eye) > 0 || unheard()));
    ended = true;
  }
  const unheard = () => {
    const known = new Set(eye.prepare<[], string>("SELECT message_id FROM messages").pluck().all());
    return chat.visible.some(({ messageId, changed }) => changed !== "deleted" && !known.has(messageId));
  };

  const telling = story().catch((error: unknown) => bugs.push(error));
  await clock.run(() => ended || bugs.length > 0);
  stopping.abort();
  watch.touch();
  if (bugs.length === 0) await telling;
  const virtualSeconds = Math.round(clock.elapsed() / 1_000);
  const history = readHistory(eye, chat.visible);
  const violations = check(history, { cards, cap });
  const report: Report = {
    seed,
    messages,
    replies: chat.visible.filter(({ sender }) => sender.kind === "agent").length,
    violations: violations.map((violation, index) => ({
      ...violation,
      trace: index < TRACED_MAX ? traceOf(eye, violation.message) : [],
    })),
    ...deaths,
    ...befallen,
    outcomes: Object.fromEntries(
      [...Map.groupBy(history.outcomes, ({ outcome }) => outcome)].map(([outcome, rows]) => [outcome, rows.length]),
    ),
    virtualSeconds,
    implicitReplies: history.claims.filter(({ tier, state }) => tier > 1 && state === "sent").length,
  };
  await clock.run(() => connections.size <= 1);
  observer.close();
  eye.close();
  if (bugs.length > 0) throw bugs[0];
  return report;
}

function cardOf(index: number): AgentCard {
  const name = NAMES[index] ?? `agent${index + 1}`;
  const owns = index === 0 ? [{ subject: "the weather", words: [OWNED_WORD] }] : [];
  return { name, role: `role of ${name}`, aliases: [name], owns, keywords: [], username: null, accountId: null };
}

/** A write is noticed after this, as processes notice each other's: within 100 ms. */
const NOTICE_MS = 50;

/**
 * One counter for all connections, which outlives each of them. Signals are looked
 * at only between waits, which spares two thirds of the time: who stops the world touches the counter as well.
 */
function createSharedWatch(clock: VirtualClock): Watch {
  let version = 0;
  let noticing = false;
  let waiting = new Set<() => void>();
  return {
    version: () => version,
    past(from, { signal, atMostMs }) {
      if (version > from || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = () => {
          stop();
          resolve();
        };
        const stop = clock.alarm(atMostMs, () => {
          waiting.delete(wake);
          resolve();
        });
        waiting.add(wake);
      });
    },
    touch() {
      if (noticing) return;
      noticing = true;
      clock.alarm(NOTICE_MS, () => {
        noticing = false;
        version++;
        const woken = waiting;
        waiting = new Set();
        for (const wake of woken) wake();
      });
    },
    close() {},
  };
}

/** Again and again until the world lets it happen. */
async function insist(clock: VirtualClock, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof OperationalError)) throw error;
    await clock.sleep(LOOK_EVERY_MS);
    await insist(clock, act);
  }
}
