/** A small swarm: real agents on a real ledger, on time that the test owns, with models that are a function each. */
import { onTestFinished } from "vitest";
import { type AgentDeps, startAgent } from "../../../shared/agent/index.ts";
import { silentLog } from "../../../shared/base/index.ts";
import { type Completion, type ModelFailure, type ModelRequest, noUsage } from "../../../shared/engine/index.ts";
import type { AgentCard, Heard, Message, Pause } from "../../../shared/ledger/index.ts";
import { createVirtualClock } from "../../../shared/simulation/clock.ts";
import { pass } from "../../../shared/tools/pass.ts";
import { createRoom, MAIN_ROOM } from "../../../shared/transport/index.ts";
import { card, openTestLedger, said } from "../../doubles/ledger.ts";
import { createOpenGate } from "../../doubles/open-gate.ts";
import { createRecordingJournal } from "../../doubles/recording-journal.ts";

const DAY_MS = 86_400_000;
/** No story takes longer: what has not happened by then does not happen. */
const PATIENCE_MS = 300_000;
const LOOK_EVERY_MS = 250;

/** Words, a call of a tool, or no answer at all. */
export type Thought = string | { call: string; input: object } | { failed: string };
export type Thinking = (request: ModelRequest) => Thought | Promise<Thought>;

export const SIX = ["impulse", "keystone", "kronos", "lacuna", "nexus", "resonant"];

/** What is particular about an agent of the world. */
type Particulars = Partial<AgentCard> & { dissent?: "allow" | "require"; budgetUsdDaily?: number };

/** `members` are all agents that have a folder; which of them run is for the test to say. */
export async function createWorld(members: readonly string[] = SIX, particulars: Record<string, Particulars> = {}) {
  const clock = createVirtualClock(Date.UTC(2026, 0, 5, 9));
  const { ledger, close } = await openTestLedger(clock);
  const lives = new AbortController();
  const running: Promise<unknown>[] = [];
  /** How much each agent finds a message its own; 1 where nothing is said. */
  const fits: Record<string, number> = {};
  const judged: ModelRequest[] = [];

  const settings: AgentDeps["settings"] = {
    implicitReplies: 2,
    pace: 1,
    relevance: "swarm",
    strangers: "ignore",
    catchUpMaxAgeMs: DAY_MS,
    budgetUsdDaily: 0,
    dissent: "allow",
  };

  onTestFinished(async () => {
    lives.abort();
    await clock.run(() => false);
    await Promise.allSettled(running);
    close();
  });

  /** Starts a process of this agent. Killed, it does nothing any more, not even leave; stopped, it ends in order. */
  async function start(name: string, think: Thinking = () => `${name} answers`, more: Partial<AgentDeps> = {}) {
    const stop = new AbortController();
    const death = Promise.withResolvers<void>();
    const life = { dead: false };
    const own = mortalView(ledger, life);
    const requests: ModelRequest[] = [];
    const agent = await startAgent({
      card: card(name, particulars[name]),
      members: members.map((member) => card(member, particulars[member])),
      persona: { common: "Be brief.", identity: `You are ${name}.`, voice: "", duties: "" },
      ledger: own,
      clock: mortalView(clock, life),
      log: silentLog,
      models: {
        lite: {
          async complete(request) {
            judged.push(request);
            return completed(scoresFor(request));
          },
        },
        standard: {
          async complete(request, { signal }) {
            requests.push(request);
            await clock.sleep(2_000, signal);
            const gone = new Promise<never>((_, reject) => {
              signal.addEventListener("abort", () => reject(signal.reason), { once: true });
            });
            return completed(await Promise.race([think(request), gone]));
          },
        },
      },
      tools: () => [pass],
      gate: createOpenGate(),
      journal: createRecordingJournal(),
      transports: [
        createRoom({
          post: (parcel, text) => own.outbox.post(parcel, { id: name, name }, text),
          catchUpMaxAgeMs: DAY_MS,
        }),
      ],
      validate: (text) => text,
      validateDraft: (text) => text,
      sanitize: (text) => text,
      settings: {
        ...settings,
        budgetUsdDaily: particulars[name]?.budgetUsdDaily ?? 0,
        dissent: particulars[name]?.dissent ?? "allow",
      },
      ...more,
    });
    const ended = agent.run(AbortSignal.any([stop.signal, lives.signal]));
    // What is dead never comes to an end.
    running.push(Promise.race([ended, death.promise]).catch(() => {}));
    const kill = () => {
      life.dead = true;
      death.resolve();
    };
    return { requests, ended, kill, stop: () => stop.abort() };
  }

  function scoresFor(request: ModelRequest): string {
    const last = request.entries.at(-1);
    const { agents } = JSON.parse(last?.role === "user" ? last.text : "{}") as { agents: { name: string }[] };
    const isReaction = request.answer?.name === "reaction";
    return JSON.stringify({
      scores: Object.fromEntries(agents.map(({ name }) => [name, isReaction ? 1 : (fits[name] ?? 1)])),
    });
  }

  /** Lets time pass until this is so. */
  async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const start = clock.elapsed();
    for (let at = start; at < start + PATIENCE_MS; at += LOOK_EVERY_MS) {
      if (await isSo()) return;
      let looked = false;
      void clock.sleep(LOOK_EVERY_MS).then(() => (looked = true));
      await clock.run(() => looked);
    }
    throw new Error(`${PATIENCE_MS / 1_000} s passed, and still not: ${what}`);
  }

  const outcomes = async (message: number) =>
    Object.fromEntries((await ledger.outcomes.ofMessage(message)).map(({ agent, outcome }) => [agent, outcome]));
  return {
    clock,
    ledger,
    fits,
    judged,
    settings,
    start,
    until,
    outcomes,
    async say(text: string, more: Partial<Heard> = {}): Promise<number> {
      return (await ledger.messages.record(said(text, { room: MAIN_ROOM, saidAt: clock.now(), ...more }))).seq;
    },
    /** Until each of these agents has an outcome for the message. */
    settled: (message: number, ...agents: string[]) =>
      until(`an outcome of ${agents.join(", ")}`, async () => {
        const known = await outcomes(message);
        return agents.every((agent) => agent in known);
      }),
    /** So much time passes. */
    async pass(ms: number): Promise<void> {
      let passed = false;
      void clock.sleep(ms).then(() => (passed = true));
      await clock.run(() => passed);
    },
    replies: async (root: number): Promise<Message[]> =>
      (await ledger.messages.thread(root)).filter(({ sender }) => sender.kind === "agent"),
    pauseSwarm: () =>
      ledger.controls.pause({ scope: "swarm", name: "", by: "you", until: null } satisfies Omit<Pause, "at">),
  };
}

/** What a process sees of an object: once it is dead, nothing that it waits for comes, and nothing that it asks for happens. */
function mortalView<T extends object>(target: T, life: { dead: boolean }): T {
  const never = new Promise<never>(() => {});
  return new Proxy(target, {
    get(object, key) {
      const value: unknown = Reflect.get(object, key);
      if (typeof value === "object" && value !== null) return mortalView(value, life);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (life.dead) return never;
        const result: unknown = Reflect.apply(value, object, args);
        return result instanceof Promise ? result.then((done: unknown) => (life.dead ? never : done)) : result;
      };
    },
  });
}

let calls = 0;

function completed(thought: Thought): Completion | ModelFailure {
  if (typeof thought === "string") return { kind: "completed", text: thought, calls: [], usage: noUsage, by: "test" };
  if ("failed" in thought) return { kind: "failed", because: thought.failed, usage: noUsage };
  const call = { id: `call${++calls}`, tool: thought.call, arguments: JSON.stringify(thought.input) };
  return { kind: "completed", text: "", calls: [call], usage: noUsage, by: "test" };
}
