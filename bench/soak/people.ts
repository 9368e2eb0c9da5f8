/** People who write into the local room: to everybody, to somebody by name, or in reply to what an agent said. */
import type { Random } from "../../shared/base/index.ts";
import type { Heard } from "../../shared/ledger/index.ts";

/** A word of a subject that each agent owns, so that a message may be the own of one, of several, or of all six. */
const SUBJECTS = {
  impulse: "deadlines",
  keystone: "bugs",
  kronos: "priorities",
  lacuna: "naming",
  nexus: "metrics",
  resonant: "usability",
} as const;
/** Words that make it likely, though not certain, that a message is an agent's own: here the swarm has to judge. */
const HINTS = ["today", "tests", "the plan", "colours", "the budget", "our customers"] as const;

/** What is said next; `earlier` are messages of agents, as far as one heard them. */
export function sayNext(count: number, random: Random, earlier: readonly Heard[]): Pick<Heard, "text" | "replyTo"> {
  const one = <Choice>(choices: readonly Choice[]): Choice | undefined =>
    choices[Math.floor(random() * choices.length)];
  const some = <Choice>(choices: readonly Choice[]) => choices.filter(() => random() < 0.4);
  const plain = `Message ${count}: what do we know?`;
  const agents = Object.keys(SUBJECTS);
  const kind = random();
  if (kind < 0.15) return { text: `@${one(agents)} ${plain}`, replyTo: null };
  if (kind < 0.25) return { text: `${one(agents)}, and ${one(agents)}: ${plain}`, replyTo: null };
  if (kind < 0.35) return { text: plain, replyTo: one(earlier)?.messageId ?? null };
  if (kind < 0.65) return { text: `Message ${count}: what about ${some(HINTS).join(" and ")}?`, replyTo: null };
  return { text: `Message ${count}: what about ${some(Object.values(SUBJECTS)).join(" and ")}?`, replyTo: null };
}
