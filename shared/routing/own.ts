/** Whose subject a message is: by the words that each agent owns. */
import { wordsFound } from "../config/index.ts";
import type { AgentCard } from "../ledger/index.ts";

/** The agents that own a subject of this text, in the order of the roster, each with the first of its subjects that is found. */
export function ownersOf(text: string, roster: readonly AgentCard[]): { agent: string; subject: string }[] {
  return roster.flatMap(({ name, owns }) => {
    const owned = owns.find(({ words }) => wordsFound(text, words).length > 0);
    return owned === undefined ? [] : [{ agent: name, subject: owned.subject }];
  });
}
