/** A night of memory: steps that merge, end and put away, each its own transaction, probed, and undone as a whole if wanted. */
import type { Clock } from "../../base/index.ts";
import type { Atomic, Database } from "../../sqlite/index.ts";
import { type FactRow, factOf, shelved } from "../layers/fact-rows.ts";
import type { KeepFact } from "../layers/keep-facts.ts";
import type { Layer } from "../layers/layer.ts";
import { markChanged } from "../recall/keep-current.ts";
import type { Shelf } from "../recall/shelf.ts";
import type { Reader } from "../types.ts";
import { createAliases } from "./aliases.ts";
import { type Insight, noticed } from "./insights.ts";
import { type Probe, probesOf } from "./probes.ts";
import { keptReport, type StepReport } from "./report.ts";
import { after, type Change, steps } from "./steps.ts";

/** `recallBefore` and `recallAfter`: the share of probes that memory answered, 0 to 1. */
export type NightReport = { night: number | null; steps: StepReport[]; recallBefore: number; recallAfter: number };

export interface Consolidation {
  /** Runs one night; with `dryRun` it tells what it would change and changes nothing. Running it twice changes nothing more. */
  consolidate(options: { dryRun?: boolean; signal: AbortSignal }): Promise<NightReport>;
  /** Puts back what the last night that still stands has changed. */
  undo(): Promise<{ undone: true; night: number } | { undone: false; because: string }>;
}

const ALIASES = "link aliases";
/** The last step: it adds what the others left to be noticed. */
const INSIGHTS = "insights";
/** Steps that leave ends and successors alone: undone, so does their undoing. */
const ONLY_STANDING: ReadonlySet<string> = new Set([
  INSIGHTS,
  ...steps.filter(({ onlyStanding }) => onlyStanding).map(({ name }) => name),
]);

type Options = {
  db: Database;
  atomic: Atomic;
  clock: Clock;
  shelf: Shelf;
  keepFact: KeepFact;
  find(question: string, reader: Reader): Promise<string[]>;
  /** Layer 5 keeps no history: what ended or merged goes out of it, and comes back when that is undone. */
  shared: Pick<Layer, "put" | "forget"> | undefined;
};

const never = new AbortController().signal;

type Before = { fact: number; step: string; standing: FactRow["standing"] } & Pick<FactRow, "valid_to" | "successor">;

export function createConsolidation(options: Options): Consolidation {
  const { db, clock, shelf, keepFact, find, shared } = options;
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
  const setStanding = db.prepare<[string, number]>("UPDATE facts SET standing = ? WHERE seq = ?");
  const changesOf = db.prepare<[number, string | null, string | null], Before>(
    "SELECT fact, step, standing, valid_to, successor FROM night_changes WHERE night = ? AND (? IS NULL OR step = ?)",
  );
  const byId = db.prepare<[string], FactRow>("SELECT * FROM facts WHERE id = ?");
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
      return isNew ? [row] : [];
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
  /** Facts that a night changed, as they stand once that is undone. An end that somebody has given them since stays. */
  const restored = (night: number, step: string | null): FactRow[] =>
    changesOf.all(night, step, step).flatMap(({ fact, step: by, ...before }) => {
      const row = bySeq.get(fact);
      if (row === undefined) return [];
      return [{ ...row, ...(ONLY_STANDING.has(by) ? { standing: before.standing } : before) }];
    });
  const wouldRevert = read(restored);
  const revert = write((night: number, step: string | null) => {
    markChanged(db);
    const changes = changesOf.all(night, step, step);
    for (const { fact, step: by, standing, valid_to, successor } of changes) {
      if (ONLY_STANDING.has(by)) setStanding.run(standing, fact);
      else set.run(standing, valid_to, successor, fact);
    }
    if (step !== null) dropStep.run(night, step);
    else markUndone.run(clock.now(), night);
    return changes.flatMap(({ fact }) => bySeq.get(fact) ?? []);
  });
  const finish = write((night: number, told: readonly StepReport[]) => void report.run(keptReport(told), night));
  const lastNight = read(() => last.get());

  const successorsOf = read((changes: readonly Change[]) =>
    changes.flatMap(({ successor }) => (successor === null ? [] : (byId.get(successor) ?? []))),
  );
  const share = async (rows: readonly FactRow[], signal: AbortSignal) => {
    await shared?.put(rows.filter(({ valid_to: to }) => to === null).map(factOf), { signal });
  };
  /** Layer 5 first: whoever dies in between proposes the same again. */
  const change = async (night: number, step: string, changes: readonly Change[], signal: AbortSignal) => {
    const ended = changes.filter(({ standing, validTo }) => standing === "merged" || validTo !== null);
    await shared?.forget(
      ended.map(({ id }) => id),
      { signal },
    );
    reshelve(await apply(night, step, changes));
    // The one that stays may have been shared as the same fact.
    await share(await successorsOf(ended), signal);
  };
  const changeBack = async (night: number, step: string | null, signal: AbortSignal) => {
    await share(await wouldRevert(night, step), signal);
    reshelve(await revert(night, step));
  };
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
        await change(night, name, changes, signal);
        const answered = await ask(probes);
        if (answered < recall) {
          await changeBack(night, name, signal);
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
        reshelve(await keepInsights(night, insights));
        await finish(night, told);
      }
      return { night, steps: told, recallBefore, recallAfter: recall };
    },
    async undo() {
      const night = await lastNight();
      if (night === undefined || night === null) return { undone: false, because: "There is no night to undo." };
      await changeBack(night, null, never);
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
