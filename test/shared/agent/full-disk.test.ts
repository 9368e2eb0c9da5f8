/** An agent on a full disk: it stays up, drops nothing, does nothing that it could not write down, and goes on when there is room. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { startAgent } from "../../../shared/agent/index.ts";
import { type Log, silentLog, systemClock } from "../../../shared/base/index.ts";
import { defineTool, type ModelRequest, noUsage } from "../../../shared/engine/index.ts";
import { type Ledger, openLedger } from "../../../shared/ledger/index.ts";
import { createPatience, type Database } from "../../../shared/sqlite/index.ts";
import { createRoom, MAIN_ROOM } from "../../../shared/transport/index.ts";
import { openTurns } from "../../../shared/turns/index.ts";
import { card, said } from "../../doubles/ledger.ts";
import { createOpenGate } from "../../doubles/open-gate.ts";
import { createRecordingJournal } from "../../doubles/recording-journal.ts";

const DAY_MS = 86_400_000;
const PATIENCE_MS = 200_000;
const PAGES_MAX = 4_294_967_294;
/** More than any page has left: on a full disk no row with it can be written. */
const LONG = Array.from({ length: 3_000 }, (_, at) => `word${at}`).join(" ");

test("a message that comes while the ledger is full is answered once there is room, and once only", async () => {
  const { ledger, disk, kronos } = await openHome();
  const { troubles, ended } = await kronos({ think: () => LONG });
  disk.ledger.fill();
  const { seq } = await ledger.messages.record(
    said("@kronos, are you there?", { room: MAIN_ROOM, saidAt: Date.now() }),
  );
  await troubles.begun;
  expect(await ledger.outcomes.ofMessage(seq)).toEqual([]);
  disk.ledger.free();
  expect(await answerTo(seq, ledger)).toBe(LONG);
  await troubles.over;
  expect(ended()).toBe(false);
  expect(troubles.told).toEqual([
    expect.stringMatching(/^waits: The disk that holds .*swarm\.db is full or failing\. Free some space/),
    "goes on",
  ]);
});

/** Where in a turn the disk with the record of turns is full, and what has happened by then: I8. */
test.each([
  { at: "before the turn", asked: 0, effects: 0 },
  { at: "before the call", asked: 1, effects: 0 },
  { at: "after the effect", asked: 1, effects: 1 },
] as const)("a turn that cannot be written down $at waits there, and its effect happens once", async (moment) => {
  const { ledger, disk, kronos } = await openHome();
  let effects = 0;
  const ring = defineTool({
    name: "ring",
    description: "Rings the bell.",
    input: z.strictObject({ text: z.string() }),
    effects: "external",
    risk: "safe",
    source: "trusted",
    parallel: false,
    async run() {
      effects++;
      if (moment.at === "after the effect") disk.turns.fill();
      return { text: LONG };
    },
  });
  const { troubles, requests, ended } = await kronos({
    tools: [ring],
    think({ entries }) {
      if (entries.some(({ role }) => role === "tool")) return "It rang.";
      if (moment.at === "before the call") disk.turns.fill();
      return { call: "ring", input: { text: LONG } };
    },
  });
  if (moment.at === "before the turn") disk.turns.fill();
  const { seq } = await ledger.messages.record(said(`@kronos, ring! ${LONG}`, { room: MAIN_ROOM, saidAt: Date.now() }));
  await troubles.begun;
  expect({ asked: requests.length, effects }).toEqual({ asked: moment.asked, effects: moment.effects });
  disk.turns.free();
  expect(await answerTo(seq, ledger)).toBe("It rang.");
  expect({ asked: requests.length, effects, ended: ended() }).toEqual({ asked: 2, effects: 1, ended: false });
});

test("an agent that is told to stop on a full disk stops, and what it owed stands in the ledger", async () => {
  const { ledger, disk, kronos } = await openHome();
  const { troubles, stop, end } = await kronos({ think: () => LONG });
  disk.ledger.fill();
  const { seq } = await ledger.messages.record(
    said("@kronos, are you there?", { room: MAIN_ROOM, saidAt: Date.now() }),
  );
  await troubles.begun;
  stop();
  await end;
  disk.ledger.free();
  expect(await ledger.outcomes.ofMessage(seq)).toEqual([]);
  await kronos({ think: () => LONG });
  expect(await answerTo(seq, ledger)).toBe(LONG);
});

type Thought = string | { call: string; input: object };

/** A home with a ledger of its own, whose agent has full disks at will. `ledger` is everybody else's: there is room for them. */
async function openHome() {
  const folder = mkdtempSync(join(tmpdir(), "kaos-full-"));
  const path = join(folder, "swarm.db");
  const ledger = await openLedger({ path, clock: systemClock, durability: "off" });
  const disk = { ledger: diskOf(), turns: diskOf() };
  onTestFinished(() => {
    ledger.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function kronos({
    think,
    tools = [],
  }: {
    think(request: ModelRequest): Thought;
    tools?: ReturnType<typeof defineTool>[];
  }) {
    const stopping = new AbortController();
    const { log, troubles } = createTroubles();
    const patience = createPatience({ clock: systemClock, log, signal: stopping.signal });
    const opening = { clock: systemClock, patience };
    const own = await openLedger({ ...opening, path, durability: "off", tune: disk.ledger.hold });
    const turns = await openTurns({ ...opening, path: join(folder, "turns.db"), sole: true, tune: disk.turns.hold });
    const requests: ModelRequest[] = [];
    const model = {
      async complete(request: ModelRequest) {
        requests.push(request);
        return completed(think(request), requests.length);
      },
    };
    const agent = await startAgent({
      card: card("kronos"),
      members: [card("kronos")],
      persona: { common: "Be brief.", identity: "You are kronos.", voice: "", duties: "" },
      ...{ ledger: own, turns, clock: systemClock, log: silentLog },
      models: { lite: model, standard: model },
      tools: () => tools,
      gate: createOpenGate(),
      journal: createRecordingJournal(),
      transports: [
        createRoom({
          post: (parcel, text) => own.outbox.post(parcel, { id: "kronos", name: "kronos" }, text),
          catchUpMaxAgeMs: DAY_MS,
        }),
      ],
      validate: (text) => text,
      validateDraft: (text) => text,
      sanitize: (text) => text,
      settings: {
        implicitReplies: 2,
        pace: 0,
        relevance: "own",
        strangers: "ignore",
        catchUpMaxAgeMs: DAY_MS,
        budgetUsdDaily: 0,
        dissent: "allow",
      },
    });
    let hasEnded = false;
    const end = agent
      .run(stopping.signal)
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) throw error;
      })
      .finally(() => {
        hasEnded = true;
        turns.close();
        own.close();
      });
    onTestFinished(async () => {
      stopping.abort();
      await end;
    });
    return { requests, troubles, end, ended: () => hasEnded, stop: () => stopping.abort() };
  }
  return { ledger, disk, kronos };
}

/** The disk under some connections: SQLite refuses them every further page while it is full. */
function diskOf() {
  let connections: Database[] = [];
  const limit = (pages: number) => {
    connections = connections.filter(({ open }) => open);
    for (const db of connections) db.pragma(`max_page_count = ${pages}`);
  };
  return {
    hold: (db: Database) => void connections.push(db),
    fill() {
      // Migrations leave free pages behind, which would take what is written next.
      connections.find(({ open }) => open)?.exec("VACUUM");
      limit(1);
    },
    free: () => limit(PAGES_MAX),
  };
}

/** What the log tells of waiting, and when. */
function createTroubles() {
  const [begun, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const told: string[] = [];
  const log: Log = {
    ...silentLog,
    error(event, fields) {
      told.push(`${event}: ${String(fields?.["because"])}`);
      begun.resolve();
    },
    info(event) {
      told.push(event);
      over.resolve();
    },
  };
  return { log, troubles: { told, begun: begun.promise, over: over.promise } };
}

function completed(thought: Thought, count: number) {
  const answer = { kind: "completed" as const, usage: noUsage, by: "test" };
  if (typeof thought === "string") return { ...answer, text: thought, calls: [] };
  const call = { id: `call${count}`, tool: thought.call, arguments: JSON.stringify(thought.input) };
  return { ...answer, text: "", calls: [call] };
}

/** All that was said about it once it has its outcome: whatever is said twice stands here twice. */
async function answerTo(seq: number, { outcomes, messages, changes }: Ledger): Promise<string> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  for (let seen = changes.version(); ; seen = changes.version()) {
    const [outcome] = await outcomes.ofMessage(seq);
    if (outcome !== undefined) {
      expect(outcome).toMatchObject({ agent: "kronos", outcome: "replied" });
      const [, ...answers] = await messages.thread(seq);
      return answers.map(({ text }) => text).join(" ");
    }
    signal.throwIfAborted();
    await changes.past(seen, { signal, atMostMs: PATIENCE_MS });
  }
}
