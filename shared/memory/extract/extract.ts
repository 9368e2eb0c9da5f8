/** The extraction queue: what a person said becomes facts, in the background, surviving crashes. */
import { type Clock, messageOf, OperationalError } from "../../base/index.ts";
import type { Atomic, Database } from "../../sqlite/index.ts";
import { type FactRow, factOf, shelved } from "../layers/fact-rows.ts";
import type { KeepFact } from "../layers/keep-facts.ts";
import type { Shelf } from "../recall/shelf.ts";
import type { TakeIn } from "../take-in.ts";
import type { Fact } from "../types.ts";
import type { Drawn, Extractor } from "./extractor.ts";
import { isInstruction } from "./instructions.ts";

/** Answers that could not be used before an utterance is left alone; it stays findable as it was said. */
const ATTEMPTS_MAX = 5;
/** The first pause after such an answer, and the shortest after none at all; the first doubles with each. */
const PAUSE_MS = 60_000;
/** The longest pause while nobody answers: half as long as it has waited by then, up to this. */
const PAUSE_MAX_MS = 3_600_000;

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
  /** Part of the transaction that keeps a fact. */
  intoGraph(fact: Fact, relations: Drawn["relations"]): void;
  takeIn: TakeIn;
};

type Said = FactRow & { kept: 0 | 1 };

export function createExtraction(options: Options): Extraction {
  const { db, atomic, clock, shelf, keepFact, extractor, intoGraph, takeIn } = options;
  const due = db.prepare<[number], Said>(`
    SELECT facts.*, kept FROM extractions JOIN facts ON facts.seq = extractions.fact
    WHERE extractions.state = 'waiting' AND due_at <= ? ORDER BY due_at, facts.seq LIMIT 1
  `);
  const fail = db.prepare<[number, number, string, number]>(`
    UPDATE extractions SET attempts = attempts + 1, state = CASE WHEN attempts + 1 >= ${ATTEMPTS_MAX} THEN 'failed' ELSE 'waiting' END,
      due_at = ? + (? << attempts), because = ? WHERE fact = ?
  `);
  const wait = db.prepare<[number, string, number]>("UPDATE extractions SET due_at = ?, because = ? WHERE fact = ?");
  const haveKept = db.prepare<[number]>("UPDATE extractions SET kept = 1 WHERE fact = ?");
  const done = db.prepare<[number]>("UPDATE extractions SET state = 'done' WHERE fact = ?");
  const derive = db.prepare<[number, number]>("INSERT OR IGNORE INTO derived (fact, source) VALUES (?, ?)");
  const left = db.prepare<[], number>("SELECT count(*) FROM extractions WHERE state = 'waiting'").pluck();
  const drawnFrom = db.prepare<[number], FactRow>(`
    SELECT facts.* FROM derived JOIN facts ON facts.seq = derived.fact
    WHERE derived.source = ? AND kind <> 'insight' ORDER BY facts.seq
  `);

  const dueNow = atomic.read(() => due.get(clock.now()));
  const keep = atomic.write((said: FactRow, drawn: readonly Drawn[]) => {
    haveKept.run(said.seq);
    return drawn.map((one) => {
      // Who said it and who may know it come from the utterance, never from what the extractor wrote.
      const standing = said.origin !== "owner" && isInstruction(`${one.text}\n${one.quote}`) ? "quarantined" : "active";
      const { seq, row } = keepFact(
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
      derive.run(seq, said.seq);
      intoGraph(factOf(row), one.relations);
      return row;
    });
  });
  const factsOf = atomic.read((said: FactRow) => drawnFrom.all(said.seq));
  const finish = atomic.write((seq: number) => void done.run(seq));
  /** What the world refuses is no fault of the words, and counts no attempt. */
  const failed = atomic.write((said: FactRow, error: unknown) => {
    const [now, because] = [clock.now(), messageOf(error)];
    const pauseMs = Math.min(PAUSE_MAX_MS, Math.max(PAUSE_MS, (now - said.learned_at) / 2));
    if (error instanceof OperationalError) wait.run(now + Math.round(pauseMs), because, said.seq);
    else fail.run(now, PAUSE_MS, because, said.seq);
    return because;
  });

  /** Paid for once: with its facts kept, only the other layers are told again. */
  const draw = async (said: FactRow, signal: AbortSignal) => {
    const all = await extractor({ text: said.text, by: said.said_by, at: said.valid_from }, { signal });
    const rows = await keep(
      said,
      all.filter(({ quote }) => said.text.includes(quote)),
    );
    for (const row of rows) if (row.standing === "active") shelf.stand(shelved(row));
  };

  return {
    async next({ signal }) {
      signal.throwIfAborted();
      const said = await dueNow();
      if (said === undefined) return { kind: "idle" };
      try {
        if (said.kept === 0) await draw(said, signal);
        const rows = await factsOf(said);
        const holding = rows.filter(({ standing, valid_to: to }) => standing === "active" && to === null);
        await takeIn(holding.map(factOf), { signal });
        await finish(said.seq);
        return { kind: "extracted", facts: rows.map(factOf) };
      } catch (error) {
        if (signal.aborted) throw error;
        return { kind: "failed", because: await failed(said, error) };
      }
    },
    waiting: atomic.read(() => left.get() ?? 0),
  };
}
