/** Lines of another home become rows here: what is here stays as it is, what was forgotten here stays forgotten. One transaction. */
import type { Atomic, Database } from "../../sqlite/index.ts";
import { type FactRow, factOf } from "../layers/fact-rows.ts";
import { createPutFact } from "../layers/put-fact.ts";
import { markChanged } from "../recall/keep-current.ts";
import { createBringGraph } from "./bring-graph.ts";
import { createBringSessions } from "./bring-sessions.ts";
import { createBringWork } from "./bring-work.ts";
import type { Counting, Places } from "./places.ts";
import { type Moved, type MovedKind, type MovedLines, movedKinds } from "./records.ts";

export type Tally = { added: number; there: number };
export type BroughtIn = Record<MovedKind, Tally> & {
  /** Facts that a person forgot here, and what was drawn from them: they are not brought back. */
  forgottenHere: number;
  /** What is here under the same id and says something else, each as a sentence; it was kept as it is here. */
  conflicts: string[];
};

/** Conflicts that are told one by one. */
const CONFLICTS_TOLD_MAX = 50;

/** A dry run does all of it and takes it back, so that what it tells is what would happen. */
export type BringIn = (lines: MovedLines, options: { dryRun: boolean }) => Promise<BroughtIn>;

export function createBringIn(db: Database, { write }: Atomic): BringIn {
  const byId = db.prepare<[string], FactRow>("SELECT * FROM facts WHERE id = ?");
  const seqById = db.prepare<[string], number>("SELECT seq FROM facts WHERE id = ?").pluck();
  const buried = db.prepare<[string], 1>("SELECT 1 FROM tombstones WHERE id = ?").pluck();
  const bury = db.prepare<[string, number]>("INSERT OR IGNORE INTO tombstones (id, at) VALUES (?, ?)");
  const addSource = db.prepare(
    "INSERT INTO fact_sources (fact, thread, message, said_by, quote, at) VALUES (@seq, @thread, @message, @by, @quote, @at)",
  );
  const addExtraction = db.prepare(
    "INSERT INTO extractions (fact, state, attempts, due_at, because) VALUES (@seq, @state, @attempts, @dueAt, @because)",
  );
  const derive = db.prepare<[number, number]>("INSERT OR IGNORE INTO derived (fact, source) VALUES (?, ?)");
  const putFact = createPutFact(db);
  const bringSessions = createBringSessions(db);
  const bringGraph = createBringGraph(db);
  const bringWork = createBringWork(db);

  const bringFacts = (lines: Iterable<Moved<"facts">>, forgotten: ReadonlySet<string>, counting: Counting) => {
    const added = new Map<string, number>();
    const links: [number, readonly string[]][] = [];
    for (const { episode, furtherSources, drawnFrom, extraction, ...fact } of lines) {
      const here = byId.get(fact.id);
      if (here !== undefined) {
        if (!added.has(fact.id) && !saysTheSame(factOf(here), fact))
          counting.conflict(`The fact ${fact.id} says something else here; it stays as it is here.`);
        counting.tally("facts", false);
        continue;
      }
      if (forgotten.has(fact.id)) continue;
      const first = episode === null || episode === fact.id ? undefined : (added.get(episode) ?? seqById.get(episode));
      const seq = putFact(fact, fact.source.thread === null ? null : (first ?? "own"));
      added.set(fact.id, seq);
      links.push([seq, drawnFrom]);
      for (const source of furtherSources) addSource.run({ seq, ...source });
      if (extraction !== null) addExtraction.run({ seq, ...extraction });
      counting.tally("facts", true);
    }
    for (const [seq, from] of links)
      for (const id of from) {
        const source = seqById.get(id);
        if (source !== undefined) derive.run(seq, source);
      }
    return added;
  };

  const bring = (lines: MovedLines): BroughtIn => {
    const brought = emptyTally();
    const counting: Counting = {
      tally: (kind, isNew) => void (isNew ? brought[kind].added++ : brought[kind].there++),
      conflict(sentence) {
        if (brought.conflicts.length < CONFLICTS_TOLD_MAX) brought.conflicts.push(sentence);
      },
    };
    // What the archive forgot is not deleted here: that is for a person. It only does not come from elsewhere again.
    const forgottenThere = [...lines.forgotten];
    const forgottenHere = new Set<string>();
    // What was drawn from it, or merged into it, went with it; lines come in the order in which they were kept.
    const isGone = (id: string) => forgottenHere.has(id) || buried.get(id) !== undefined;
    const isForgotten = ({ id, drawnFrom, standing, successor }: Moved<"facts">) =>
      isGone(id) || drawnFrom.some(isGone) || (standing === "merged" && successor !== null && isGone(successor));
    const facts = function* () {
      for (const fact of lines.facts) {
        if (seqById.get(fact.id) === undefined && isForgotten(fact)) forgottenHere.add(fact.id);
        yield fact;
      }
    };
    const added = bringFacts(facts(), forgottenHere, counting);
    brought.forgottenHere = forgottenHere.size;
    const places: Places = {
      seqOf: (id) => seqById.get(id),
      wasHere: (id) => !added.has(id) && seqById.get(id) !== undefined,
      isForgotten: isGone,
    };
    bringSessions(lines.sessions, places, counting);
    const entities = bringGraph(lines, places, counting);
    bringWork(lines, { ...places, entities }, counting);
    for (const { id, at } of forgottenThere)
      counting.tally("forgotten", seqById.get(id) === undefined && bury.run(id, at).changes > 0);
    markChanged(db);
    return brought;
  };

  const inside = db.transaction((lines: MovedLines, take: (brought: BroughtIn) => void) => {
    take(bring(lines));
    throw new TakenBack();
  });
  const bringOrTakeBack = write((lines: MovedLines, dryRun: boolean): BroughtIn => {
    if (!dryRun) return bring(lines);
    let brought = emptyTally();
    try {
      inside(lines, (all) => {
        brought = all;
      });
    } catch (error) {
      if (!(error instanceof TakenBack)) throw error;
    }
    return brought;
  });
  return (lines, { dryRun }) => bringOrTakeBack(lines, dryRun);
}

/** How a dry run ends its savepoint; nobody but this file sees it. */
class TakenBack extends Error {}

function emptyTally(): BroughtIn {
  const tallies = Object.fromEntries(movedKinds.map((kind) => [kind, { added: 0, there: 0 }]));
  return { ...(tallies as Record<MovedKind, Tally>), forgottenHere: 0, conflicts: [] };
}

type Compared = Pick<Moved<"facts">, "text" | "subject" | "kind" | "origin" | "audience" | "validFrom">;

/** What nights change, how often it was used and how sure it is: these differ between two homes that live on. */
function saysTheSame(here: Compared, there: Compared): boolean {
  return (["text", "subject", "kind", "origin", "audience", "validFrom"] as const).every(
    (field) => here[field] === there[field],
  );
}
