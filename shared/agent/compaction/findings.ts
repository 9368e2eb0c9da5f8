/** What a summary must not lose, found by rules and so the same every time: promises that are open, decisions, numbers, names. */
import { cut, oneLine, wordsOf } from "../../base/index.ts";

/** In the order in which they give way when there is no room for all. */
export const findingKinds = ["promise", "decision", "number", "name"] as const;
export type FindingKind = (typeof findingKinds)[number];

export type Finding = {
  kind: FindingKind;
  /** What the summary must say: a number, a name, or all that the sentence means. */
  term: string;
  /** The sentence that says it, word for word. */
  text: string;
  by: "person" | "agent";
};

/** A sentence is shown so far, around what was found in it. */
const SENTENCE_CHARACTERS_MAX = 240;
/** Letters that a word must have to mean something; a stem of so many tells a word from others. */
const TELLING_LETTERS_MIN = 4;
const STEM_LETTERS = 5;

/** Everything in what was said, oldest first; a number or a name once, where it was said first. */
export function findingsIn(said: readonly { by: "person" | "agent"; text: string }[]): Finding[] {
  const sentences = said.flatMap(({ by, text }) => sentencesOf(text).map((sentence) => ({ by, sentence })));
  const lowercase = new Set(sentences.flatMap(({ sentence }) => sentence.match(/(?<!\p{L})\p{Ll}[\p{L}-]+/gu) ?? []));
  const news = sentences.flatMap(({ sentence }, at) => (isNews(sentence) ? [{ at, stems: stemsOf(sentence) }] : []));
  const found: Finding[] = [];
  const seen = new Set<string>();
  const add = (kind: FindingKind, term: string, by: Finding["by"], sentence: string) => {
    const key = `${kind} ${term.toLowerCase()}`;
    if (seen.has(key)) return;
    seen.add(key);
    found.push({ kind, term, text: around(sentence, term), by });
  };
  for (const [at, { by, sentence }] of sentences.entries()) {
    if (isPromise(sentence) && !isKept(sentence, at, news)) add("promise", sentence, by, sentence);
    if (isDecision(sentence)) add("decision", sentence, by, sentence);
    for (const number of numbersIn(sentence)) add("number", number, by, sentence);
    for (const name of namesIn(sentence, lowercase)) add("name", name, by, sentence);
  }
  return found;
}

/** Whether a text says it: the number or the name itself; of a sentence every word that means something, in one sentence. */
export function createSays(text: string): (finding: Pick<Finding, "kind" | "term">) => boolean {
  const numbers = new Set(numbersIn(text));
  const folded = ` ${wordsOf(text).join(" ")} `;
  const sentences = sentencesOf(text).map((sentence) => new Set(stemsOf(sentence)));
  return ({ kind, term }) => {
    if (kind === "number") return numbers.has(term);
    if (kind === "name") return folded.includes(` ${wordsOf(term).join(" ")} `);
    const stems = stemsOf(term);
    return stems.length > 0 && sentences.some((sentence) => stems.every((stem) => sentence.has(stem)));
  };
}

export function sentencesOf(text: string): string[] {
  return text
    .split(/\n+|(?<=[.!?…])\s+/u)
    .map(oneLine)
    .filter((sentence) => sentence !== "");
}

function around(sentence: string, term: string): string {
  if (sentence.length <= SENTENCE_CHARACTERS_MAX) return sentence;
  const at = Math.max(0, sentence.indexOf(term) - SENTENCE_CHARACTERS_MAX / 2);
  return `${at === 0 ? "" : "…"}${cut(sentence.slice(at), SENTENCE_CHARACTERS_MAX)}`;
}

function stemsOf(text: string): string[] {
  return wordsOf(text)
    .filter((word) => word.length >= TELLING_LETTERS_MIN || /\d/.test(word))
    .map((word) => word.slice(0, STEM_LETTERS));
}

/** English, Russian, German. A question promises nothing. */
const PROMISES = [
  /\b(?:i|we)(?:['’]ll| will| shall|['’](?:m|re) going to| am going to| are going to| promised?| owe)\b/iu,
  /\b(?:remind me|promised to|to-?do|deadline|don['’]?t forget|remember to)\b/iu,
  /(?<!\p{L})(?:обеща|напомни|не забудь|дедлайн)/iu,
  /(?<!\p{L})(?:я|мы) (?:(?:тебе|вам|ему|ей|им|это|всё|завтра|сегодня) )*(?:буду|будем|должн|собира|сдела|пришл|отправ|напиш|позвон|подготов|провер|законч|куп|верн)/iu,
  /\b(?:ich|wir) (?:werden?|verspr[eo]chen?|schicken?|muss|müssen|schulden?)\b|\berinnere? mich\b|\bvergiss nicht\b/iu,
];
const DECISIONS = [
  /\b(?:decided|decision|agreed|settled on|we chose|let['’]s go with|we go with)\b/iu,
  /(?<!\p{L})(?:решили|решил|решила|решено|решение|договорил|выбрали|остановились на)/iu,
  /\b(?:entschieden|entscheidung|beschlossen|vereinbart|einigen uns)\b/iu,
];
const DONE =
  /\b(?:done|sent|finished|delivered|completed|shipped|paid|erledigt|fertig|geschickt|bezahlt)\b|(?<!\p{L})(?:готово|сделал|сделано|отправил|отправлено|выполн|оплатил|закончил)/iu;
/** Words that a promise and the news that it is kept share. */
const SHARED_WORDS_MIN = 2;

function isPromise(sentence: string): boolean {
  return !sentence.endsWith("?") && PROMISES.some((pattern) => pattern.test(sentence));
}

function isDecision(sentence: string): boolean {
  return !sentence.endsWith("?") && DECISIONS.some((pattern) => pattern.test(sentence));
}

function isNews(sentence: string): boolean {
  return !sentence.endsWith("?") && DONE.test(sentence);
}

/** Somebody said later that it is done, about the same thing. */
function isKept(promise: string, saidAt: number, news: readonly { at: number; stems: readonly string[] }[]): boolean {
  const stems = new Set(stemsOf(promise));
  return news.some((one) => one.at > saidAt && one.stems.filter((stem) => stems.has(stem)).length >= SHARED_WORDS_MIN);
}

/** Numbers, times and dates, as they are compared: 4,200 and 4 200 are 4200. The number of a list's point is none. */
function numbersIn(text: string): string[] {
  const lines = text.replace(/^\s*(?:[-*#>]\s*)?\d{1,2}[.)]\s/gmu, "");
  const numbers = lines.match(/(?<![\p{L}\d])\d+(?:[\u00a0\u202f ,.'’:/-]\d+)*(?:\s?(?:%|[€$£₽]|[kKmM]\b))?/gu) ?? [];
  return numbers.map((number) =>
    number
      .replace(/(?<=\d)[\u00a0\u202f ,'’](?=\d{3}(?!\d))/gu, "")
      .replace(/\s/gu, "")
      .toLowerCase(),
  );
}

/** Capitals where no sentence begins, addresses and handles. A word that is also written small is no name. */
function namesIn(sentence: string, lowercase: ReadonlySet<string>): string[] {
  const addresses = sentence.match(/https?:\/\/[^\s)>\]"']+|[\w.+-]+@[\w-]+\.[\w.-]*\w|(?<![\w@])@\w{2,}/gu) ?? [];
  const words = sentence.replace(/https?:\/\/\S+/gu, " ");
  const names = words.match(/(?<![\p{L}\p{N}@])\p{Lu}[\p{L}\p{N}-]+(?: \p{Lu}[\p{L}\p{N}-]+)*/gu) ?? [];
  const first = /\p{L}/u.exec(words)?.index ?? 0;
  const real = names.filter((name) => {
    const begins = words.indexOf(name) === first;
    const parts = name.split(" ");
    if (parts.every((part) => lowercase.has(part.toLowerCase()))) return false;
    return !begins || parts.length > 1 || /\d|\p{Lu}.*\p{Lu}/u.test(name);
  });
  return [...addresses, ...real];
}
