/** A night of memory: steps that merge, end and put away, each its own transaction, probed, and undone as a whole if wanted. */
import type { Clock } from "../../base/index.ts";
import type { Atomic, Database } from "../../sqlite/index.ts";
import { readerOf } from "../audience.ts";
import { telling } from "../language/words.ts";
import { type FactRow, shelved } from "../layers/fact-rows.ts";
import type { KeepFact } from "../layers/keep-facts.ts";
import { markChanged } from "../recall/keep-current.ts";
import type { Shelf } from "../recall/shelf.ts";
import type { Reader } from "../types.ts";
import { createAliases } from "./aliases.ts";
import { type Insight, noticed } from "./insights.ts";
import { type Change, steps } from "./steps.ts";

export type StepReport = { step: string; changes: { id: string; because: string }[]; rolledBack: boolean };
/** `recallBefore` and `recallAfter`: the share of probes that memory answered, 0 to 1. */
export type NightReport = { night: number | null; steps: StepReport[]; recallBefore: number; recallAfter: number };

export interface Consolidation {
  /** Runs one night; with `dryRun` it tells what it would change and changes nothing. Running it twice changes nothing more. */
  consolidate(options: { dryRun?: boolean; signal: AbortSignal }): Promise<NightReport>;
  /** Puts back what the last night that still stands has changed. */
  undo(): Promise<{ undone: true; night: number } | { undone: false; because: string }>;
}

/** Questions that memory should answer, asked before and after each step. */
const PROBES_MAX = 20;
const ALIASES = "link aliases";
/** The last step: it adds what the others left to be noticed. */
const INSIGHTS = "insights";
/** Words of one probe. */
const PROBE_WORDS = 6;

type Options = {
  db: Database;
  atomic: Atomic;
  clock: Clock;
  shelf: Shelf;
  keepFact: KeepFact;
  find(question: string, reader: Reader): Promise<string[]>;
};

export function createConsolidation(options: Options): Consolidation {
  const { db, clock, shelf, keepFact, find } = options;
  const { read, write } = options.atomic;
  const all = db.prepare<[], FactRow>("SELECT * FROM facts WHERE standing IN ('active', 'archived') ORDER BY seq");
  const bySeq = db.prepare<[number], FactRow>("SELECT * FROM facts WHERE seq = ?");
  const begin = db.prepare<[number]>("INSERT INTO nights (at, report) VALUES (?, '[]')");
  const report = db.prepare<[string, number]>("UPDATE nights SET report = ? WHERE id = ?");
  const before = db.prepare<[number, string, number]>(`
    INSERT OR IGNORE INTO night_changes (night, fact, step, standing, valid_to, successor)
    SELECT ?, seq, ?, standing, valid_to, successor FROM facts WHERE seq = ?
  `);
  const set = db.prepare<[string, number | null, string | null, number]>(
    "UPDATE facts SET standing = ?, valid_to = ?, successor = ? WHERE seq = ?",
  );
  const changesOf = db.prepare<
    [number, string | null, string | null],
    { fact: number; standing: string; valid_to: number | null; successor: string | null }
  >(`
    SELECT fact, standing, valid_to, successor FROM night_changes
    WHERE night = ? AND (? IS NULL OR step = ?)
    -- A fact that two steps changed goes back to how it stood before the first: the steps of a night are told in this order.
    ORDER BY CASE step WHEN 'merge duplicates' THEN 3 WHEN 'close contradicted intervals' THEN 2 ELSE 1 END
  `);
  const digestOf = db.prepare<[string], string>("SELECT digest FROM facts WHERE id = ?").pluck();
  const dropStep = db.prepare<[number, string]>("DELETE FROM night_changes WHERE night = ? AND step = ?");
  const last = db
    .prepare<[], number>(
      `SELECT max(id) FROM nights WHERE undone_at IS NULL
         AND id IN (SELECT night FROM night_changes UNION ALL SELECT night FROM night_aliases)`,
    )
    .pluck();
  const markUndone = db.prepare<[number, number]>("UPDATE nights SET undone_at = ? WHERE id = ?");

  const citedSeqs = db
    .prepare<[], number>("SELECT source FROM derived JOIN facts ON facts.seq = derived.fact WHERE kind = 'insight'")
    .pluck();
  const cite = db.prepare<[number, number]>("INSERT OR IGNORE INTO derived (fact, source) VALUES (?, ?)");
  const addedBy = db.prepare<[number, string, number]>(
    "INSERT INTO night_changes (night, step, fact, standing) VALUES (?, ?, ?, 'quarantined')",
  );

  const aliases = createAliases(db, options.atomic);
  const facts = read(() => all.all());
  const cited = read(() => new Set(citedSeqs.all()));
  const keepInsights = write((night: number, insights: readonly Insight[]) =>
    insights.flatMap(({ text, cites }) => {
      const [first] = cites;
      if (first === undefined) return [];
      const { subject, audience } = first;
      const source = { thread: null, message: null, by: "consolidation", quote: null };
      const { seq, isNew, row } = keepFact(
        { text, kind: "insight", subject, origin: "agent", audience, source },
        "active",
      );
      for (const one of cites) cite.run(seq, one.seq);
      // Undone, it is put aside where nobody recalls it.
      if (isNew) addedBy.run(night, INSIGHTS, seq);
      return row ?? [];
    }),
  );
  const start = write(() => Number(begin.run(clock.now()).lastInsertRowid));
  const apply = write((night: number, step: string, changes: readonly Change[]) => {
    markChanged(db);
    for (const { seq, standing, validTo, successor } of changes) {
      before.run(night, step, seq);
      set.run(standing, validTo, successor, seq);
    }
    return changes.flatMap(({ seq }) => bySeq.get(seq) ?? []);
  });
  const revert = write((night: number, step: string | null) => {
    markChanged(db);
    const changes = changesOf.all(night, step, step);
    for (const { fact, standing, valid_to, successor } of changes) set.run(standing, valid_to, successor, fact);
    if (step !== null) dropStep.run(night, step);
    else markUndone.run(clock.now(), night);
    return changes.flatMap(({ fact }) => bySeq.get(fact) ?? []);
  });
  const finish = write((night: number, told: readonly StepReport[]) => void report.run(JSON.stringify(told), night));
  const lastNight = read(() => last.get());

  const reshelve = (rows: readonly FactRow[]) => {
    for (const row of rows) shelf.stand(shelved(row));
  };

  return {
    async consolidate({ dryRun = false, signal }) {
      const told: StepReport[] = [];
      const night = dryRun ? null : await start();
      const probes = probesOf(await facts());
      const recallBefore = await ask(probes);
      let recall = recallBefore;
      let planned = await facts();
      for (const { name, propose } of steps) {
        signal.throwIfAborted();
        const changes = propose(planned, clock.now());
        const one: StepReport = {
          step: name,
          changes: changes.map(({ id, because }) => ({ id, because })),
          rolledBack: false,
        };
        told.push(one);
        if (changes.length === 0) continue;
        if (night === null) {
          planned = after(planned, changes);
          continue;
        }
        reshelve(await apply(night, name, changes));
        const answered = await ask(probes);
        if (answered < recall) {
          reshelve(await revert(night, name));
          one.rolledBack = true;
        } else recall = answered;
        planned = await facts();
      }
      signal.throwIfAborted();
      const found = await aliases.propose();
      const linking: StepReport = {
        step: ALIASES,
        changes: found.map(({ name, because }) => ({ id: name, because })),
        rolledBack: false,
      };
      told.push(linking);
      if (night !== null && found.length > 0) {
        await aliases.link(night, found);
        const answered = await ask(probes);
        if (answered < recall) {
          await aliases.unlink(night);
          linking.rolledBack = true;
        } else recall = answered;
      }
      const insights = noticed(planned, { cited: await cited(), now: clock.now() });
      told.push({
        step: INSIGHTS,
        changes: insights.map(({ text, cites }) => ({ id: cites.map(({ id }) => id).join(", "), because: text })),
        rolledBack: false,
      });
      if (night !== null) {
        for (const row of await keepInsights(night, insights)) shelf.add(shelved(row));
        await finish(night, told);
      }
      return { night, steps: told, recallBefore, recallAfter: recall };
    },
    async undo() {
      const night = await lastNight();
      if (night === undefined || night === null) return { undone: false, because: "There is no night to undo." };
      reshelve(await revert(night, null));
      await aliases.unlink(night);
      return { undone: true, night };
    },
  };

  /** The share of probes that still find their fact, the fact that took its place, or one that says the same of somebody else: no question tells those apart. */
  async function ask(probes: readonly Probe[]): Promise<number> {
    let found = 0;
    for (const { question, fact, reader } of probes) {
      const ids = await find(question, reader);
      const successor = bySeq.get(fact.seq)?.successor;
      const isFound = (id: string) => id === fact.id || id === successor || digestOf.get(id) === fact.digest;
      if (ids.some(isFound)) found++;
    }
    return probes.length === 0 ? 1 : found / probes.length;
  }
}

/** The facts as they would stand after a step. */
function after(rows: readonly FactRow[], changes: readonly Change[]): FactRow[] {
  const bySeq = new Map(changes.map((change) => [change.seq, change]));
  return rows
    .map((row) => {
      const change = bySeq.get(row.seq);
      if (change === undefined) return row;
      return { ...row, standing: change.standing, valid_to: change.validTo, successor: change.successor };
    })
    .filter(({ standing }) => standing === "active" || standing === "archived");
}

type Probe = { question: string; fact: FactRow; reader: Reader };

/** Facts spread over the whole memory, asked for by some of their own words. */
function probesOf(rows: readonly FactRow[]): Probe[] {
  const drawn = rows.filter(({ kind }) => kind !== "said");
  const every = Math.max(1, Math.ceil(drawn.length / PROBES_MAX));
  return drawn
    .filter((_, i) => i % every === 0)
    .map((fact) => ({
      fact,
      question: telling(fact.words.split(" ")).slice(0, PROBE_WORDS).join(" "),
      reader: readerOf(fact.audience),
    }));
}
