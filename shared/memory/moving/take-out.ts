/**
 * What an agent remembers as lines, in one consistent view and always in the same order. Left out is what is made anew:
 * vectors, summaries of long conversations, turns whose answer is just being handed over.
 */
import type { Atomic, Database } from "../../sqlite/index.ts";
import { type FactRow, factOf } from "../layers/fact-rows.ts";
import type { Audience } from "../types.ts";
import type { Moved, MovedKind } from "./records.ts";

/** Takes one line; it is called inside the transaction that reads, so it must not wait for anything. */
export type Sink = <Kind extends MovedKind>(kind: Kind, line: Moved<Kind>) => void;

type Row<Kind extends MovedKind> = Omit<
  Moved<Kind>,
  "aliases" | "changes" | "report" | "for" | "against" | "cited" | "shown"
>;

export function createTakeOut(db: Database, { read }: Atomic): (sink: Sink) => Promise<void> {
  const facts = db.prepare<[], FactRow>("SELECT * FROM facts ORDER BY seq");
  const sources = db.prepare<[number], Moved<"facts">["furtherSources"][number]>(
    'SELECT thread, message, said_by AS "by", quote, at FROM fact_sources WHERE fact = ? ORDER BY rowid',
  );
  const drawnFrom = db
    .prepare<[number], string>("SELECT id FROM derived JOIN facts ON seq = source WHERE fact = ? ORDER BY seq")
    .pluck();
  const extraction = db.prepare<[number], NonNullable<Moved<"facts">["extraction"]>>(
    "SELECT state, attempts, due_at AS dueAt, because FROM extractions WHERE fact = ?",
  );
  const sessions = db.prepare<[], Moved<"sessions">>(`
    SELECT thread, by, text, model, at,
      (SELECT facts.id FROM said JOIN facts ON facts.seq = said.fact WHERE said.entry = session_entries.id LIMIT 1) AS fact
    FROM session_entries ORDER BY id
  `);
  const entities = db.prepare<
    [],
    { id: number; name: string; kind: Moved<"entities">["kind"]; same_as: number | null }
  >("SELECT * FROM entities ORDER BY id");
  const aliases = db.prepare<[number], string>("SELECT alias FROM aliases WHERE entity = ? ORDER BY alias").pluck();
  const mentions = db.prepare<[], { entity: number; fact: string }>(
    "SELECT entity, id AS fact FROM mentions JOIN facts ON seq = fact ORDER BY entity, seq",
  );
  const relations = db.prepare<[], { source: number; kind: string; target: number; fact: string }>(`
    SELECT source, relations.kind, target, facts.id AS fact FROM relations JOIN facts ON seq = fact
    ORDER BY source, relations.kind, target, seq
  `);
  const nights = db.prepare<[], { id: number; report: string } & Row<"nights">>(
    "SELECT id, at, undone_at AS undoneAt, report FROM nights ORDER BY id",
  );
  const changes = db.prepare<[number], Moved<"nights">["changes"][number]>(`
    SELECT facts.id AS fact, step, night_changes.standing, night_changes.valid_to AS validTo, night_changes.successor
    FROM night_changes JOIN facts ON seq = fact WHERE night = ? ORDER BY seq, step
  `);
  const linked = db
    .prepare<[number], number>("SELECT entity FROM night_aliases WHERE night = ? ORDER BY entity")
    .pluck();
  const suppositions = db.prepare<[], { id: number; shown: string | null } & Row<"suppositions">>(
    "SELECT id, person, text, state, by, changed_at AS changedAt, shown FROM hypotheses ORDER BY id",
  );
  const evidence = db
    .prepare<[number, string], string>(
      "SELECT facts.id FROM evidence JOIN facts ON seq = fact WHERE hypothesis = ? AND speaks = ? ORDER BY seq",
    )
    .pluck();
  const cited = db
    .prepare<[number], string>(
      "SELECT facts.id FROM evidence JOIN facts ON seq = fact WHERE hypothesis = ? AND cited = 1 ORDER BY seq",
    )
    .pluck();
  const forgotten = db.prepare<[], Moved<"forgotten">>("SELECT id, at FROM tombstones ORDER BY at, id");

  return read((sink: Sink) => {
    for (const line of forgotten.iterate()) sink("forgotten", line);
    // Numbers of rows differ from home to home: an episode is named by the first thing said that is left of it.
    const episodes = new Map<string, string>();
    for (const row of facts.iterate()) {
      const { seq, id, thread, episode } = row;
      const name = JSON.stringify([thread, episode]);
      if (thread !== null && !episodes.has(name)) episodes.set(name, id);
      sink("facts", {
        ...factOf(row),
        episode: episodes.get(name) ?? null,
        furtherSources: sources.all(seq),
        drawnFrom: drawnFrom.all(seq),
        extraction: extraction.get(seq) ?? null,
      });
    }
    for (const line of sessions.iterate()) sink("sessions", line);
    // The same for entities: each is named by its place among them.
    const places = new Map(entities.all().map(({ id }, at) => [id, at + 1]));
    const place = (entity: number) => places.get(entity) ?? 0;
    for (const { id, name, kind, same_as: same } of entities.iterate())
      sink("entities", {
        entity: place(id),
        name,
        kind,
        aliases: aliases.all(id),
        sameAs: same === null ? null : place(same),
      });
    for (const { entity, fact } of mentions.iterate()) sink("mentions", { entity: place(entity), fact });
    for (const { source, kind, target, fact } of relations.iterate())
      sink("relations", { source: place(source), kind, target: place(target), fact });
    for (const { id, report, ...rest } of nights.iterate())
      sink("nights", {
        ...rest,
        report: JSON.parse(report),
        changes: changes.all(id),
        aliases: linked.all(id).map(place),
      });
    for (const { id, shown, ...rest } of suppositions.iterate())
      sink("suppositions", {
        ...rest,
        for: evidence.all(id, "for"),
        against: evidence.all(id, "against"),
        cited: cited.all(id),
        shown: shown === null ? null : (JSON.parse(shown) as Audience[]),
      });
  });
}
