/** Rounds of six processes on one ledger, the two contenders in turn, so that what the machine does meanwhile meets both. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repeat, systemClock } from "../../shared/base/index.ts";
import { type AgentCard, openLedger } from "../../shared/ledger/index.ts";
import type { Durability } from "../../shared/sqlite/index.ts";
import { AGENTS, contend, type Effort } from "./contender.ts";
import { production } from "./production.ts";
import { raw } from "./raw.ts";
import { ledgerStatements } from "./statements.ts";

export type Name = "production" | "raw";
export type Race = { rounds: number; messages: number; durability: Durability };
/** The six efforts of one round. */
export type Round = { name: Name; efforts: readonly Effort[] };

/** What a process of a round is told. */
type Orders = { name: Name; path: string; agent: string; durability: Durability; messages: readonly number[] };

const BEAT_EVERY_MS = 2_000;

/** Runs so many rounds of each contender, `program` being this bench started with the word "contender". */
export async function race({ rounds, messages, durability }: Race, program: string): Promise<Round[]> {
  const children = AGENTS.map(() => fork(program, ["contender"], { stdio: "inherit" }));
  const run: Round[] = [];
  try {
    // Who begins changes from round to round; the first pair only warms the machine up.
    for (let round = 0; round <= rounds; round++) {
      const pair: Name[] = round % 2 === 0 ? ["production", "raw"] : ["raw", "production"];
      for (const name of pair) {
        const efforts = await runRound({ name, messages, durability }, children);
        if (round > 0) run.push({ name, efforts });
      }
    }
    return run;
  } finally {
    for (const child of children) child.kill();
  }
}

async function runRound(
  { name, messages, durability }: { name: Name; messages: number; durability: Durability },
  children: readonly ChildProcess[],
): Promise<Effort[]> {
  const folder = mkdtempSync(join(tmpdir(), "kaos-bench-"));
  const path = join(folder, "swarm.db");
  const ledger = await openLedger({ path, clock: systemClock, durability });
  const over = new AbortController();
  try {
    const epochs = await Promise.all(AGENTS.map((agent) => ledger.agents.arrive(cardOf(agent), process.pid)));
    const beating = repeat({ clock: systemClock, everyMs: BEAT_EVERY_MS, signal: over.signal }, async () => {
      for (const [index, agent] of AGENTS.entries()) await ledger.agents.beat(agent, epochs[index] ?? 0);
    });
    const said = await sayAll();
    await tellAll(children, (index) => ({ name, path, agent: AGENTS[index] ?? "", durability, messages: said }));
    await tellAll(children, () => "place");
    const efforts = (await tellAll(children, () => "decide")) as Effort[];
    over.abort();
    await beating;
    return efforts;
  } finally {
    ledger.close();
    rmSync(folder, { recursive: true, force: true });
  }

  async function sayAll(): Promise<number[]> {
    const said: number[] = [];
    for (let index = 1; index <= messages; index++) {
      const heard = {
        room: "room:main",
        messageId: `p${index}`,
        topic: null,
        sender: { kind: "owner", id: "owner", name: "you" } as const,
        text: `Message ${index}: ship the importer or fix onboarding first?`,
        replyTo: null,
        saidAt: systemClock.now(),
      };
      said.push((await ledger.messages.record(heard)).seq);
    }
    return said;
  }
}

/** Tells each process something and waits for the answers of all. */
async function tellAll(
  children: readonly ChildProcess[],
  what: (index: number) => Orders | string,
): Promise<unknown[]> {
  const heard = new AbortController();
  const { signal } = heard;
  const answers = children.map(async (child) => {
    const ended = once(child, "exit", { signal }).then(([code]) => {
      throw new Error(`a contender ended with ${code as number}`);
    });
    const [answer] = (await Promise.race([once(child, "message", { signal }), ended])) as [unknown];
    ended.catch(() => {});
    return answer;
  });
  for (const [index, child] of children.entries()) child.send(what(index));
  try {
    return await Promise.all(answers);
  } finally {
    heard.abort();
  }
}

/** The life of one process: of each round it hears its orders, places, decides, and tells of its effort. */
export async function runContender(): Promise<void> {
  const heard = async () => ((await once(process, "message")) as [unknown])[0];
  while (process.connected) {
    const { name, path, agent, durability, messages } = (await heard()) as Orders;
    const open =
      name === "production" ? production(durability) : raw(durability, await ledgerStatements(`${path}-${agent}`));
    const contender = await open({ path, agent });
    process.send?.("ready");
    await heard();
    const effort = await contend(contender, messages, async () => {
      process.send?.("placed");
      await heard();
    });
    contender.close();
    process.send?.(effort);
  }
}

function cardOf(name: string): AgentCard {
  const account = { username: null, accountId: null };
  return {
    name,
    role: "a volunteer",
    aliases: [name],
    owns: [],
    keywords: [],
    escalatesTo: null,
    slaMinutes: 15,
    ...account,
  };
}
