/** Facts without a model: sentences in which people say who they are, what they like, what they decided. */
import type { Drawn, Extractor } from "./extractor.ts";

type Rule = { kind: Drawn["kind"]; pattern: RegExp };

/** English, Russian, German. The first rule that a sentence fits decides its kind. */
const rules: readonly Rule[] = [
  {
    kind: "identity",
    pattern:
      /\bmy name is\b|\bcall me\b|\bi(?: am|'m) (?:a|an|from|married|\d+ years)\b|меня зовут|мне \d+ (?:лет|год)|я родил|ich hei(?:ß|ss)e|mein name ist/iu,
  },
  {
    kind: "identity",
    pattern:
      /\bi(?: live| work| study| moved)\b|\bmy (?:wife|husband|partner|son|daughter|mother|father|sister|brother|dog|cat|birthday|phone|email|address|job|boss|team)\b|\bя (?:живу|работаю|учусь|переехал)|\b(?:моя жена|мой муж|мой сын|моя дочь|мой день рождения)|ich (?:wohne|arbeite|lebe)\b/iu,
  },
  {
    kind: "decision",
    pattern:
      /\b(?:we|i)(?:'ve| have)? (?:decided|agreed|chose)\b|\blet's go with\b|(?:мы|я) (?:решил|договорил|выбрал)|wir haben (?:entschieden|beschlossen)/iu,
  },
  {
    kind: "plan",
    pattern:
      /\bi(?:'m| am)? (?:going to|will|plan(?:ning)? to)\b|\bremind me\b|\bdeadline\b|я (?:собираюсь|планирую|буду)|напомни|ich (?:werde|plane)\b/iu,
  },
  {
    kind: "preference",
    pattern:
      /\bi(?: really)? (?:like|love|hate|prefer|enjoy|dislike|can't stand)\b|\bmy favou?rite\b|\bi(?:'m| am) allergic\b|(?:^|[^\p{L}])я (?:очень )?(?:люблю|ненавижу|предпочитаю|не люблю)|мо[йяеи] любим|ich (?:mag|liebe|hasse|bevorzuge)\b/iu,
  },
  { kind: "knowledge", pattern: /\bremember (?:that|this)\b|\bnote that\b|запомни|merk dir/iu },
];

/** Sentences of one utterance that may become facts. */
const FACTS_MAX = 5;
/** What a rule is sure of: less than a person's correction, about as much as a small model. */
const CONFIDENCE = 0.6;

/** The sentence itself is the fact: nothing is put into other words, so nothing is put into the person's mouth. */
export const ruleExtractor: Extractor = async ({ text }) =>
  text
    .split(/(?<=[.!…\n])\s+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence.length <= 400 && !/[?？]\s*$/u.test(sentence))
    .flatMap((sentence): Drawn[] => {
      const rule = rules.find(({ pattern }) => pattern.test(sentence));
      return rule === undefined
        ? []
        : [{ text: sentence, kind: rule.kind, quote: sentence, confidence: CONFIDENCE, relations: [] }];
    })
    .slice(0, FACTS_MAX);
