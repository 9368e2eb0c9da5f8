/** The person at this machine, at the command line or in the control room: their name in the ledger, and what they may say. */
import { MESSAGE_CHARACTERS_MAX } from "./limits.ts";

/** Who gave, decided or changed something from here. */
export const YOU = "you";

/** Why this cannot be said in a room, as a sentence; undefined when it can. */
export function whyUnsaid(text: string): string | undefined {
  if (text.trim() === "") return "There is nothing to send. Write something first.";
  if (text.length <= MESSAGE_CHARACTERS_MAX) return undefined;
  const [is, max] = [text.length, MESSAGE_CHARACTERS_MAX].map((count) => count.toLocaleString("en"));
  return `This message has ${is} characters, and ${max} fit into one. Shorten it, or send it in parts.`;
}
