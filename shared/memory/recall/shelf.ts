/** What ranking needs of every fact, kept in memory: its words as numbers, its place in the conversation, its standing. */
import type { Span } from "../language/times.ts";
import type { Audience, FactKind, Standing } from "../types.ts";
import { createVocabulary, type Vocabulary } from "./vocabulary.ts";

/** One fact on the shelf. `previous` and `next` are what was said before and after it in the same episode. */
export type Slip = {
  readonly seq: number;
  readonly id: string;
  readonly kind: FactKind;
  readonly by: string;
  readonly isAgents: boolean;
  readonly at: number;
  readonly episode: number | null;
  readonly spans: readonly Span[];
  readonly isQuestion: boolean;
  readonly hasNumber: boolean;
  audience: Audience;
  confidence: number;
  standing: Standing;
  validTo: number | null;
  usedAt: number;
  uses: number;
  start: number;
  length: number;
  /** Words that are no stop words. */
  telling: number;
  previous: Slip | undefined;
  next: Slip | undefined;
};

/** A fact as it comes from the store; `words` is the stored analysis. */
export type Shelved = Omit<Slip, "start" | "length" | "telling" | "previous" | "next"> & { words: string };

export interface Shelf {
  readonly size: number;
  readonly vocabulary: Vocabulary;
  /** Facts arrive in the order of their seq. */
  add(fact: Shelved): void;
  /** Takes in a fact that another agent shared, for as long as it is asked for; one that stands here already stays. */
  host(guest: Omit<Shelved, "seq">): void;
  /** Its words leave the memory with it. */
  remove(seq: number): void;
  /** The same fact in another standing. */
  stand(fact: Shelved): void;
  /** The same fact with other words, in its place. */
  replace(fact: Shelved): void;
  get(seq: number): Slip | undefined;
  byId(id: string): Slip | undefined;
  /** The seqs of the agent's own facts; guests are not among them. */
  own(): number[];
  /** The highest seq that ever stood here; 0 at first. */
  newest(): number;
  /** The numbers of all words of all facts, one fact's from its `start` on; to be read anew after a fact was added. */
  words(): Int32Array;
  /** Telling words of a fact, on average. */
  meanTelling(): number;
  /** Whether two facts are the same words of the same speaker. */
  isSame(one: Slip, other: Slip): boolean;
  /** Names of those who said something, as single words. */
  speaks(word: string): boolean;
}

/** Whether recall may find it at all, whoever asks. */
export function isRecallable({ standing }: Pick<Slip, "standing">): boolean {
  return standing === "active" || standing === "archived";
}

/** Facts of others that are kept at hand; they are brought again whenever they are proposed. */
const GUESTS_MAX = 2_000;

/** About 250 bytes a fact of twenty words; at 100,000 facts some 30 MB. */
export function createShelf(): Shelf {
  const slips = new Map<number, Slip>();
  const ids = new Map<string, number>();
  const vocabulary = createVocabulary();
  const lastOfEpisode = new Map<number, Slip>();
  const names = new Map<string, number>();
  let words = new Int32Array(1_024);
  let filled = 0;
  let told = 0;
  let hosted = 0;
  let highest = 0;
  const guests: number[] = [];

  const wordsOf = (slip: Slip) => words.subarray(slip.start, slip.start + slip.length);
  const namesOf = new Map<string, readonly string[]>();
  const countName = (by: string, change: 1 | -1) => {
    const own = namesOf.get(by) ?? [...new Set(namesIn(by))];
    namesOf.set(by, own);
    for (const name of own) names.set(name, (names.get(name) ?? 0) + change);
  };
  // SQLite makes a new string for each row; what very many facts share is kept once.
  const ones = new Map<string, string>();
  const one = <Text extends string>(text: Text): Text => {
    const known = ones.get(text) as Text | undefined;
    if (known === undefined) ones.set(text, text);
    return known ?? text;
  };

  const numbersOf = (analysis: string) =>
    analysis === "" ? [] : analysis.split(" ").map((word) => vocabulary.numberOf(word, { add: true }));
  const tellingAmong = (numbers: readonly number[]) => {
    let count = 0;
    for (const number of numbers) if (!vocabulary.isStop(number)) count++;
    return count;
  };

  const add = (fact: Shelved) => {
    const numbers = numbersOf(fact.words);
    if (filled + numbers.length > words.length) {
      const larger = new Int32Array(Math.max(words.length * 1.5, filled + numbers.length) | 0);
      larger.set(words);
      words = larger;
    }
    words.set(numbers, filled);
    const previous = fact.episode === null ? undefined : lastOfEpisode.get(fact.episode);
    const slip: Slip = {
      seq: fact.seq,
      id: fact.id,
      kind: one(fact.kind),
      by: one(fact.by),
      isAgents: fact.isAgents,
      at: fact.at,
      episode: fact.episode,
      spans: fact.spans,
      isQuestion: fact.isQuestion,
      hasNumber: fact.hasNumber,
      audience: one(fact.audience),
      confidence: fact.confidence,
      standing: one(fact.standing),
      validTo: fact.validTo,
      usedAt: fact.usedAt,
      uses: fact.uses,
      start: filled,
      length: numbers.length,
      telling: tellingAmong(numbers),
      previous,
      next: undefined,
    };
    filled += numbers.length;
    told += slip.telling;
    if (previous !== undefined) previous.next = slip;
    if (fact.episode !== null) lastOfEpisode.set(fact.episode, slip);
    slips.set(slip.seq, slip);
    highest = Math.max(highest, slip.seq);
    ids.set(slip.id, slip.seq);
    vocabulary.count(numbers, 1);
    countName(slip.by, 1);
  };
  const remove = (seq: number) => {
    const slip = slips.get(seq);
    if (slip === undefined) return;
    vocabulary.count(wordsOf(slip), -1);
    countName(slip.by, -1);
    told -= slip.telling;
    words.fill(-1, slip.start, slip.start + slip.length);
    if (slip.previous !== undefined) slip.previous.next = slip.next;
    if (slip.next !== undefined) slip.next.previous = slip.previous;
    if (slip.episode !== null && lastOfEpisode.get(slip.episode) === slip) {
      if (slip.previous === undefined) lastOfEpisode.delete(slip.episode);
      else lastOfEpisode.set(slip.episode, slip.previous);
    }
    slips.delete(seq);
    ids.delete(slip.id);
  };

  return {
    get size() {
      return slips.size;
    },
    vocabulary,
    add,
    host(guest) {
      if (ids.has(guest.id)) return;
      if (guests.length >= GUESTS_MAX) for (const seq of guests.splice(0)) remove(seq);
      const seq = -1 - hosted++;
      guests.push(seq);
      add({ ...guest, seq });
    },
    remove,
    stand({ seq, standing, validTo, audience, confidence }) {
      const slip = slips.get(seq);
      if (slip !== undefined) Object.assign(slip, { standing, validTo, audience, confidence });
    },
    replace(fact) {
      const old = slips.get(fact.seq);
      if (old === undefined) return;
      const numbers = numbersOf(fact.words);
      if (numbers.length === old.length && numbers.every((number, i) => number === words[old.start + i])) return;
      vocabulary.count(wordsOf(old), -1);
      vocabulary.count(numbers, 1);
      words.fill(-1, old.start, old.start + old.length);
      // What is left of a text is never longer than the text was.
      words.set(numbers.slice(0, old.length), old.start);
      old.length = Math.min(numbers.length, old.length);
      told -= old.telling;
      old.telling = tellingAmong(numbers);
      told += old.telling;
    },
    get: (seq) => slips.get(seq),
    byId(id) {
      const seq = ids.get(id);
      return seq === undefined ? undefined : slips.get(seq);
    },
    newest: () => highest,
    own: () => [...slips.keys()].filter((seq) => seq > 0),
    words: () => words,
    meanTelling: () => told / Math.max(1, slips.size),
    isSame(one, other) {
      if (one.length !== other.length || one.by !== other.by) return false;
      for (let i = 0; i < one.length; i++) if (words[one.start + i] !== words[other.start + i]) return false;
      return true;
    },
    speaks: (word) => (names.get(word) ?? 0) > 0,
  };
}

/** The parts of a name, lower case; the words of a role ("assistant") are names as good as any. */
export function namesIn(by: string): string[] {
  return by.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
