/** The shelf as the file is: what another connection, such as a person's command, has written is read again. */
import type { Database } from "../../sqlite/index.ts";
import { type FactRow, shelved } from "../layers/fact-rows.ts";
import type { Shelf } from "./shelf.ts";

/** Part of a transaction that changes or removes facts: tells every other connection to read all of them again. */
export function markChanged(db: Database): void {
  const version = Number(db.pragma("user_version", { simple: true }));
  db.pragma(`user_version = ${version + 1}`);
}

/** Fills the shelf; from then on each call looks whether somebody else has written, which costs microseconds when not. */
export function createKeepCurrent(db: Database, { shelf, onOthers }: { shelf: Shelf; onOthers(): void }): () => void {
  const since = db.prepare<[number], FactRow>(
    "SELECT * FROM facts WHERE seq > ? AND standing IN ('active', 'archived') ORDER BY seq",
  );
  // Changes only when another connection commits: https://www.sqlite.org/pragma.html#pragma_data_version
  const commits = db.prepare<[], number>("PRAGMA data_version").pluck();
  const changes = db.prepare<[], number>("PRAGMA user_version").pluck();
  let seen: { commits: number | undefined; changes: number | undefined } | undefined;

  const readAll = () => {
    const there = new Set<number>();
    for (const row of since.iterate(0)) {
      there.add(row.seq);
      const fact = shelved(row);
      if (shelf.get(row.seq) === undefined) shelf.add(fact);
      else {
        shelf.stand(fact);
        shelf.replace(fact);
      }
    }
    for (const seq of shelf.own()) if (!there.has(seq)) shelf.remove(seq);
  };

  return () => {
    const now = { commits: commits.get(), changes: changes.get() };
    if (seen !== undefined && now.commits === seen.commits) return;
    const isFirst = seen === undefined;
    const onlyMore = seen !== undefined && now.changes === seen.changes;
    seen = now;
    if (!onlyMore) readAll();
    else for (const row of since.iterate(shelf.newest())) shelf.add(shelved(row));
    if (!isFirst && !onlyMore) onOthers();
  };
}
