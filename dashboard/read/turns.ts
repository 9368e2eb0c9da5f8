/** The turns of agents: each agent's lie in a file of its own, which is opened only to look, and closed again. */
import { type Clock, messageOf } from "../../shared/base/index.ts";
import type { Message } from "../../shared/ledger/index.ts";
import { openTurns, type TurnGlance, type TurnRow, type Turns } from "../../shared/turns/index.ts";
import type { Visit } from "../view.ts";

export type TurnShown = TurnGlance & { agent: string; answers: Answered };

/** What a turn is about: a message of the ledger, what was said in a chat, or the name of its work. */
export type Answered = { text: string; message: Message | undefined };

export type TurnPage = {
  turns: TurnShown[];
  /** Where the next page begins; undefined on the last one. */
  next: number | undefined;
  failed: { agent: string; because: string }[];
};

export type TurnStory = { turn: TurnRow; answers: Answered; steps: Awaited<ReturnType<Turns["story"]>> };

type At = Pick<Visit, "ledger" | "clock" | "settings">;

/** The newest turns of these agents that began before this time. */
export async function readTurns(
  at: At,
  { agents, before, limit }: { agents: readonly string[]; before: number; limit: number },
): Promise<TurnPage> {
  const failed: TurnPage["failed"] = [];
  const found: (TurnGlance & { agent: string })[] = [];
  for (const agent of agents) {
    try {
      const own = await withTurns(agent, at, (turns) => turns.glance({ limit: limit + 1, before }));
      found.push(...own.map((turn) => ({ agent, ...turn })));
    } catch (error) {
      failed.push({ agent, because: messageOf(error) });
    }
  }
  found.sort((one, other) => other.startedAt - one.startedAt);
  const last = found[limit - 1]?.startedAt ?? Number.NEGATIVE_INFINITY;
  // Turns that began in the same millisecond stay on one page: the next one begins below it.
  const shown = found.filter(({ startedAt }) => startedAt >= last);
  const turns = await Promise.all(shown.map(async (turn) => ({ ...turn, answers: await answered(turn, at) })));
  return { turns, next: found.length > shown.length ? last : undefined, failed };
}

/** One turn, step by step; undefined when the agent has kept none of this id. Throws what opening its file throws. */
export async function readTurn(agent: string, id: string, at: At): Promise<TurnStory | undefined> {
  return withTurns(agent, at, async (turns) => {
    const turn = await turns.get(id);
    return turn === undefined ? undefined : { turn, answers: await answered(turn, at), steps: await turns.story(id) };
  });
}

async function withTurns<Result>(
  agent: string,
  { settings, clock }: { settings: Visit["settings"]; clock: Clock },
  look: (turns: Turns) => Promise<Result>,
): Promise<Result> {
  const turns = await openTurns({ path: settings.files.agent(agent).turns, clock, readonly: true });
  try {
    return await look(turns);
  } finally {
    turns.close();
  }
}

async function answered({ id, about }: Pick<TurnRow, "id" | "about">, { ledger }: At): Promise<Answered> {
  const { message: seq, text, key } = about;
  const message = typeof seq === "number" ? await ledger.messages.get(seq) : undefined;
  const named = [message?.text, text, key].find((one) => typeof one === "string" && one !== "");
  return { text: typeof named === "string" ? named : id, message };
}
