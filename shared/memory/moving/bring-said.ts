/** What was said and noted elsewhere, in another program: kept with where it comes from, findable by its words, never twice. */
import { type Clock, cut } from "../../base/index.ts";
import type { Atomic, Database } from "../../sqlite/index.ts";
import { isInstruction } from "../extract/instructions.ts";
import { createPutFact, type Episode } from "../layers/put-fact.ts";
import { EPISODE_GAP_MS, FACT_CHARACTERS_MAX } from "../limits.ts";
import { markChanged } from "../recall/keep-current.ts";
import type { Audience, Fact, FactKind, Origin } from "../types.ts";

/** One thing that was said, or noted, elsewhere. The id is made of where it comes from, so that the same thing has the same one. */
export type SaidElsewhere = {
  id: string;
  text: string;
  kind: Extract<FactKind, "said" | "knowledge">;
  subject: string;
  origin: Extract<Origin, "owner" | "outside">;
  audience: Audience;
  /** Where exactly, in words that lead back there. */
  message: string;
  /** Who said it, by name. */
  by: string;
  at: number;
  /** As layer 1 keeps it; null for what is no part of a conversation. */
  session: { by: "person" } | { by: "agent"; model: string } | null;
  /** Whether facts are to be drawn from it later. */
  isDrawnFrom: boolean;
};

export type BroughtSaid = {
  added: number;
  there: number;
  /** Forgotten here once: not brought back. */
  forgotten: number;
  /** Kept, but not recalled until a person has looked: they read like orders. */
  quarantined: number;
};

/** Brings things said in one conversation, oldest first, or notes (`thread` null), all or nothing. A dry run only counts. */
export type BringSaid = (
  thread: string | null,
  said: readonly SaidElsewhere[],
  options: { dryRun: boolean },
) => Promise<BroughtSaid>;

export function createBringSaid(db: Database, { write }: Atomic, clock: Clock): BringSaid {
  const here = db.prepare<[string], 1>("SELECT 1 FROM facts WHERE id = ?").pluck();
  const buried = db.prepare<[string], 1>("SELECT 1 FROM tombstones WHERE id = ?").pluck();
  const last = db.prepare<[string], { episode: number; at: number }>(
    "SELECT episode, valid_from AS at FROM facts WHERE thread = ? AND kind = 'said' ORDER BY seq DESC LIMIT 1",
  );
  const addEntry = db.prepare(
    "INSERT INTO session_entries (thread, by, text, model, at) VALUES (@thread, @by, @text, @model, @at)",
  );
  const link = db.prepare<[number, number | bigint]>("INSERT INTO said (fact, entry) VALUES (?, ?)");
  const queue = db.prepare<[number, number]>("INSERT INTO extractions (fact, state, due_at) VALUES (?, 'waiting', ?)");
  const putFact = createPutFact(db);

  const episodeIn = (thread: string, at: number): Episode => {
    const before = last.get(thread);
    return before !== undefined && Math.abs(at - before.at) <= EPISODE_GAP_MS ? before.episode : "own";
  };
  const bring = write((thread: string | null, said: readonly SaidElsewhere[], dryRun: boolean): BroughtSaid => {
    const brought = { added: 0, there: 0, forgotten: 0, quarantined: 0 };
    const seen = new Set<string>();
    for (const one of said) {
      if (here.get(one.id) !== undefined || seen.has(one.id)) brought.there++;
      else if (buried.get(one.id) !== undefined) brought.forgotten++;
      else {
        seen.add(one.id);
        const fact = factFrom(one, thread, clock.now());
        brought.added++;
        if (fact.standing === "quarantined") brought.quarantined++;
        if (dryRun) continue;
        const seq = putFact(fact, thread === null ? null : episodeIn(thread, one.at));
        if (thread !== null && one.session !== null) {
          const { by } = one.session;
          const model = one.session.by === "agent" ? one.session.model : null;
          link.run(seq, addEntry.run({ thread, by, text: one.text, model, at: one.at }).lastInsertRowid);
        }
        if (one.isDrawnFrom) queue.run(seq, clock.now());
      }
    }
    if (!dryRun && brought.added > 0) markChanged(db);
    return brought;
  });
  return (thread, said, { dryRun }) => bring(thread, said, dryRun);
}

function factFrom(one: SaidElsewhere, thread: string | null, now: number): Fact {
  const { id, kind, subject, origin, audience, message, by, at } = one;
  // Only the owner's own words may sound like orders; the rule is that of extraction.
  const standing = origin !== "owner" && isInstruction(one.text) ? "quarantined" : "active";
  return {
    id,
    text: cut(one.text, FACT_CHARACTERS_MAX),
    kind,
    subject,
    origin,
    audience,
    confidence: kind === "said" ? 1 : 0.7,
    source: { thread, message, by, quote: null },
    validFrom: at,
    validTo: null,
    learnedAt: now,
    retractedAt: null,
    usedAt: Math.min(now, at),
    uses: 0,
    standing,
    successor: null,
  };
}
