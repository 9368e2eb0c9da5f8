/** Puts what a program says into the ledger, as its owner's words, in a room of the key's own. */
import { createHash } from "node:crypto";
import { type Clock, secret } from "../../shared/base/index.ts";
import type { ApiKey } from "../../shared/config/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";
import type { Asked } from "./asked.ts";

/** The model that stands for all agents. */
export const SWARM = "swarm";

/** Messages of a room that are looked through for the conversation that goes on. */
const LOOK_BACK_MAX = 400;

/**
 * Says it once, and returns the message's number. Each conversation of a program is a topic of the key's room: one that goes on is
 * known by its first message, the latest that began so. What the program says was said before is not said again.
 */
export async function say(
  ledger: Ledger,
  clock: Clock,
  { key, asked, once }: { key: ApiKey; asked: Asked; once: string | undefined },
): Promise<number> {
  const room = `room:api-${key.name}`;
  const begins = hashOf(asked.opening);
  const earlier = asked.goesOn ? await ledger.messages.latest(room, LOOK_BACK_MAX) : [];
  const known = earlier.findLast(({ topic }) => topic?.startsWith(`${begins}.`) === true)?.topic;
  const { seq } = await ledger.messages.record({
    room,
    messageId: once === undefined ? `a${secret(12)}` : `o${hashOf(once)}`,
    topic: known ?? `${begins}.${secret(6)}`,
    sender: { kind: "owner", id: "owner", name: key.name },
    text: addressed(asked),
    replyTo: null,
    saidAt: clock.now(),
  });
  return seq;
}

/** An agent is addressed the way a person in the group does it. */
function addressed({ model, text }: Asked): string {
  return model === SWARM || text.toLowerCase().startsWith(`@${model}`) ? text : `@${model} ${text}`;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
