/** People in a group: they say things to the room or to somebody, reply, send an emoji, and sometimes change their minds. */
import { dice, type Random } from "../base/index.ts";
import type { Chat } from "./chat.ts";
import type { VirtualClock } from "./clock.ts";

/** The subject that the first agent of the roster owns; the word occurs in some messages. */
export const OWNED_WORD = "weather";

type Deps = {
  chat: Chat;
  clock: VirtualClock;
  random: Random;
  agents: readonly string[];
  messages: number;
  /** Chance that a person edits or deletes what it said. */
  secondThoughts: number;
  /** The edit or deletion reaches the ledger. */
  onEdit(messageId: string, text: string): void;
  onRemove(messageId: string): void;
  onSaid(): void;
};

/** Between two messages; a fifth of them come in bursts. */
const GAP_MAX_MS = 12_000;
const BURST_GAP_MAX_MS = 500;
/** A reply goes to what was said so many messages before, so that even a slow model has answered it. */
const REPLY_BACK = 30;
const SECOND_THOUGHT_MAX_MS = 15_000;

/** Says so many messages at random moments; resolves after the last. */
export async function talk(deps: Deps): Promise<void> {
  const { chat, clock, random, messages, secondThoughts, onSaid } = deps;
  const said: string[] = [];
  for (let index = 0; index < messages; index++) {
    await clock.sleep(random() * (random() < 0.2 ? BURST_GAP_MAX_MS : GAP_MAX_MS));
    const { text, replyTo } = wording(deps, index, said);
    const id = chat.say(text, replyTo);
    said.push(id);
    onSaid();
    if (random() < secondThoughts) void reconsider(deps, id, text);
  }
}

function wording(
  { chat, agents, random }: Deps,
  index: number,
  said: readonly string[],
): { text: string; replyTo?: string } {
  const kind = random();
  const agent = agents[Math.floor(random() * agents.length)] ?? "";
  const plain = `Message ${index + 1}: what is known of ${Math.floor(random() * 1_000)}?`;
  if (kind < 0.05) return { text: "👍" };
  if (kind < 0.15) return { text: `@${agent} ${plain}` };
  if (kind < 0.25) return { text: `${agent}, ${plain}` };
  if (kind < 0.3) return { text: `${plain} And the ${OWNED_WORD}?` };
  const earlier = said[index - REPLY_BACK];
  if (kind < 0.45 && earlier !== undefined) {
    const answer = chat.visible.find(({ replyTo, sender }) => replyTo === earlier && sender.kind === "agent");
    return { text: plain, replyTo: answer?.messageId ?? earlier };
  }
  return { text: plain };
}

async function reconsider({ chat, clock, onEdit, onRemove }: Deps, id: string, text: string): Promise<void> {
  await clock.sleep(dice("second thought", id) * SECOND_THOUGHT_MAX_MS);
  if (dice("delete", id) < 0.5) {
    chat.remove(id);
    onRemove(id);
  } else {
    chat.edit(id, `${text} (I mean it.)`);
    onEdit(id, `${text} (I mean it.)`);
  }
}
