/** Looking at everything that was said, for assertions. */
import type { Message } from "./world/model.ts";

/** What people wrote and nobody deleted. */
export function standing(messages: readonly Message[]): Message[] {
  return messages.filter(({ isDeleted, action }) => !isDeleted && !action);
}

/** The messages whose author has said the same in the same room before: a person would see them twice. */
export function repeated(messages: readonly Message[]): Message[] {
  const said = new Map<string, Set<unknown>>();
  return standing(messages).filter(({ author, text, room }) => {
    if (text === "") return false;
    const key = `${author.id} ${text}`;
    const rooms = said.get(key) ?? new Set();
    said.set(key, rooms);
    return rooms.size === rooms.add(room).size;
  });
}

const lastWordsMax = 5;

export function lastWords(messages: readonly Message[]): string {
  const last = messages
    .slice(-lastWordsMax)
    .map(({ author, text, action }) => `${author.name}: ${action?.className ?? text}`);
  return last.length === 0 ? "Nothing was ever said." : `The last that was said: ${last.join(" | ")}`;
}
