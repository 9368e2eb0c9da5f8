/** Taking one fact in, inside whatever transaction needs it: as a new row, or as one more source of a row that holds and says the same. */
import { assert, type Clock, cut, type Random } from "../../base/index.ts";
import type { Database } from "../../sqlite/index.ts";
import { EPISODE_GAP_MS, FACT_CHARACTERS_MAX } from "../limits.ts";
import type { NewFact } from "../types.ts";
import type { FactRow } from "./fact-rows.ts";
import { createPutFact, digestOf, type Episode } from "./put-fact.ts";

/** What became of a fact that was to be kept: a new row, or one more source of a row that said the same. */
export type Kept = { id: string; isNew: boolean };

/** The row as it stands now: put it on the shelf once the transaction has committed. */
export type KeptRow = Kept & { seq: number; row: FactRow };
/** Part of a transaction. */
export type KeepFact = (fact: NewFact, standing: "active" | "quarantined") => KeptRow;

export function createKeepFact(db: Database, { clock, random }: { clock: Clock; random: Random }): KeepFact {
  const putFact = createPutFact(db);
  // What has ended was true then: said again, it is true anew. And what waits for a person's eye is never what was said in good faith.
  const same = db.prepare<[string, string, string, string], FactRow>(`
    SELECT * FROM facts
    WHERE subject = ? AND digest = ? AND audience = ? AND kind <> 'said' AND valid_to IS NULL
      AND CASE ? WHEN 'active' THEN standing IN ('active', 'archived') ELSE standing = 'quarantined' END
    ORDER BY seq LIMIT 1
  `);
  const addSource = db.prepare(`
    INSERT INTO fact_sources (fact, thread, message, said_by, quote, at) VALUES (@fact, @thread, @message, @by, @quote, @at)
  `);
  // What was put away and is said again is used again.
  const confirm = db.prepare<[number, string, number]>(`
    UPDATE facts SET confidence = min(1, confidence + (1 - confidence) / 4), used_at = max(used_at, ?), standing = ? WHERE seq = ?
  `);
  const lastOfThread = db.prepare<[string], { episode: number; at: number }>(
    "SELECT episode, valid_from AS at FROM facts WHERE thread = ? AND kind = 'said' ORDER BY seq DESC LIMIT 1",
  );
  const bySeq = db.prepare<[number], FactRow>("SELECT * FROM facts WHERE seq = ?");
  const newId = () => `f${Array.from({ length: 12 }, () => Math.floor(random() * 16).toString(16)).join("")}`;

  const rowAt = (seq: number): FactRow => {
    const row = bySeq.get(seq);
    assert(row, "a fact that was kept is there");
    return row;
  };
  const episodeOf = ({ kind, source: { thread } }: NewFact, at: number): Episode => {
    if (thread === null) return null;
    const last = kind === "said" ? lastOfThread.get(thread) : undefined;
    return last !== undefined && Math.abs(at - last.at) <= EPISODE_GAP_MS ? last.episode : "own";
  };

  return (fact, standing) => {
    const now = clock.now();
    const text = cut(fact.text, FACT_CHARACTERS_MAX);
    const at = fact.validFrom ?? now;
    const known = fact.kind === "said" ? undefined : same.get(fact.subject, digestOf(text), fact.audience, standing);
    if (known !== undefined) {
      addSource.run({ fact: known.seq, ...fact.source, at });
      confirm.run(now, standing, known.seq);
      return { seq: known.seq, id: known.id, isNew: false, row: rowAt(known.seq) };
    }
    const id = newId();
    const whole = {
      ...{ ...fact, id, text, standing, confidence: fact.confidence ?? (fact.kind === "said" ? 1 : 0.7) },
      ...{ validFrom: at, validTo: null, learnedAt: now, retractedAt: null },
      ...{ usedAt: Math.min(now, at), uses: 0, successor: null },
    };
    const seq = putFact(whole, episodeOf(fact, at));
    return { seq, id, isNew: true, row: rowAt(seq) };
  };
}
