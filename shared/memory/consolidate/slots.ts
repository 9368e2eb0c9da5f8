/** What can only hold once at a time: where somebody lives and works, what they are called, how they are reached. English, Russian, German. */
import { fold } from "../language/words.ts";
import type { FactRow } from "../layers/fact-rows.ts";
import { namesIn } from "../recall/shelf.ts";

/** Behind whoever it is about. Texts are folded: lower case, no accents. */
const doings: Readonly<Record<string, string>> = {
  home: "(?:live|lives|wohne|wohnt|lebe|lebt) in|(?:['’]ve |have |has )?moved to|(?:живу|живет|переехала?) в",
  work: "works? (?:at|for)|работа(?:ю|ет) (?:в|на)|arbeitet? bei",
};
/** Behind whose it is. */
const havings: Readonly<Record<string, string>> = {
  name: "name is",
  reach: "(?<what>phone|email|address|birthday)(?: number| address)? is",
  favourite: "favou?rite (?<what>\\p{L}+) is",
};
/** Whole, with the speaker inside. */
const namings = "меня зовут|ich heisse|mein name ist";

const adverb = "(?:(?:now|still|currently|теперь|сейчас|jetzt) )?";
const patternsOf = (parts: Readonly<Record<string, string>>, before: string) =>
  Object.entries(parts).map(([slot, part]) => ({
    slot,
    pattern: new RegExp(`${before}(?:${part})(?![\\p{L}\\p{N}])`, "u"),
  }));
type Patterns = ReturnType<typeof patternsOf>;

const ownWords: Patterns = [
  ...patternsOf(doings, `(?<![\\p{L}\\p{N}])(?:i|я|ich) ?${adverb}`),
  ...patternsOf(havings, "(?<![\\p{L}\\p{N}])my "),
  ...patternsOf({ name: namings }, "(?<![\\p{L}\\p{N}])"),
];
const behindName = { does: patternsOf(doings, `^${adverb}`), has: patternsOf(havings, "^") };

/** The slot that a fact fills, if its sentence is about whoever said it: what they tell of their mother is hers. */
export function slotOf({ text, said_by: by }: FactRow): string | undefined {
  const told = fold(text).replace(/\s+/gu, " ").trim();
  return filled(told, ownWords) ?? filledByName(told.split(" "), namesIn(fold(by)));
}

/** In the third person, as a model writes it: the sentence begins with their name. */
function filledByName(words: readonly string[], names: readonly string[]): string | undefined {
  const own = words.findIndex((word) => !names.includes(word.replace(POSSESSIVE, "")));
  if (own < 1) return undefined;
  const { does, has } = behindName;
  return filled(words.slice(own).join(" "), POSSESSIVE.test(words[own - 1] ?? "") ? has : does);
}

const POSSESSIVE = /['’]s$/u;

function filled(told: string, patterns: Patterns): string | undefined {
  for (const { slot, pattern } of patterns) {
    const found = pattern.exec(told);
    if (found !== null) return `${slot} ${found.groups?.["what"] ?? ""}`;
  }
  return undefined;
}
