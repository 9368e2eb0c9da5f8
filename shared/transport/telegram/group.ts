/** The group that the swarm lives in, as a person names it, and whether an account can serve it. */
import { oneLine } from "../../base/index.ts";
import { TelegramRefusal } from "./failures.ts";
import type { Group, TelegramPort } from "./port.ts";

export type Reference = { id: string } | { username: string } | { invite: string };

/** What TELEGRAM_GROUP may be: a number with or without -100, @name, or a link. Undefined when it is none of these. */
export function readReference(text: string): Reference | undefined {
  const word = text
    .trim()
    .replace(/^https?:\/\//u, "")
    .replace(/^(t\.me|telegram\.me)\//u, "");
  const number = /^(?:c\/)?(?:-100|-)?(\d{5,})(?:\/.*)?$/u.exec(word)?.[1];
  if (number !== undefined) return { id: number };
  const invite = /^(?:\+|joinchat\/)([\w-]+)$/u.exec(word)?.[1];
  if (invite !== undefined) return { invite };
  const username = /^@?([A-Za-z]\w{3,31})$/u.exec(word)?.[1];
  return username === undefined ? undefined : { username: username.toLowerCase() };
}

export type Finding = { group: Group } | { because: string };

/** Finds the group among those that the account is in. `because` says what a person must do; trying again later makes sense. */
export async function findGroup(
  port: Pick<TelegramPort, "groups" | "invited">,
  { text, agent }: { text: string; agent: string },
): Promise<Finding> {
  const reference = readReference(text);
  if (reference === undefined) {
    return {
      because: `TELEGRAM_GROUP="${oneLine(text)}" is no group. Write its number, such as -1001234567890, its @name or its link.`,
    };
  }
  const groups = await port.groups();
  const wanted = "invite" in reference ? await invited(port, reference.invite) : undefined;
  const isIt = ({ id, username }: Group) =>
    id === wanted ||
    ("id" in reference && id === reference.id) ||
    ("username" in reference && username?.toLowerCase() === reference.username);
  const group = groups.find(isIt);
  if (group === undefined) {
    return {
      because: `The Telegram account of ${agent} is not in the group ${oneLine(text)}. Invite it there; it is noticed within a minute.`,
    };
  }
  if (group.kind === "channel") return { group };
  return {
    because:
      `"${oneLine(group.title)}" is a basic group, where a message has another number for every account. Make it a supergroup: ` +
      "in its settings show the chat history to new members, or turn topics on. Then write its new number into TELEGRAM_GROUP.",
  };
}

async function invited(port: Pick<TelegramPort, "invited">, hash: string): Promise<string | undefined> {
  try {
    return (await port.invited(hash))?.id;
  } catch (error) {
    if (error instanceof TelegramRefusal && error.code.startsWith("INVITE_HASH")) return undefined;
    throw error;
  }
}
