/** What agents said in a room last: a secret may be scattered over several messages, and the next must not complete it. */
import type { Ledger } from "../ledger/index.ts";

/** Messages of the room that are looked at. */
const BEFORE_MAX = 20;

/** Their texts, oldest first. What people said is not ours to guard. */
export async function saidByAgents({ messages }: Pick<Ledger, "messages">, room: string): Promise<string[]> {
  const latest = await messages.latest(room, BEFORE_MAX);
  return latest.flatMap(({ sender, text }) => (sender.kind === "agent" ? [text] : []));
}
