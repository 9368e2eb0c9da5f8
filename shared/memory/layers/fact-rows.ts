/** A fact as a row, as the rest of the product knows it, and as ranking needs it. */
import { type Span, timesIn } from "../language/times.ts";
import { analyse } from "../language/words.ts";
import type { Shelved } from "../recall/shelf.ts";
import type { Fact, Standing } from "../types.ts";

export type FactRow = {
  seq: number;
  id: string;
  subject: string;
  text: string;
  kind: Fact["kind"];
  origin: Fact["origin"];
  audience: Fact["audience"];
  confidence: number;
  thread: string | null;
  message: string | null;
  said_by: string;
  quote: string | null;
  valid_from: number;
  valid_to: number | null;
  learned_at: number;
  retracted_at: number | null;
  used_at: number;
  uses: number;
  standing: Standing;
  successor: string | null;
  episode: number | null;
  words: string;
  times: string | null;
  digest: string;
};

/** A fact as the rest of the product knows it. */
export function factOf(row: FactRow): Fact {
  return {
    id: row.id,
    subject: row.subject,
    text: row.text,
    kind: row.kind,
    origin: row.origin,
    audience: row.audience,
    confidence: row.confidence,
    source: { thread: row.thread, message: row.message, by: row.said_by, quote: row.quote },
    validFrom: row.valid_from,
    validTo: row.valid_to,
    learnedAt: row.learned_at,
    retractedAt: row.retracted_at,
    usedAt: row.used_at,
    uses: row.uses,
    standing: row.standing,
    successor: row.successor,
  };
}

/** The columns of a row that ranking needs. */
export const shelfColumns =
  "seq, text, kind, audience, confidence, said_by, valid_from, valid_to, used_at, standing, episode, words, times";
export type ShelfRow = Pick<
  FactRow,
  | "seq"
  | "text"
  | "kind"
  | "audience"
  | "confidence"
  | "said_by"
  | "valid_from"
  | "valid_to"
  | "used_at"
  | "standing"
  | "episode"
  | "words"
  | "times"
>;

/** A fact as ranking needs it. */
export function shelved(row: ShelfRow): Shelved {
  const spans = row.times === null ? NO_SPANS : (JSON.parse(row.times) as [number, number][]).map(spanOf);
  return {
    seq: row.seq,
    kind: row.kind,
    by: row.said_by,
    at: row.valid_from,
    episode: row.kind === "said" ? row.episode : null,
    spans,
    isQuestion: /[?？]\s*(?:\[[^\]]*\]\s*)?$/u.test(row.text),
    hasNumber: /\d/u.test(row.text),
    audience: row.audience,
    confidence: row.confidence,
    standing: row.standing,
    validTo: row.valid_to,
    usedAt: row.used_at,
    words: row.words,
  };
}

const NO_SPANS: readonly Span[] = [];
const spanOf = ([from, to]: [number, number]): Span => ({ from, to });

/** A fact that another agent shared, as ranking needs it. */
export function guestOf(fact: Fact): Omit<Shelved, "seq"> {
  return {
    kind: fact.kind,
    by: fact.source.by,
    at: fact.validFrom,
    episode: null,
    spans: timesIn(fact.text, fact.validFrom),
    isQuestion: false,
    hasNumber: /\d/u.test(fact.text),
    audience: fact.audience,
    confidence: fact.confidence,
    standing: fact.standing,
    validTo: fact.validTo,
    usedAt: fact.usedAt,
    words: analyse(fact.text).join(" "),
  };
}
