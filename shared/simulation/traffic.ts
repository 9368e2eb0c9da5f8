/** People in a few groups: they say things to the room or to somebody, reply, send an emoji, and sometimes change their minds. */
import { dice, type Random } from "../base/index.ts";
import type { HeardSender, Place } from "../transport/index.ts";
import type { Chat } from "./chat.ts";
import type { VirtualClock } from "./clock.ts";

/** The subject that the first agent of the roster owns; the word occurs in some messages. */
export const OWNED_WORD = "weather";

type Deps = {
  chat: Chat;
  clock: VirtualClock;
  random: Random;
  /** Who is spoken to: names of agents, some of whom may have left. */
  agents: readonly string[];
  rooms: number;
  messages: number;
  /** Chance that a person edits or deletes what it said. */
  secondThoughts: number;
  /** Between two messages passes so many times as long as in a lively talk. */
  stretch: number;
  onSaid(said: number): void;
};

/** Between two messages; a fifth of them come in bursts. */
const GAP_MAX_MS = 8_000;
const BURST_GAP_MAX_MS = 500;
const BURSTS = 0.2;
/** What passes between two messages on average. */
export const GAP_MEAN_MS = (BURSTS * BURST_GAP_MAX_MS + (1 - BURSTS) * GAP_MAX_MS) / 2;
/** A reply goes to what was said so many messages before, so that even a slow model has answered it. */
const REPLY_BACK = 45;
const SECOND_THOUGHT_MAX_MS = 15_000;

const OWNER: HeardSender = { kind: "owner", id: "1", name: "you" };
const GUEST: HeardSender = { kind: "allowed", id: "2", name: "guest" };
const STRANGER: HeardSender = { kind: "stranger", id: "3", name: "passer-by" };

/** Says so many messages at random moments; resolves after the last. */
export async function talk(deps: Deps): Promise<void> {
  const { chat, clock, random, messages, secondThoughts, stretch, onSaid } = deps;
  const said: string[] = [];
  for (let index = 0; index < messages; index++) {
    await clock.sleep(stretch * random() * (random() < BURSTS ? BURST_GAP_MAX_MS : GAP_MAX_MS));
    const { text, replyTo } = wording(deps, index, said[index - REPLY_BACK]);
    const { room, topic } = (replyTo === undefined ? undefined : chat.find(replyTo)) ?? placeOf(deps);
    const id = chat.say({ room, topic, sender: senderOf(deps), text, replyTo });
    said.push(id);
    onSaid(said.length);
    if (random() < secondThoughts) void reconsider(deps, id, text);
    if (random() < 0.01) startle(deps, id);
  }
}

function wording(
  { chat, agents, random }: Deps,
  index: number,
  earlier: string | undefined,
): { text: string; replyTo?: string } {
  const kind = random();
  const agent = agents[Math.floor(random() * agents.length)] ?? "";
  const plain = `Message ${index + 1}: what is known of ${Math.floor(random() * 1_000)}?`;
  if (kind < 0.05) return { text: "👍" };
  if (kind < 0.15) return { text: `@${agent} ${plain}` };
  if (kind < 0.25) return { text: `${agent}, ${plain}` };
  if (kind < 0.3) return { text: `${plain} And the ${OWNED_WORD}?` };
  if (kind < 0.45 && earlier !== undefined) return { text: plain, replyTo: chat.answerTo(earlier) ?? earlier };
  return { text: plain };
}

function placeOf({ random, rooms }: Deps): Place {
  const room = Math.floor(random() * rooms);
  const topic = 1 + Math.floor(random() * 2);
  return { room: `sim:group-${room + 1}`, topic: room % 2 === 1 ? String(topic) : null };
}

function senderOf({ random }: Deps): HeardSender {
  const kind = random();
  return kind < 0.1 ? STRANGER : kind < 0.25 ? GUEST : OWNER;
}

/** An account of an agent says something by itself, to nobody's question: no chain of replies may come of it (I5). */
function startle({ chat, agents, random }: Deps, id: string): void {
  const place = chat.find(id);
  const [name = "", other = ""] = [0, 1].map(() => agents[Math.floor(random() * agents.length)] ?? "");
  if (place === undefined || name === other) return;
  const { room, topic } = place;
  chat.say({ room, topic, sender: { kind: "agent", id: name, name }, text: `Good morning, @${other}.` });
}

async function reconsider({ chat, clock, agents }: Deps, id: string, text: string): Promise<void> {
  await clock.sleep(dice("second thought", id) * SECOND_THOUGHT_MAX_MS);
  const kind = dice("kind of second thought", id);
  const agent = agents[Math.floor(dice("thought of", id) * agents.length)] ?? "";
  if (kind < 0.4) chat.remove(id);
  else if (kind < 0.7) chat.edit(id, `${text} (I mean it.)`);
  else chat.edit(id, `@${agent} ${text}`);
}
