/** The graph of another home: entities are found here by any of their names, edges stand on facts that are here. Part of a transaction. */
import type { Database } from "../../sqlite/index.ts";
import type { Counting, Places } from "./places.ts";
import type { MovedLines } from "./records.ts";

export function createBringGraph(db: Database) {
  const known = db
    .prepare<[string], number>("SELECT entity FROM aliases WHERE alias = ? ORDER BY entity LIMIT 1")
    .pluck();
  const add = db.prepare<[string, string]>("INSERT INTO entities (name, kind) VALUES (?, ?)");
  const same = db.prepare<[number, number]>("UPDATE entities SET same_as = ? WHERE id = ? AND same_as IS NULL");
  const alias = db.prepare<[string, number]>("INSERT OR IGNORE INTO aliases (alias, entity) VALUES (?, ?)");
  const mention = db.prepare<[number, number]>("INSERT OR IGNORE INTO mentions (entity, fact) VALUES (?, ?)");
  const relate = db.prepare<[number, string, number, number]>(
    "INSERT OR IGNORE INTO relations (source, kind, target, fact) VALUES (?, ?, ?, ?)",
  );
  const orphans = db.prepare(`
    DELETE FROM entities WHERE same_as IS NULL AND NOT EXISTS (SELECT 1 FROM mentions WHERE entity = entities.id)
      AND NOT EXISTS (SELECT 1 FROM relations WHERE source = entities.id OR target = entities.id)
      AND NOT EXISTS (SELECT 1 FROM entities AS other WHERE other.same_as = entities.id)
  `);

  /** Answers with the row of each entity of the lines. */
  return (
    { entities, mentions, relations }: Pick<MovedLines, "entities" | "mentions" | "relations">,
    places: Places,
    { tally }: Counting,
  ): ReadonlyMap<number, number> => {
    const here = new Map<number, number>();
    const sameAs: [number, number][] = [];
    for (const { entity, name, kind, aliases, sameAs: other } of entities) {
      const found = aliases.map((one) => known.get(one)).find((one) => one !== undefined);
      const id = found ?? Number(add.run(name, kind).lastInsertRowid);
      for (const one of aliases) alias.run(one, id);
      here.set(entity, id);
      if (other !== null) sameAs.push([entity, other]);
      tally("entities", found === undefined);
    }
    for (const [one, other] of sameAs) {
      const [id, target] = [here.get(one), here.get(other)];
      if (id !== undefined && target !== undefined && id !== target) same.run(target, id);
    }
    let leftOut = 0;
    for (const { entity, fact } of mentions) {
      const [id, seq] = [here.get(entity), places.seqOf(fact)];
      if (id === undefined || seq === undefined) leftOut++;
      else tally("mentions", mention.run(id, seq).changes > 0);
    }
    for (const { source, kind, target, fact } of relations) {
      const [from, to, seq] = [here.get(source), here.get(target), places.seqOf(fact)];
      if (from === undefined || to === undefined || seq === undefined) leftOut++;
      else tally("relations", relate.run(from, kind, to, seq).changes > 0);
    }
    // A name that only a forgotten fact spoke of must not come back without it.
    if (leftOut > 0) orphans.run();
    return here;
  };
}
