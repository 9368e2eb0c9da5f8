/** A recorded turn as the learning loop sees it, and what shows without any model that a person was not content with it. */
import { cut, oneLine, wordsOf } from "../../base/index.ts";
import type { Replayable } from "../scenario.ts";

export type Episode = {
  turn: string;
  at: number;
  /** What the person said. */
  ask: string;
  answer: string;
  ended: "answered" | "stopped" | "failed" | "passed";
  /** Skills that the model loaded, by name. */
  loaded: readonly string[];
  /** Tools that it called, in order. */
  tools: readonly string[];
  /** What the same person said next to the same agent, in the same room. */
  followUps: readonly string[];
  /** Reactions of people to the answer. */
  reactions: readonly string[];
};

/** A correction with the words that show it, which stand in the episode as they are here. */
export type Correction = { turn: string; quote: string };

/** Reactions that say no in any language. */
const REFUSALS = new Set(["👎", "🤬", "😡", "🤮", "💩"]);
/** Share of an ask's words that a follow-up repeats when it asks again. */
const AGAIN_MIN = 0.6;
/** Words of an ask below which repeating it means nothing. */
const WORDS_MIN = 3;
const QUOTE_CHARACTERS_MAX = 300;

/** Corrections that need no model: a reaction that says no, or the same asked again. */
export function plainCorrections(episodes: readonly Episode[]): Correction[] {
  return episodes.flatMap(({ turn, ask, followUps, reactions }): Correction[] => {
    const again = followUps.find((said) => asksAgain(ask, said));
    if (again !== undefined) return [{ turn, quote: cut(oneLine(again), QUOTE_CHARACTERS_MAX) }];
    const refusal = reactions.find((emoji) => REFUSALS.has(emoji));
    return refusal === undefined ? [] : [{ turn, quote: refusal }];
  });
}

/** Whether the person said this, to the letter: a quote that nobody said is no evidence. */
export function isSaid({ followUps, reactions, ask }: Episode, quote: string): boolean {
  const wanted = oneLine(quote).trim();
  return wanted !== "" && [ask, ...followUps, ...reactions].some((said) => oneLine(said).includes(wanted));
}

/** A turn to replay. Where nobody said what a good answer has, it is one that does not say again what was corrected. */
export function replayableOf(
  { turn, ask, answer }: Episode,
  wanted: { mentions: readonly string[]; avoids: readonly string[] } = { mentions: [], avoids: [] },
): Replayable {
  const nothing = wanted.mentions.length + wanted.avoids.length === 0;
  const avoids = nothing ? [longestLine(answer)].filter((line) => line !== "") : wanted.avoids;
  return {
    name: `turn ${turn}`,
    ask,
    given: [],
    expect: { mentions: [...wanted.mentions], order: [], avoids: [...avoids] },
  };
}

function asksAgain(ask: string, said: string): boolean {
  const asked = new Set(wordsOf(ask).filter(({ length }) => length > 3));
  if (asked.size < WORDS_MIN) return false;
  const repeated = new Set(wordsOf(said).filter((word) => asked.has(word)));
  return repeated.size / asked.size >= AGAIN_MIN;
}

function longestLine(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  return cut(lines.toSorted((a, b) => b.length - a.length)[0] ?? "", QUOTE_CHARACTERS_MAX);
}
