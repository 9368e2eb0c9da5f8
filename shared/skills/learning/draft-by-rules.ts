/** A proposal without a model: what people said against a skill's answers is put before its reader, word for word, and nothing is invented. */
import { cut, oneLine } from "../../base/index.ts";
import type { Correction, Episode } from "./episode.ts";

/** One correction may be a mood; the same skill corrected twice is worth a look. */
const CORRECTIONS_MIN = 2;
const QUOTED_MAX = 5;
const ASK_CHARACTERS_MAX = 120;
const HEADING = "## What people corrected";

export type RuleDraft = { skill: string; text: string; reason: string; evidence: { turn: string; shows: string }[] };

/** `skills` have their whole SKILL.md. Undefined when no skill was corrected often enough. */
export function draftByRules(
  episodes: readonly Episode[],
  corrections: readonly Correction[],
  skills: readonly { name: string; text: string }[],
): RuleDraft | undefined {
  const found = skills
    .map(({ name, text }) => ({ name, text, corrected: correctedOf(name, episodes, corrections) }))
    .filter(({ corrected }) => corrected.length >= CORRECTIONS_MIN)
    .toSorted((a, b) => b.corrected.length - a.corrected.length)[0];
  if (found === undefined) return undefined;
  const { name, text, corrected } = found;
  const drafted = quoted(text, corrected);
  if (drafted === undefined) return undefined;
  return {
    skill: name,
    text: drafted,
    reason: `${corrected.length} answers that followed ${name} were corrected.`,
    evidence: corrected.map(({ turn, quote }) => ({ turn, shows: quote })),
  };
}

/** The same for the duties of a persona: answers for which no skill was loaded, and which were corrected. */
export function draftDutiesByRules(
  episodes: readonly Episode[],
  corrections: readonly Correction[],
  duties: string,
): RuleDraft | undefined {
  const corrected = corrections.flatMap(({ turn, quote }) => {
    const episode = episodes.find((one) => one.turn === turn && one.loaded.length === 0);
    return episode === undefined ? [] : [{ turn, quote, ask: episode.ask }];
  });
  const text = corrected.length < CORRECTIONS_MIN ? undefined : quoted(duties, corrected);
  if (text === undefined) return undefined;
  return {
    skill: "duties",
    text,
    reason: `${corrected.length} answers that followed no skill were corrected.`,
    evidence: corrected.map(({ turn, quote }) => ({ turn, shows: quote })),
  };
}

/** The text with what people said below it; undefined when all of it stands there already. */
function quoted(text: string, corrected: readonly { ask: string; quote: string }[]): string | undefined {
  const lines = corrected
    .slice(0, QUOTED_MAX)
    .map(({ ask, quote }) => `- Asked “${cut(oneLine(ask), ASK_CHARACTERS_MAX)}”, then told: “${quote}”`);
  const fresh = lines.filter((line) => !text.includes(line));
  if (fresh.length === 0) return undefined;
  const head = text.includes(HEADING)
    ? text.trimEnd()
    : `${text.trimEnd()}\n\n${HEADING}\n\nBefore you answer, check that none of these would be said to you again.\n`;
  return `${head}\n${fresh.join("\n")}\n`;
}

function correctedOf(skill: string, episodes: readonly Episode[], corrections: readonly Correction[]) {
  return corrections.flatMap(({ turn, quote }) => {
    const episode = episodes.find((one) => one.turn === turn && one.loaded.includes(skill));
    return episode === undefined ? [] : [{ turn, quote, ask: episode.ask }];
  });
}
