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
  /** The number of the word in this place: a fact's words stand from its `start` on. */
  wordAt(place: number): number;
  /** The numbers of its words, in order. */
  wordsOf(slip: Slip): Int32Array;
  /** Names of those who said something, as single words. */
  speaks(word: string): boolean;
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
  let hosted = 0;
  let highest = 0;
  const guests: number[] = [];

  const wordsOf = (slip: Slip) => words.subarray(slip.start, slip.start + slip.length);
  const countName = (by: string, change: 1 | -1) => {
    for (const name of new Set(namesIn(by))) names.set(name, (names.get(name) ?? 0) + change);
  };

  const add = ({ words: analysis, ...fact }: Shelved) => {
    const numbers = analysis === "" ? [] : analysis.split(" ").map((word) => vocabulary.numberOf(word, { add: true }));
    if (filled + numbers.length > words.length) {
      const larger = new Int32Array(Math.max(words.length * 1.5, filled + numbers.length) | 0);
      larger.set(words);
      words = larger;
    }
    words.set(numbers, filled);
    const previous = fact.episode === null ? undefined : lastOfEpisode.get(fact.episode);
    const telling = numbers.filter((number) => !vocabulary.isStop(number)).length;
    const slip: Slip = { ...fact, start: filled, length: numbers.length, telling, previous, next: undefined };
    filled += numbers.length;
    if (previous !== undefined) previous.next = slip;
    if (fact.episode !== null) lastOfEpisode.set(fact.episode, slip);
    slips.set(slip.seq, slip);
    highest = Math.max(highest, slip.seq);
    ids.set(slip.id, slip.seq);
    vocabulary.count(new Set(numbers), 1);
    countName(slip.by, 1);
  };
  const remove = (seq: number) => {
    const slip = slips.get(seq);
    if (slip === undefined) return;
    vocabulary.count(new Set(wordsOf(slip)), -1);
    countName(slip.by, -1);
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
      const numbers =
        fact.words === "" ? [] : fact.words.split(" ").map((word) => vocabulary.numberOf(word, { add: true }));
      if (numbers.length === old.length && numbers.every((number, i) => number === words[old.start + i])) return;
      vocabulary.count(new Set(wordsOf(old)), -1);
      vocabulary.count(new Set(numbers), 1);
      words.fill(-1, old.start, old.start + old.length);
      // What is left of a text is never longer than the text was.
      words.set(numbers.slice(0, old.length), old.start);
      old.length = Math.min(numbers.length, old.length);
      old.telling = numbers.filter((number) => !vocabulary.isStop(number)).length;
    },
    get: (seq) => slips.get(seq),
    byId(id) {
      const seq = ids.get(id);
      return seq === undefined ? undefined : slips.get(seq);
    },
    newest: () => highest,
    own: () => [...slips.keys()].filter((seq) => seq > 0),
    wordAt: (place) => words[place] ?? -1,
    wordsOf,
    speaks: (word) => (names.get(word) ?? 0) > 0,
  };
}

/** The parts of a name, lower case; the words of a role ("assistant") are names as good as any. */
export function namesIn(by: string): string[] {
  return by.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
