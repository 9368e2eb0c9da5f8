/** The extraction queue: what a person said becomes facts, in the background, surviving crashes. */
import { type Clock, isAbort, messageOf } from "../../base/index.ts";
import type { Atomic, Database } from "../../sqlite/index.ts";
import { type FactRow, factOf, shelved } from "../layers/fact-rows.ts";
import type { KeepFact } from "../layers/keep-facts.ts";
import type { Shelf } from "../recall/shelf.ts";
import type { Fact } from "../types.ts";
import type { Drawn, Extractor } from "./extractor.ts";
import { isInstruction } from "./instructions.ts";

/** Tries before an utterance is left alone; it stays findable as it was said. */
const ATTEMPTS_MAX = 5;
/** The first pause after a failure; it doubles with each. */
const PAUSE_MS = 60_000;

export type Extracting = { kind: "idle" } | { kind: "extracted"; facts: Fact[] } | { kind: "failed"; because: string };

export interface Extraction {
  /** Takes the oldest thing said that is due and draws its facts. Resolves with what happened; rejects only when told to stop. */
  next(options: { signal: AbortSignal }): Promise<Extracting>;
  waiting(): Promise<number>;
}

type Options = {
  db: Database;
  atomic: Atomic;
  clock: Clock;
  shelf: Shelf;
  keepFact: KeepFact;
  extractor: Extractor;
  /** What else is done with new facts: relations into the graph, layer 5. A failure leaves the utterance waiting. */
  onFacts(facts: readonly Fact[], drawn: readonly Drawn[], signal: AbortSignal): Promise<void>;
};

export function createExtraction(options: Options): Extraction {
  const { db, atomic, clock, shelf, keepFact, extractor, onFacts } = options;
  const due = db.prepare<[number], FactRow>(`
    SELECT facts.* FROM extractions JOIN facts ON facts.seq = extractions.fact
    WHERE extractions.state = 'waiting' AND due_at <= ? ORDER BY due_at, facts.seq LIMIT 1
  `);
  const fail = db.prepare<[number, number, string, number]>(`
    UPDATE extractions SET attempts = attempts + 1, state = CASE WHEN attempts + 1 >= ${ATTEMPTS_MAX} THEN 'failed' ELSE 'waiting' END,
      due_at = ? + (? << attempts), because = ? WHERE fact = ?
  `);
  const done = db.prepare<[number]>("UPDATE extractions SET state = 'done' WHERE fact = ?");
  const derive = db.prepare<[number, number]>("INSERT OR IGNORE INTO derived (fact, source) VALUES (?, ?)");
  const left = db.prepare<[], number>("SELECT count(*) FROM extractions WHERE state = 'waiting'").pluck();
  const bySeq = db.prepare<[number], FactRow>("SELECT * FROM facts WHERE seq = ?");

  const dueNow = atomic.read(() => due.get(clock.now()));
  const keep = atomic.write((said: FactRow, drawn: readonly Drawn[]) =>
    drawn.map((one) => {
      // Who said it and who may know it come from the utterance, never from what the extractor wrote.
      const standing = said.origin !== "owner" && isInstruction(`${one.text}\n${one.quote}`) ? "quarantined" : "active";
      const kept = keepFact(
        {
          text: one.text,
          kind: one.kind,
          subject: said.subject,
          origin: said.origin,
          audience: said.audience,
          confidence: one.confidence,
          source: { thread: null, message: said.message, by: said.said_by, quote: one.quote },
          validFrom: said.valid_from,
        },
        standing,
      );
      derive.run(kept.seq, said.seq);
      return { row: kept.row, current: bySeq.get(kept.seq) };
    }),
  );
  const finish = atomic.write((seq: number) => void done.run(seq));
  const failed = atomic.write((seq: number, because: string) => void fail.run(clock.now(), PAUSE_MS, because, seq));

  return {
    async next({ signal }) {
      signal.throwIfAborted();
      const said = await dueNow();
      if (said === undefined) return { kind: "idle" };
      try {
        const all = await extractor({ text: said.text, by: said.said_by, at: said.valid_from }, { signal });
        const drawn = all.filter(({ quote }) => said.text.includes(quote));
        const kept = await keep(said, drawn);
        for (const { row } of kept) if (row !== undefined && row.standing === "active") shelf.add(shelved(row));
        const facts = kept.flatMap(({ current }) => (current === undefined ? [] : [factOf(current)]));
        await onFacts(facts, drawn, signal);
        await finish(said.seq);
        return { kind: "extracted", facts };
      } catch (error) {
        if (signal.aborted || isAbort(error)) throw error;
        await failed(said.seq, messageOf(error));
        return { kind: "failed", because: messageOf(error) };
      }
    },
    waiting: atomic.read(() => left.get() ?? 0),
  };
}
