/** Memory layer 5, shared facts: what all agents know of a person, in the ledger. This is one agent's door to it. */
import { audiencesOf } from "../audience.ts";
import { analyse, telling } from "../language/words.ts";
import type { Fact, Reader } from "../types.ts";
import type { Layer, LayerHit } from "./layer.ts";
import { digestOf } from "./put-fact.ts";

/** Shared as the ledger keeps it. */
export type SharedFact = {
  id: string;
  subject: string;
  text: string;
  kind: string;
  origin: "owner" | "person";
  audience: string;
  confidence: number;
  saidBy: string;
  quote: string | null;
  message: string | null;
  validFrom: number;
  validTo: number | null;
  learnedAt: number;
};

/** What the ledger, which knows no language, is told of a text: its stems, and what only the same words have too. */
export type SharedWords = { stems: string; digest: string };

export function sharedWordsOf(text: string): SharedWords {
  return { stems: telling(analyse(text)).join(" "), digest: digestOf(text) };
}

/** What this layer asks of the ledger (`ledger.sharedFacts`). */
export interface SharedFacts {
  put(agent: string, facts: readonly (SharedFact & SharedWords)[]): Promise<void>;
  /** `words` are stems, any of them; only audiences that are named, and rooms when `rooms` says so. */
  search(options: {
    words: readonly string[];
    audiences: readonly string[];
    rooms: boolean;
    limit: number;
  }): Promise<SharedFact[]>;
  /** Facts with any of these ids, or about this person, each with every id that agents gave it. */
  known(of: { ids: readonly string[] } | { subject: string }): Promise<(SharedFact & { ids: string[] })[]>;
  forget(ids: readonly string[]): Promise<void>;
}

/** A layer that also gives the facts themselves: those of other agents stand in no other layer. */
export type SharedLayer = Layer & {
  find(question: string, options: { reader: Reader; limit: number; signal: AbortSignal }): Promise<Fact[]>;
  /** What is shared under these ids or of this person, whoever shared it, with every id that agents gave it. */
  known(of: { ids: readonly string[] } | { person: string }): Promise<{ fact: Fact; ids: readonly string[] }[]>;
};

/** Only what a person said of themselves is shared: never an agent's words, a page or a tool's result (I10). */
export function createShared(store: SharedFacts, { agent }: { agent: string }): SharedLayer {
  const find: SharedLayer["find"] = async (question, { reader, limit, signal }) => {
    signal.throwIfAborted();
    const words = [...new Set(telling(analyse(question)))];
    if (words.length === 0) return [];
    const { named: audiences, rooms } = audiencesOf(reader);
    const found = await store.search({ words, audiences, rooms, limit });
    return found.map(asFact);
  };
  return {
    name: "shared",
    find,
    search: async (question, options): Promise<LayerHit[]> =>
      (await find(question, options)).map(({ id }, place) => ({ id, score: 1 / (1 + place) })),
    async put(facts) {
      const own = facts.flatMap((fact) => {
        const { origin } = fact;
        return fact.standing === "active" && fact.kind !== "said" && (origin === "owner" || origin === "person")
          ? [asShared(fact, origin)]
          : [];
      });
      if (own.length > 0) await store.put(agent, own);
    },
    async known(of) {
      const found = await store.known("ids" in of ? of : { subject: of.person });
      return found.map(({ ids, ...fact }) => ({ fact: asFact(fact), ids }));
    },
    forget: (ids) => store.forget(ids),
  };
}

function asShared(fact: Fact, origin: SharedFact["origin"]): SharedFact & SharedWords {
  const { id, subject, text, kind, audience, confidence, source, validFrom, validTo, learnedAt } = fact;
  const { by: saidBy, quote, message } = source;
  return {
    id,
    subject,
    text,
    ...sharedWordsOf(text),
    kind,
    origin,
    audience,
    confidence,
    saidBy,
    quote,
    message,
    validFrom,
    validTo,
    learnedAt,
  };
}

function asFact({ saidBy, quote, message, kind, audience, ...shared }: SharedFact): Fact {
  return {
    ...shared,
    kind: kind as Fact["kind"],
    audience: audience as Fact["audience"],
    source: { thread: null, message, by: saidBy, quote },
    retractedAt: null,
    usedAt: shared.learnedAt,
    uses: 0,
    standing: "active",
    successor: null,
  };
}
