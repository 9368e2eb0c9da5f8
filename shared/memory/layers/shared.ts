/** Memory layer 5, shared facts: what all agents know of a person, in the ledger. This is one agent's door to it. */
import { analyse, telling } from "../language/words.ts";
import type { Fact, Reader } from "../types.ts";
import type { Layer, LayerHit } from "./layer.ts";

/** Shared as the ledger keeps it: text with its stems, so that the ledger knows no language. */
export type SharedFact = {
  id: string;
  subject: string;
  text: string;
  stems: string;
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

/** What this layer asks of the ledger (`ledger.sharedFacts`). */
export interface SharedFacts {
  put(agent: string, facts: readonly SharedFact[]): Promise<void>;
  /** `words` are stems, any of them; only audiences that are named, and rooms when `rooms` says so. */
  search(options: {
    words: readonly string[];
    audiences: readonly string[];
    rooms: boolean;
    limit: number;
  }): Promise<SharedFact[]>;
  forget(ids: readonly string[]): Promise<void>;
}

/** A layer that also gives the facts themselves: those of other agents stand in no other layer. */
export type SharedLayer = Layer & {
  find(question: string, options: { reader: Reader; limit: number; signal: AbortSignal }): Promise<Fact[]>;
};

/** Only what a person said of themselves is shared: never an agent's words, a page or a tool's result (I10). */
export function createShared(store: SharedFacts, { agent }: { agent: string }): SharedLayer {
  const find: SharedLayer["find"] = async (question, { reader, limit, signal }) => {
    signal.throwIfAborted();
    const words = [...new Set(telling(analyse(question)))];
    if (words.length === 0) return [];
    const audiences =
      reader.room === null
        ? ["public", `person:${reader.person}`, ...(reader.isOwner ? ["owner"] : [])]
        : ["public", `room:${reader.room}`];
    const found = await store.search({ words, audiences, rooms: reader.room === null && reader.isOwner, limit });
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
    forget: (ids) => store.forget(ids),
  };
}

function asShared(fact: Fact, origin: SharedFact["origin"]): SharedFact {
  const { id, subject, text, kind, audience, confidence, source, validFrom, validTo, learnedAt } = fact;
  const stems = telling(analyse(text)).join(" ");
  const { by: saidBy, quote, message } = source;
  return {
    id,
    subject,
    text,
    stems,
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

function asFact({ stems: _, saidBy, quote, message, kind, audience, ...shared }: SharedFact): Fact {
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
