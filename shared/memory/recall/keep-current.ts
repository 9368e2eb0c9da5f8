/** The shelf as the file is: what another connection, such as a person's command, has written is read again. */
import type { Database } from "../../sqlite/index.ts";
import { type ShelfRow, shelfColumns, shelved } from "../layers/fact-rows.ts";
import type { Shelf } from "./shelf.ts";

/** Facts that are read from the file at once. */
const READ_AT_ONCE = 2_000;

/** Part of a transaction that changes or removes facts: tells every other connection to read all of them again. */
export function markChanged(db: Database): void {
  const version = Number(db.pragma("user_version", { simple: true }));
  db.pragma(`user_version = ${version + 1}`);
}

/** Fills the shelf; from then on each call looks whether somebody else has written, which costs microseconds when not. */
export function createKeepCurrent(
  db: Database,
  { shelf, onOthers }: { shelf: Shelf; onOthers(since: "added" | "changed"): void },
): () => void {
  const since = db.prepare<[number, number], ShelfRow>(
    `SELECT ${shelfColumns} FROM facts WHERE seq > ? AND standing IN ('active', 'archived') ORDER BY seq LIMIT ?`,
  );
  // Changes only when another connection commits: https://www.sqlite.org/pragma.html#pragma_data_version
  const commits = db.prepare<[], number>("PRAGMA data_version").pluck();
  const changes = db.prepare<[], number>("PRAGMA user_version").pluck();
  let seen: { commits: number | undefined; changes: number | undefined } | undefined;
  // Everything up to here was read, or kept by this process: somebody else may have kept a fact just before one of ours.
  let readTo = 0;

  /** In batches: fewer steps between SQLite and here than row by row, and never all rows at once. */
  function* after(seq: number) {
    for (let from = seq, rows = []; ; from = rows.at(-1)?.seq ?? from) {
      rows = since.all(from, READ_AT_ONCE);
      readTo = Math.max(readTo, rows.at(-1)?.seq ?? 0);
      yield* rows;
      if (rows.length < READ_AT_ONCE) return;
    }
  }
  const readAll = () => {
    const there = new Set<number>();
    for (const row of after(0)) {
      there.add(row.seq);
      const fact = shelved(row);
      if (shelf.has(row.seq)) shelf.replace(fact);
      shelf.stand(fact);
    }
    for (const seq of shelf.own()) if (!there.has(seq)) shelf.remove(seq);
  };

  return () => {
    const now = { commits: commits.get(), changes: changes.get() };
    if (seen !== undefined && now.commits === seen.commits) {
      readTo = shelf.newest();
      return;
    }
    const isFirst = seen === undefined;
    const onlyMore = seen !== undefined && now.changes === seen.changes;
    seen = now;
    if (!onlyMore) readAll();
    else for (const row of after(readTo)) shelf.add(shelved(row));
    if (!isFirst) onOthers(onlyMore ? "added" : "changed");
  };
}
