/** A small household on real time: agents with a model that is a function, a supervisor's timetable, and services on this machine. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type AgentDeps, startAgent } from "../../shared/agent/index.ts";
import { type Clock, silentLog, systemClock } from "../../shared/base/index.ts";
import { type Model, type ModelRequest, noUsage, type Tool } from "../../shared/engine/index.ts";
import { type Occurrence, openLedger } from "../../shared/ledger/index.ts";
import { createEgress } from "../../shared/security/index.ts";
import { createRoom } from "../../shared/transport/index.ts";
import { addedJobs } from "../../supervisor/added/added.ts";
import { type Automations, readAutomations } from "../../supervisor/automations.ts";
import { createDelivery } from "../../supervisor/delivery/delivery.ts";
import { type Job, type JobDeps, jobs } from "../../supervisor/jobs/index.ts";
import { createMinds } from "../../supervisor/minds.ts";
import { createNotion } from "../../supervisor/notion.ts";
import { schedule } from "../../supervisor/scheduler.ts";
import { createSearching } from "../../supervisor/searching.ts";
import { card } from "../doubles/ledger.ts";
import { createOpenGate } from "../doubles/open-gate.ts";
import { createRecordingJournal } from "../doubles/recording-journal.ts";

/** What the model answers: words, JSON, or `{ call, input }` for a tool; undefined: it fails. */
export type Thinking = (request: ModelRequest) => unknown;

type Answering = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
export type Services = Readonly<Record<string, string | Answering>>;

type Options = {
  agents?: readonly string[];
  think?: Thinking;
  settings?: Partial<Automations>;
  services?: Services;
  /** Which search engine is set up, as the environment would say. */
  engine?: "brave" | "exa" | "searxng";
  notion?: { tasks?: string; expenses?: string };
  tools?: () => readonly Tool[];
  parts?: Partial<AgentDeps>;
  clock?: Clock;
};

export type Ran = Occurrence & { told: readonly string[] };

/** Answers by path; what is not known is not found. A function gets the request with its body read. */
export async function serve(services: Services): Promise<string> {
  const server = createServer((request, response) => {
    const answer = services[new URL(request.url ?? "", "http://here").pathname];
    if (answer === undefined) response.writeHead(404).end();
    else if (typeof answer === "string") response.end(answer);
    else void answer(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const piece of request) text += String(piece);
  return text === "" ? undefined : JSON.parse(text);
}

function isCall(thought: unknown): thought is { call: string; input: object } {
  return typeof thought === "object" && thought !== null && "call" in thought && "input" in thought;
}

/** Everything is stopped and gone with the test. */
export async function createHousehold(options: Options = {}) {
  const { agents = ["kronos"], think = () => undefined, services = {}, clock = systemClock } = options;
  const folder = mkdtempSync(join(tmpdir(), "kaos-household-"));
  const ledger = await openLedger({ path: join(folder, "swarm.db"), clock, durability: "off" });
  const life = new AbortController();
  const running: Promise<unknown>[] = [];
  onTestFinished(async () => {
    life.abort();
    await Promise.allSettled(running);
    ledger.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const origin = await serve(services);
  const asked: ModelRequest[] = [];

  const model: Model = {
    async complete(request) {
      asked.push(request);
      const thought = await think(request);
      if (thought === undefined) return { kind: "failed", because: "the model is away", usage: noUsage };
      if (isCall(thought)) {
        const call = { id: `call${asked.length}`, tool: thought.call, arguments: JSON.stringify(thought.input) };
        return { kind: "completed", text: "", calls: [call], usage: noUsage, by: "test" };
      }
      const text = typeof thought === "string" ? thought : JSON.stringify(thought);
      return { kind: "completed", text, calls: [], usage: noUsage, by: "test" };
    },
  };

  async function start(name: string): Promise<void> {
    const agent = await startAgent({
      card: card(name),
      members: agents.map((one) => card(one)),
      persona: { common: "Be brief.", identity: `You are ${name}.`, voice: "", duties: "" },
      ledger,
      clock,
      log: silentLog,
      models: { lite: model, standard: model },
      tools: options.tools ?? (() => []),
      gate: createOpenGate(),
      journal: createRecordingJournal(),
      transports: [
        createRoom({ post: (parcel) => ledger.outbox.post(parcel, { id: name, name }), catchUpMaxAgeMs: 1e9 }),
      ],
      validate: (text) => text.replaceAll("hunter2", "[redacted]"),
      validateDraft: (text) => text,
      sanitize: (text) => text,
      settings: {
        implicitReplies: 2,
        pace: 0.01,
        relevance: "swarm",
        strangers: "ignore",
        catchUpMaxAgeMs: 1e9,
        budgetUsdDaily: 0,
        dissent: "allow",
      },
      ...options.parts,
    });
    running.push(agent.run(life.signal));
  }
  for (const name of agents) await start(name);

  const settings: Automations = {
    ...readAutomations(join(folder, "none")),
    timeZone: "UTC",
    quietHours: { from: "00:00", to: "00:00" },
    trusted: [origin],
    ...options.settings,
  };
  const delivery = createDelivery({ ledger, clock, settings: () => settings });
  const minds = createMinds({ ledger, clock, first: settings.agent });
  const egress = createEgress({ trusted: [origin] });
  const engine = options.engine;
  const searching = createSearching(
    // The engines' own addresses lead to this machine: everything else is as it leaves.
    (url, outgoing) => egress.fetch(url.replace(/^https:\/\/api\.(?:search\.brave\.com|exa\.ai)/, origin), outgoing),
    {
      braveApiKey: engine === "brave" ? "brave-key" : "",
      exaApiKey: engine === "exa" ? "exa-key" : "",
      searxngUrl: engine === "searxng" ? origin : "",
    },
  );
  const notion = createNotion({ egress, key: "notion-key", address: origin });
  const { tasks, expenses } = options.notion ?? {};
  const deps: JobDeps = {
    ledger,
    clock,
    home: { folder, logs: join(folder, "logs"), backups: join(folder, "backups") },
    settings,
    delivery,
    egress,
    searching,
    minds,
    messagesKeptMs: 90 * 86_400_000,
    ...(tasks !== undefined && { tasks: { notion, database: tasks } }),
    ...(expenses !== undefined && { books: { notion, database: expenses } }),
  };
  const timetable = async (): Promise<Job[]> => [...jobs(deps), ...(await addedJobs(ledger.jobs, minds))];

  /** A supervisor's timetable; it can be stopped, and another one begun. */
  function keepTime({ deliver = delivery.deliver } = {}): { stop(): Promise<void> } {
    const stop = new AbortController();
    const kept = schedule(
      {
        ledger,
        jobs: timetable,
        clock,
        log: silentLog,
        timeZone: () => "UTC",
        lookEveryMs: 20,
        deliver: async (job, result, dueAt) => void (await deliver(job, result, dueAt)),
      },
      AbortSignal.any([stop.signal, life.signal]),
    );
    running.push(kept);
    return {
      stop: () => {
        stop.abort();
        return kept;
      },
    };
  }

  /** Waits until this is so; the ledger's changes wake it. */
  async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
    while (true) {
      const seen = ledger.changes.version();
      const found = await look();
      if (found !== undefined) return found;
      await ledger.changes.past(seen, { signal: life.signal, atMostMs: 100 });
      life.signal.throwIfAborted();
    }
  }

  return {
    ledger,
    folder,
    origin,
    asked,
    settings,
    minds,
    delivery,
    timetable,
    keepTime,
    until,
    /** Runs a job as a person would ask for it, and waits for its end; `told` is what it has to say. */
    async run(name: string, how: "run" | "dry" = "run"): Promise<Ran> {
      const dueAt = await ledger.occurrences.ask(name, how, "you");
      const ended = await until(async () => {
        const row = await ledger.occurrences.get(name, dueAt);
        return row === undefined || row.endedAt === null ? undefined : row;
      });
      const said = (await ledger.deliveries.latest(20)).filter(({ key }) => key === `${name} ${dueAt}`);
      return { ...ended, told: said.map(({ text }) => text) };
    },
  };
}
