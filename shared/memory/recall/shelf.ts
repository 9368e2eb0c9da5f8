/** What ranking needs of every fact, kept in memory as numbers: its words, its place in the conversation, its standing. */
import { readable } from "../audience.ts";
import type { Span } from "../language/times.ts";
import { type Audience, type FactKind, type Reader, type Standing, standings } from "../types.ts";
import { createBytes, createInts, createReals, grown } from "./numbers.ts";
import { createVocabulary, type Vocabulary } from "./vocabulary.ts";

/** One fact as it stands on the shelf when it is looked at. Facts know each other by their seq; 0 is none. */
export type Slip = {
  readonly seq: number;
  readonly by: string;
  readonly audience: Audience;
  readonly standing: Standing;
  readonly isInsight: boolean;
  readonly isQuestion: boolean;
  readonly hasNumber: boolean;
  readonly at: number;
  readonly validTo: number | null;
  readonly usedAt: number;
  readonly confidence: number;
  /** The times it speaks of. */
  readonly spans: readonly Span[];
  readonly episode: number | null;
  /** What was said before and after it in the same episode. */
  readonly previous: number;
  readonly next: number;
  /** Its words are so many, from here on. */
  readonly start: number;
  readonly length: number;
  /** Words that are no stop words. */
  readonly telling: number;
};

type Stretch = Pick<Slip, "start" | "length" | "telling">;

/** A fact as it comes from the store; `words` is the stored analysis. */
export type Shelved = Omit<Slip, "isInsight" | "start" | "length" | "telling" | "previous" | "next"> & {
  kind: FactKind;
  words: string;
};

export interface Shelf {
  readonly size: number;
  readonly vocabulary: Vocabulary;
  /** Facts arrive in the order of their seq; one that stands here already stays as it is. */
  add(fact: Shelved): void;
  /** Takes in a fact that another agent shared, for as long as it is asked for; answers with the seq it has until then. */
  host(id: string, guest: Omit<Shelved, "seq">): number;
  /** Nothing finds it any more. That its words were ever used is known until the process ends. */
  remove(seq: number): void;
  /** A fact as it stands now; one that is not here yet is added. */
  stand(fact: Shelved): void;
  /** The same fact with other words, in its place. */
  replace(fact: Shelved): void;
  /** It was used then. */
  use(seq: number, at: number): void;
  has(seq: number): boolean;
  get(seq: number): Slip | undefined;
  /** Where its words are: the part of a slip that full text looks at. */
  wordsOf(seq: number): Stretch;
  /** Whether recall may find a fact at all, and this reader may see it. */
  findableBy(reader: Reader): (seq: number) => boolean;
  /** The seqs of the agent's own facts; guests are not among them. */
  own(): number[];
  /** The highest seq that ever stood here; 0 at first. */
  newest(): number;
  /** The numbers of all words of all facts, one fact's from its `start` on; to be read anew, as a slip is, after the shelf has changed. */
  words(): Int32Array;
  /** Telling words of a fact, on average. */
  meanTelling(): number;
  /** Whether two facts are the same words of the same speaker. */
  isSame(one: Slip, other: Slip): boolean;
  /** Names of those who said something, as single words. */
  speaks(word: string): boolean;
}

/** What recall may find at all, whoever asks. */
const RECALLABLE: ReadonlySet<number> = new Set([standings.indexOf("active"), standings.indexOf("archived")]);

/** Facts of others that are kept at hand; they are brought again whenever they are proposed. */
const GUESTS_MAX = 2_000;
/** Words that nobody has any more, and their share of all, from which the others close ranks. */
const LEFT_MIN = 10_000;
const LEFT_SHARE = 0.25;
const NO_SPANS: readonly Span[] = [];
/** Times of one fact that are kept. */
const SPANS_MAX = 255;

/** 81 bytes a fact and 4 for each of its words; at 100,000 facts of twenty words some 17 MB. */
export function createShelf(): Shelf {
  const vocabulary = createVocabulary();
  const texts = createTexts();
  // Where a fact stands, counted from 1: its own facts by their seq, guests, whose seqs are negative, by what is behind the minus.
  const places = createInts();
  const guestPlaces = createInts();
  // What stands in each place. A place that is free has the seq 0, and is taken by whoever comes next.
  const seqs = createInts();
  const speakers = createInts();
  const audiences = createInts();
  const standing = createBytes();
  const insights = createBytes();
  const questions = createBytes();
  const numbered = createBytes();
  const ats = createReals();
  const ends = createReals();
  const uses = createReals();
  const confidences = createReals();
  const episodes = createInts();
  const previous = createInts();
  const next = createInts();
  const starts = createInts();
  const lengths = createInts();
  const tellings = createInts();
  const firstTimes = createInts();
  const timesOf = createBytes();
  let [placed, size, highest, told] = [0, 0, 0, 0];
  const free: number[] = [];

  let words = new Int32Array(1_024);
  let [filled, left] = [0, 0];
  // From and to, of one time after the other.
  let times = new Float64Array(256);
  let timesFilled = 0;
  const lastOfEpisode = new Map<number, number>();
  const names = new Map<string, number>();
  const guests = new Map<string, number>();

  const placeOf = (seq: number) => (seq > 0 ? places.at(seq) : guestPlaces.at(-seq)) - 1;
  const setPlace = (seq: number, place: number) =>
    seq > 0 ? places.set(seq, place + 1) : guestPlaces.set(-seq, place + 1);
  // The words of each name, by the name's number.
  const nameWords: ReadonlySet<string>[] = [];
  const countName = (speaker: number, change: 1 | -1) => {
    nameWords[speaker] ??= new Set(namesIn(texts.textOf(speaker)));
    for (const word of nameWords[speaker]) names.set(word, (names.get(word) ?? 0) + change);
  };
  const wordsAt = (place: number) => words.subarray(starts.at(place), starts.at(place) + lengths.at(place));
  const numbersOf = (analysis: string) =>
    analysis === "" ? [] : analysis.split(" ").map((word) => vocabulary.numberOf(word, { add: true }));
  const tellingAmong = (numbers: readonly number[]) => {
    let count = 0;
    for (const number of numbers) if (!vocabulary.isStop(number)) count++;
    return count;
  };
  const setStanding = (place: number, fact: Omit<Shelved, "seq">) => {
    audiences.set(place, texts.numberOf(fact.audience));
    standing.set(place, standings.indexOf(fact.standing));
    ends.set(place, fact.validTo ?? Number.NaN);
    confidences.set(place, fact.confidence);
  };
  const spansAt = (place: number): readonly Span[] => {
    const count = timesOf.at(place);
    if (count === 0) return NO_SPANS;
    const first = firstTimes.at(place);
    return Array.from({ length: count }, (_, i) => ({
      from: times[first + 2 * i] ?? 0,
      to: times[first + 2 * i + 1] ?? 0,
    }));
  };

  const add = (fact: Shelved) => {
    if (placeOf(fact.seq) >= 0) return;
    const numbers = numbersOf(fact.words);
    words = grown(words, filled + numbers.length);
    words.set(numbers, filled);
    const place = free.pop() ?? placed++;
    const before = fact.episode === null ? 0 : (lastOfEpisode.get(fact.episode) ?? 0);
    setPlace(fact.seq, place);
    seqs.set(place, fact.seq);
    speakers.set(place, texts.numberOf(fact.by));
    insights.set(place, Number(fact.kind === "insight"));
    questions.set(place, Number(fact.isQuestion));
    numbered.set(place, Number(fact.hasNumber));
    ats.set(place, fact.at);
    uses.set(place, fact.usedAt);
    setStanding(place, fact);
    episodes.set(place, fact.episode ?? 0);
    previous.set(place, before);
    next.set(place, 0);
    starts.set(place, filled);
    lengths.set(place, numbers.length);
    tellings.set(place, tellingAmong(numbers));
    firstTimes.set(place, timesFilled);
    const spans = fact.spans.slice(0, SPANS_MAX);
    timesOf.set(place, spans.length);
    times = grown(times, timesFilled + 2 * spans.length);
    for (const { from, to } of spans) {
      times[timesFilled++] = from;
      times[timesFilled++] = to;
    }
    filled += numbers.length;
    told += tellings.at(place);
    size++;
    highest = Math.max(highest, fact.seq);
    if (before !== 0) next.set(placeOf(before), fact.seq);
    if (fact.episode !== null) lastOfEpisode.set(fact.episode, fact.seq);
    vocabulary.count(numbers, 1);
    countName(speakers.at(place), 1);
  };

  const remove = (seq: number) => {
    const place = placeOf(seq);
    if (place < 0) return;
    vocabulary.count(wordsAt(place), -1);
    countName(speakers.at(place), -1);
    told -= tellings.at(place);
    size--;
    const [before, after, episode] = [previous.at(place), next.at(place), episodes.at(place)];
    if (before !== 0) next.set(placeOf(before), after);
    if (after !== 0) previous.set(placeOf(after), before);
    if (lastOfEpisode.get(episode) === seq) {
      if (before === 0) lastOfEpisode.delete(episode);
      else lastOfEpisode.set(episode, before);
    }
    left += lengths.at(place);
    wordsAt(place).fill(-1);
    seqs.set(place, 0);
    setPlace(seq, -1);
    free.push(place);
    if (left > LEFT_MIN && left > filled * LEFT_SHARE) closeRanks();
  };

  /** Words and times that belong to nobody any more go. */
  const closeRanks = () => {
    const rest = { words: new Int32Array(filled - left), times: new Float64Array(timesFilled) };
    [filled, left, timesFilled] = [0, 0, 0];
    for (let place = 0; place < placed; place++) {
      if (seqs.at(place) === 0) continue;
      rest.words.set(wordsAt(place), filled);
      starts.set(place, filled);
      filled += lengths.at(place);
      const first = firstTimes.at(place);
      rest.times.set(times.subarray(first, first + 2 * timesOf.at(place)), timesFilled);
      firstTimes.set(place, timesFilled);
      timesFilled += 2 * timesOf.at(place);
    }
    ({ words, times } = rest);
  };

  return {
    get size() {
      return size;
    },
    vocabulary,
    add,
    host(id, guest) {
      const known = guests.get(id);
      if (known !== undefined) return known;
      if (guests.size >= GUESTS_MAX) {
        for (const seq of guests.values()) remove(seq);
        guests.clear();
      }
      const seq = -1 - guests.size;
      guests.set(id, seq);
      add({ ...guest, seq });
      return seq;
    },
    remove,
    stand(fact) {
      const place = placeOf(fact.seq);
      if (place >= 0) setStanding(place, fact);
      else add(fact);
    },
    replace(fact) {
      const place = placeOf(fact.seq);
      if (place < 0) return;
      const [numbers, old] = [numbersOf(fact.words), wordsAt(place)];
      if (numbers.length === old.length && numbers.every((number, i) => number === old[i])) return;
      vocabulary.count(old, -1);
      vocabulary.count(numbers, 1);
      // What is left of a text is never longer than the text was.
      const kept = numbers.slice(0, old.length);
      left += old.length - kept.length;
      old.fill(-1);
      old.set(kept);
      lengths.set(place, kept.length);
      told += tellingAmong(numbers) - tellings.at(place);
      tellings.set(place, tellingAmong(numbers));
    },
    use(seq, at) {
      const place = placeOf(seq);
      if (place >= 0) uses.set(place, Math.max(uses.at(place), at));
    },
    has: (seq) => placeOf(seq) >= 0,
    get(seq) {
      const place = placeOf(seq);
      if (place < 0) return undefined;
      const [end, episode] = [ends.at(place), episodes.at(place)];
      return {
        seq,
        by: texts.textOf(speakers.at(place)),
        audience: texts.textOf(audiences.at(place)) as Audience,
        standing: standings[standing.at(place)] ?? "retracted",
        isInsight: insights.at(place) === 1,
        isQuestion: questions.at(place) === 1,
        hasNumber: numbered.at(place) === 1,
        at: ats.at(place),
        validTo: Number.isNaN(end) ? null : end,
        usedAt: uses.at(place),
        confidence: confidences.at(place),
        spans: spansAt(place),
        episode: episode === 0 ? null : episode,
        previous: previous.at(place),
        next: next.at(place),
        start: starts.at(place),
        length: lengths.at(place),
        telling: tellings.at(place),
      };
    },
    wordsOf(seq) {
      const place = placeOf(seq);
      return { start: starts.at(place), length: lengths.at(place), telling: tellings.at(place) };
    },
    findableBy(reader) {
      const mayRead = readable(reader);
      // Very many facts share few audiences: each is decided once.
      const decided: boolean[] = [];
      return (seq) => {
        const place = placeOf(seq);
        if (place < 0 || !RECALLABLE.has(standing.at(place))) return false;
        const audience = audiences.at(place);
        decided[audience] ??= mayRead(texts.textOf(audience) as Audience);
        return decided[audience];
      };
    },
    own: () => Array.from({ length: placed }, (_, place) => seqs.at(place)).filter((seq) => seq > 0),
    newest: () => highest,
    words: () => words,
    meanTelling: () => told / Math.max(1, size),
    isSame(one, other) {
      if (one.length !== other.length || one.by !== other.by) return false;
      for (let i = 0; i < one.length; i++) if (words[one.start + i] !== words[other.start + i]) return false;
      return true;
    },
    speaks: (word) => (names.get(word) ?? 0) > 0,
  };
}

/** Names and audiences as numbers: very many facts share few of them. */
function createTexts() {
  const numbers = new Map<string, number>();
  const texts: string[] = [];
  return {
    numberOf(text: string): number {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, texts.length);
      return texts.push(text) - 1;
    },
    textOf: (number: number): string => texts[number] ?? "",
  };
}

/** The parts of a name, lower case; the words of a role ("assistant") are names as good as any. */
export function namesIn(by: string): string[] {
  return by.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
