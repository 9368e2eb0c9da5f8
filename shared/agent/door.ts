/** What a person's message must pass before an agent decides upon it: not too many at a time, and no attempt to take over. */
import type { Log } from "../base/index.ts";
import type { Ledger, Message } from "../ledger/index.ts";
import type { Shield } from "../security/index.ts";

export type Door = {
  /** Messages of one person that are read in a minute, over all agents and rooms; 0: any number. */
  requestsPerMinute: number;
  /** Without it nothing is looked for in what people say. */
  shield?: Shield;
};

type Deps = {
  card: { name: string };
  ledger: Pick<Ledger, "messages" | "deliveries">;
  speaking: { log: Log };
  strangers: "ignore" | "chat";
  door: Door;
};

const WINDOW_MS = 60_000;
const DAY_MS = 24 * 60 * WINDOW_MS;

/**
 * Why this message is not read further; undefined when it is. All agents come to the same answer, because it follows from the
 * message's row and those before it. The room is told once: a person once a minute, a stranger once a day.
 * Owners and people who are allowed are never stopped for what they say: it is noted when it reads like an attempt, no more.
 */
export async function stoppedAtTheDoor(deps: Deps, message: Message): Promise<string | undefined> {
  const { door, strangers, speaking } = deps;
  const { kind } = message.sender;
  // Colleagues have limits of their own, and strangers that nobody answers need none.
  if (kind === "agent" || (kind === "stranger" && strangers === "ignore")) return undefined;
  const { requestsPerMinute: most, shield } = door;
  if (most > 0 && (await deps.ledger.messages.saidBefore(message, WINDOW_MS)) >= most)
    return told(deps, message, `more than ${most} messages in a minute: this one is not read, wait a minute`);
  const verdict = shield?.(message.text);
  if (verdict === undefined || verdict.verdict === "clean") return undefined;
  const { verdict: found, score, signs } = verdict;
  if (kind === "stranger" && found === "blocked")
    return told(deps, message, `this message is not read: ${verdict.because}`);
  speaking.log.info("text flagged", { message: message.seq, from: kind, score, signs });
  return undefined;
}

/** The sentence, which the room reads once for each minute of a person, and for each day of a stranger. */
async function told({ card, ledger }: Deps, { sender, room, recordedAt }: Message, because: string): Promise<string> {
  const time = Math.floor(recordedAt / (sender.kind === "stranger" ? DAY_MS : WINDOW_MS));
  await ledger.deliveries.say({
    job: "door",
    key: `door ${sender.kind} ${sender.id} ${time}`,
    severity: "info",
    agent: card.name,
    room,
    text: because,
    state: "queued",
    because,
    parts: [`${sender.name}: ${because}.`],
  });
  return because;
}
