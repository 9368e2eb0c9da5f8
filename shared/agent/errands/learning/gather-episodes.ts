/** What an agent's turns were, and what people said to them afterwards: from its own record and from the ledger. */
import type { Message } from "../../../ledger/index.ts";
import { addressees } from "../../../routing/index.ts";
import type { Episode } from "../../../skills/index.ts";
import type { TurnRow, Turns } from "../../../turns/index.ts";
import type { Speaking } from "../../speaking.ts";

/** Turns that are looked through at a time, the newest. */
const TURNS_MAX = 200;
/** Messages of the room after an answer among which its follow-ups are. */
const AFTER_MAX = 60;
const FOLLOW_UPS_MAX = 2;
/** What is said later is about something else. */
const FOLLOW_UP_MS = 60 * 60_000;

/** Ended turns that answered a person since this time, oldest first. Strangers teach nothing. */
export async function gatherEpisodes(speaking: Speaking, turns: Turns, since: number): Promise<Episode[]> {
  const rows = (await turns.latest(TURNS_MAX)).filter(({ startedAt }) => startedAt >= since).toReversed();
  const episodes: Episode[] = [];
  for (const row of rows) {
    const episode = await episodeOf(speaking, turns, row);
    if (episode !== undefined) episodes.push(episode);
  }
  return episodes;
}

async function episodeOf(
  { agent, members, ledger }: Speaking,
  turns: Turns,
  row: TurnRow,
): Promise<Episode | undefined> {
  const { id, state, about, startedAt } = row;
  if (state === "running" || state === "waiting") return undefined;
  const seq = about["message"];
  const asked = typeof seq === "number" ? await ledger.messages.get(seq) : undefined;
  if (asked === undefined || asked.sender.kind === "agent" || asked.sender.kind === "stranger") return undefined;
  const story = await turns.story(id);
  const calls = story.flatMap((step) => step.calls);
  const replies = (await ledger.messages.thread(asked.seq)).filter(({ sender }) => sender.name === agent);
  const reactions = await Promise.all(replies.map((reply) => ledger.reactions.ofMessage(reply.seq)));
  return {
    turn: id,
    at: startedAt,
    ask: asked.text,
    answer: story.at(-1)?.completion.text ?? "",
    ended: state,
    loaded: calls.flatMap(({ tool, arguments: written }) => (tool === "load-skill" ? nameIn(written) : [])),
    tools: calls.map(({ tool }) => tool),
    followUps: await followUps(),
    reactions: reactions.flat().map(({ emoji }) => emoji),
  };

  /** What the same person says next in that room, unless it is plainly for somebody else. */
  async function followUps(): Promise<string[]> {
    if (asked === undefined) return [];
    const mine = new Set(replies.map(({ messageId }) => messageId));
    const isForMe = (message: Message) => {
      if (message.replyTo !== null) return mine.has(message.replyTo);
      const named = addressees(message, members, undefined);
      return named.length === 0 || named.includes(agent);
    };
    return (await ledger.messages.after(asked.seq, AFTER_MAX))
      .filter(
        ({ room, topic, sender }) => room === asked.room && topic === asked.topic && sender.id === asked.sender.id,
      )
      .filter(({ saidAt }) => saidAt - asked.saidAt <= FOLLOW_UP_MS)
      .filter(isForMe)
      .slice(0, FOLLOW_UPS_MAX)
      .map(({ text }) => text);
  }
}

function nameIn(written: string): string[] {
  try {
    const input = JSON.parse(written) as { name?: unknown };
    return typeof input.name === "string" ? [input.name.trim().toLowerCase()] : [];
  } catch {
    return [];
  }
}
