/** `kaos turns resume`: an interrupted turn goes on where it stands; here, or by the agent that is up. */
import { AgentRunsAlready } from "../../agents/assemble-agent.ts";
import { stableId } from "../../shared/base/index.ts";
import type { Assignment, Ledger } from "../../shared/ledger/index.ts";
import { openMemory } from "../../shared/memory/index.ts";
import type { TurnRow } from "../../shared/turns/index.ts";
import { answerOnce, withApprover } from "../chat/answer.ts";
import { openAgent } from "../chat/open-agent.ts";
import type { Context } from "../context.ts";
import { CommandFailed } from "../failures.ts";
import { stopSignal } from "../stop-signal.ts";
import { withLedger } from "../with-ledger.ts";
import { withLifetime } from "../with-lifetime.ts";
import { type FoundTurn, findTurn } from "./find-turn.ts";

/** How long an agent that is up may take for it. */
const WORK_MS = 15 * 60_000;
/** How often it is looked for, besides every change of the ledger. */
const LOOK_EVERY_MS = 5_000;

export async function resumeTurn(here: Context, words: readonly string[], { json }: { json: boolean }): Promise<void> {
  const found = await findTurn(here, words);
  const { agent, turn } = found;
  if (turn.state === "answered" || turn.state === "passed" || turn.state === "stopped") {
    throw new CommandFailed(
      `The turn "${turn.id}" has ended: ${turn.state}. \`kaos turns fork ${agent} "${turn.id}" --at <step>\` begins another one from a step of it.`,
    );
  }
  try {
    await goOnHere(here, found, json);
  } catch (error) {
    if (!(error instanceof AgentRunsAlready)) throw error;
    await goOnThere(here, found, json);
  }
}

/** The agent is down. What was said at a terminal goes on at this one. */
async function goOnHere(here: Context, { agent, turn }: FoundTurn, json: boolean): Promise<void> {
  await withLifetime(async (lifetime) => {
    const opened = await openAgent(here, agent, lifetime);
    const thread = turn.about["thread"];
    if (typeof thread !== "string" || !isTerminal(thread)) {
      throw new CommandFailed(
        `${agent} is not up, and its answer belongs ${typeof thread === "string" ? "into a private chat" : "into the room"}. Start it with \`kaos up\`: it goes on by itself.`,
      );
    }
    await withApprover(here, async (approver) => {
      const chat = opened.chat(thread, approver);
      const goOn = turn.forkedFrom === null ? chat.resume : chat.explore;
      await answerOnce((listening) => goOn(turn.id, listening), here, { name: agent, json });
    });
  });
}

/** The agent is up and has the turn's files: it is given the work. What it does by itself needs none. */
async function goOnThere(here: Context, { agent, turn }: FoundTurn, json: boolean): Promise<void> {
  const { thread, message } = turn.about;
  if (turn.state === "waiting") {
    throw new CommandFailed(
      `It waits for a person: ${turn.because}. \`kaos approvals\` lists what is asked; it goes on when you have decided.`,
    );
  }
  if (typeof thread === "string" && !isTerminal(thread) && turn.state === "failed") {
    throw new CommandFailed(
      "It belongs to a private chat, where the person was told that it failed. Write it there again.",
    );
  }
  // Whatever another process held, the agent has freed at its start: what is held now, it runs itself.
  if (turn.state === "running" && (turn.held || !(typeof thread === "string" && isTerminal(thread)))) {
    throw new CommandFailed(
      `${agent} is up and runs it now, or goes on with it by itself. \`kaos turns show ${agent} "${turn.id}"\` tells how far it is.`,
    );
  }
  const { signal, release } = stopSignal();
  const done = await withLedger(here, {}, async (ledger) => {
    const given = await ledger.assignments.give({
      key: stableId("resume", agent, turn.id, turn.lives),
      kind: "resume",
      agent,
      giver: "you",
      ...(typeof message === "number" ? { message } : {}),
      sources: turn.sources,
      task: turn.id,
      deadlineAt: here.clock.now() + WORK_MS,
    });
    if (!given.given) throw new CommandFailed(`${agent} was not given it: ${given.because}.`);
    here.note(here.paint.soft(`${agent} is up and goes on with it …`));
    return ended(ledger, given.assignment.id, signal);
  }).finally(release);
  if (done.state !== "done" && done.state !== "delivering")
    throw new CommandFailed(`${agent} did not end it: ${done.because}`);
  if (typeof thread === "string" && done.result !== null) await keep(here, agent, thread, turn, done.result);
  if (json) return here.print(JSON.stringify({ agent, turn: turn.id, answer: done.result, because: done.because }));
  here.print(done.result ?? done.because);
}

/** The answer belongs into the conversation of this terminal; a fork has none. */
async function keep(here: Context, agent: string, thread: string, { about, forkedFrom }: TurnRow, answer: string) {
  if (forkedFrom !== null) return;
  const said = [
    { by: "person" as const, text: String(about["text"]), model: null },
    { by: "agent" as const, text: answer, model: "" },
  ];
  const memory = await openMemory({ path: here.home.agent(agent).database, clock: here.clock });
  try {
    // Somebody who asked at the same time was given the same work, and may have kept it.
    const last = await memory.sessions.recent(thread, said.length);
    const isKept = said.every(({ by, text }, at) => last[at]?.by === by && last[at].text === text);
    if (!isKept) await memory.sessions.append(thread, said);
  } finally {
    memory.close();
  }
}

async function ended(ledger: Ledger, id: number, signal: AbortSignal): Promise<Assignment> {
  while (!signal.aborted) {
    const seen = ledger.changes.version();
    const assignment = await ledger.assignments.get(id);
    if (assignment !== undefined && ENDS.has(assignment.state)) return assignment;
    await ledger.changes.past(seen, { signal, atMostMs: LOOK_EVERY_MS });
  }
  throw new CommandFailed(
    "Not waited for any longer. The agent goes on with it all the same; `kaos turns` tells how it ended.",
  );
}

/** `delivering` is on its way into the room. */
const ENDS: ReadonlySet<string> = new Set(["delivering", "done", "rejected", "dead"]);

/** Threads of this terminal: a chat, one question, a fork. Others belong to a room or a private chat. */
function isTerminal(thread: string): boolean {
  return thread === "terminal" || thread.startsWith("prompt.") || thread.startsWith("fork.");
}
