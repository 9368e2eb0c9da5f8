/** Agents of the product on the loopback server: the real library, the real ledger, models that are a function each. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { startAgent } from "../../shared/agent/index.ts";
import { silentLog, systemClock } from "../../shared/base/index.ts";
import { type ModelRequest, noUsage } from "../../shared/engine/index.ts";
import { type AgentCard, type Ledger, type Message, openLedger } from "../../shared/ledger/index.ts";
import { pass } from "../../shared/tools/pass.ts";
import { createTelegram } from "../../shared/transport/index.ts";
import { card, openTestLedger } from "../doubles/ledger.ts";
import { createOpenGate } from "../doubles/open-gate.ts";
import { createRecordingJournal } from "../doubles/recording-journal.ts";
import { newFolder } from "./hearing.ts";
import type { Telegram } from "./telegram.ts";
import type { Account, Supergroup } from "./world/model.ts";

export type Settings = {
  /** Factor on the delays of the router; fast unless a test needs the time before an answer. */
  pace?: number;
  catchUpMaxAgeMs?: number;
};

export type Life = { requests: readonly ModelRequest[]; trouble(): string | undefined; stop(): Promise<void> };

/** A swarm whose agents have these accounts; `owner` owns it. */
export async function createSwarm(
  telegram: Telegram,
  { accounts, owner, group }: { accounts: Readonly<Record<string, Account>>; owner: Account; group: Supergroup },
) {
  const { ledger, path, close } = await openTestLedger(systemClock);
  onTestFinished(close);
  const folder = newFolder();
  /** How much each agent finds a message its own; 1 where nothing is said. */
  const fits: Record<string, number> = {};
  const members: AgentCard[] = Object.entries(accounts).map(([name, { id, username }]) =>
    card(name, { accountId: String(id), username: username?.toLowerCase() ?? null }),
  );
  const pathsOf = (name: string) => ({
    session: join(folder, `${name}.session`),
    account: join(folder, `${name}.account.json`),
    position: join(folder, `${name}.position.json`),
    standing: join(folder, `${name}.standing.json`),
  });
  for (const [name, account] of Object.entries(accounts)) {
    writeFileSync(pathsOf(name).session, telegram.sessionOf(account), { mode: 0o600 });
  }

  /** Starts an agent; when this resolves it is on the roster and hears. */
  async function start(
    name: string,
    think: (request: ModelRequest, n: number) => string = (_, n) => `${name} answers, ${n}`,
    { pace = 0.01, catchUpMaxAgeMs = 600_000 }: Settings = {},
  ): Promise<Life> {
    const own = members.find((member) => member.name === name);
    if (own === undefined) throw new Error(`there is no ${name}`);
    const itsLedger = await openLedger({ path, clock: systemClock, durability: "off" });
    const requests: ModelRequest[] = [];
    // On a busy machine an account may take longer to connect than its agent waits for it.
    const stands = Promise.withResolvers<void>();
    const onEvent = (event: string) => {
      if (event.startsWith("telegram account")) stands.resolve();
    };
    const transport = createTelegram({
      agent: name,
      members: members.map((member) => ({ agent: member.name, account: member.accountId })),
      settings: {
        apiId: telegram.apiId,
        apiHash: telegram.apiHash,
        group: `-100${group.id}`,
        owners: [String(owner.id)],
        allowed: [],
        proxy: telegram.proxy.url,
        catchUpMaxAgeMs,
        pace: 0,
      },
      paths: pathsOf(name),
      floods: itsLedger.floodWaits,
      privately: async () => {},
      perceive: async () => ({ words: "" }),
      clock: systemClock,
      log: { ...silentLog, info: onEvent, error: onEvent },
    });
    const agent = await startAgent({
      card: own,
      members,
      persona: { common: "Be brief.", identity: `You are ${name}.`, voice: "", duties: "" },
      ledger: itsLedger,
      clock: systemClock,
      log: silentLog,
      models: {
        lite: { complete: async (request) => completed(scores(request, fits)) },
        standard: {
          async complete(request) {
            const answer = think(request, requests.push(request));
            return completed(answer);
          },
        },
      },
      tools: () => [pass],
      gate: createOpenGate(),
      journal: createRecordingJournal(),
      transports: [transport],
      validate: (text) => text,
      validateDraft: (text) => text,
      sanitize: (text) => text,
      settings: {
        implicitReplies: 2,
        pace,
        relevance: "swarm",
        strangers: "ignore",
        catchUpMaxAgeMs,
        budgetUsdDaily: 0,
        dissent: "allow",
      },
    });
    await stands.promise;
    const stopping = new AbortController();
    const ended = agent.run(stopping.signal).catch(() => {});
    let stopped: Promise<void> | undefined;
    const stop = () => {
      stopping.abort();
      stopped ??= ended.then(() => itsLedger.close());
      return stopped;
    };
    onTestFinished(stop);
    return { requests, trouble: transport.trouble, stop };
  }

  return {
    ledger,
    fits,
    start,
    /** The row of what somebody said, once it is there. */
    async row(message: { text: string }, text = message.text): Promise<Message> {
      return eventually(ledger, `"${text}" in the ledger`, async () =>
        (await ledger.messages.latest(`telegram:${group.id}`, 100)).find((one) => one.text === text),
      );
    },
    /** The outcome of each of these agents for a message. */
    outcomes: (seq: number, ...agents: string[]) =>
      eventually(ledger, `outcomes of ${agents.join(", ")}`, async () => {
        const all = await ledger.outcomes.ofMessage(seq);
        const known = Object.fromEntries(all.map(({ agent, outcome }) => [agent, outcome]));
        return agents.every((agent) => agent in known) ? known : undefined;
      }),
    eventually: <Found>(what: string, look: () => Promise<Found | undefined>) => eventually(ledger, what, look),
  };
}

const PATIENCE_MS = 120_000;

/** Looks again whenever any process has written. */
async function eventually<Found>(ledger: Ledger, what: string, look: () => Promise<Found | undefined>): Promise<Found> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  while (true) {
    const seen = ledger.changes.version();
    const found = await look();
    if (found !== undefined) return found;
    if (signal.aborted) throw new Error(`${PATIENCE_MS / 1_000} s passed, and still not: ${what}`);
    await ledger.changes.past(seen, { signal, atMostMs: 1_000 });
  }
}

function scores(request: ModelRequest, fits: Readonly<Record<string, number>>): string {
  const last = request.entries.at(-1);
  const { agents } = JSON.parse(last?.role === "user" ? last.text : "{}") as { agents: { name: string }[] };
  const isReaction = request.answer?.name === "reaction";
  const scored = agents.map(({ name }) => [name, isReaction ? 1 : (fits[name] ?? 1)]);
  return JSON.stringify({ scores: Object.fromEntries(scored) });
}

function completed(text: string) {
  return { kind: "completed", text, calls: [], usage: noUsage, by: "test" } as const;
}
