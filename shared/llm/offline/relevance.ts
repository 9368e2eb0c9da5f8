/** Scores who of a group should answer a message: by the keywords it holds, and by words of one stem with roles and subjects. */
import { z } from "zod";
import { dice } from "../../base/index.ts";
import { wordsFound } from "../../config/index.ts";
import { akin, isAcknowledgement, topicWords } from "./language.ts";

const card = z.object({
  name: z.string(),
  role: z.string().default(""),
  subjects: z.array(z.string()).default([]),
  keywords: z.array(z.string()).default([]),
});
type Card = z.infer<typeof card>;

/** What the last user entry of a request for `relevance` holds, as JSON. */
export const relevanceInput = z.object({ message: z.string(), agents: z.array(card).min(1) });
/** The same for `reaction`: the question, a colleague's answer to it, and those who might object. */
export const reactionInput = z.object({
  question: z.string(),
  answer: z.string(),
  answeredBy: z.string(),
  agents: z.array(card).min(1),
});

export type Scores = Record<string, number>;

/** Whoever says one of these of itself is asked first when a message is nobody's subject. */
const GENERAL = /\b(general|generalist|everyday|anything|assistant|operator)\b/i;

/** What a keyword is worth that the message holds, and what a word is worth that is akin to one of role or subjects. */
const KEYWORD = 3;
const AKIN = 1;

/** 1–10 for each agent. At least one has 7 or more, unless the message only acknowledges something. */
export function scoreRelevance({ message, agents }: z.infer<typeof relevanceInput>): Scores {
  if (isAcknowledgement(message)) return each(agents, ({ name }) => pick([1, 2, 3], message, name));
  const ranked = agents
    .map((agent) => ({ agent, weight: weigh(message, agent, agents), tie: dice("tie", message, agent.name) }))
    .sort((one, other) => other.weight - one.weight || one.tie - other.tie);
  const best = ranked[0]?.weight ?? 0;
  if (best === 0) return scoreForNobody(message, agents);
  return Object.fromEntries(
    ranked.map(({ agent, weight }, place) => {
      const share = weight / best;
      if (place === 0) return [agent.name, best >= 2 * KEYWORD ? 9 : 8];
      // A second one volunteers who has something of its own in it, not only a word that all of them share.
      if (place === 1 && share >= 0.3 && weight >= 2 * AKIN) return [agent.name, 7];
      return [agent.name, Math.min(6, 2 + Math.round(share * 4))];
    }),
  );
}

/** At most 5, unless the answer came to an agent's own field where the question had not: then 7. */
export function scoreReaction({ question, answer, answeredBy, agents }: z.infer<typeof reactionInput>): Scores {
  return each(agents, ({ name, keywords }) => {
    if (name === answeredBy) return 1;
    const raised = wordsFound(answer, keywords).length > 0 && wordsFound(question, keywords).length === 0;
    return raised ? 7 : pick([2, 3, 4, 5], question, answer, name);
  });
}

/** A keyword or word that several agents have says little about any of them, so its worth is shared. */
function weigh(message: string, agent: Card, agents: readonly Card[]): number {
  const shared = (worth: number, has: (one: Card) => boolean) => worth / Math.max(1, agents.filter(has).length);
  const keywords = wordsFound(message, agent.keywords).map((word) =>
    shared(KEYWORD, (one) => one.keywords.includes(word)),
  );
  const words = topicWords(message).map((word) => (isAkin(agent, word) ? shared(AKIN, (one) => isAkin(one, word)) : 0));
  return [...keywords, ...words].reduce((sum, worth) => sum + worth, 0);
}

function isAkin({ role, subjects }: Card, word: string): boolean {
  return topicWords([role, ...subjects].join(" ")).some((own) => akin(own, word));
}

/** Nobody's subject: one takes it all the same, so that a person is not met with silence. */
function scoreForNobody(message: string, agents: readonly Card[]): Scores {
  const general = agents.filter(({ role, subjects, keywords }) =>
    GENERAL.test([role, ...subjects, ...keywords].join(" ")),
  );
  const chosen = pick(general.length > 0 ? general : agents, "nobody", message);
  return each(agents, (agent) => (agent === chosen ? 7 : pick([2, 3, 4, 5], message, agent.name)));
}

function each(agents: readonly Card[], score: (agent: Card) => number): Scores {
  return Object.fromEntries(agents.map((agent) => [agent.name, score(agent)]));
}

/** Chance that is the same for everybody who looks at the same words. */
function pick<T>(choices: readonly [T, ...T[]] | readonly T[], ...words: string[]): T {
  return choices[Math.floor(dice(...words) * choices.length)] as T;
}
