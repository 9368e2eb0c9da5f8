/** Numbered schema changes: one process applies them, the others wait; a newer file refuses older code. */
import { type Clock, OperationalError, systemRandom } from "../base/index.ts";
import { attempt } from "./attempt.ts";
import type { Database } from "./open.ts";

/** One schema change. Names are `NNNN-what`, in order, and never change once released. */
export type Migration = { name: string; sql: string };

/** The file was written by a newer version of the code, or by something else. Nothing was changed in it. */
export class SchemaMismatch extends OperationalError {
  override readonly name = "SchemaMismatch";
}

/** How far a file is: the steps it has taken, those ahead of it, and those of a newer version that this code does not know. */
export type SchemaSteps = { taken: readonly string[]; ahead: readonly string[]; unknown: readonly string[] };

const WAIT_MAX_MS = 15_000;

/** Reads how far a file is, without changing it. A file that no migration has touched has everything ahead of it. */
export function schemaSteps(db: Database, migrations: readonly Migration[]): SchemaSteps {
  const names = migrations.map(({ name }) => name);
  const taken = hasMigrations(db) ? appliedIn(db) : [];
  const known = taken.findIndex((name, i) => names[i] !== name);
  return { taken, ahead: names.slice(taken.length), unknown: known === -1 ? [] : taken.slice(known) };
}

/** For who only looks, and so brings nothing up to date. Throws SchemaMismatch unless the file is as this code knows it. */
export function refuseOtherVersion(
  db: Database,
  { what, migrations }: { what: string; migrations: readonly Migration[] },
): void {
  const { ahead, unknown } = schemaSteps(db, migrations);
  if (ahead.length + unknown.length > 0)
    throw new SchemaMismatch(
      `${what} was written by ${unknown.length > 0 ? "a newer" : "an older"} version of KAOS. Start its agent with this version (\`kaos up\`), or update KAOS.`,
    );
}

/**
 * Applies what is missing, in order, in one transaction. Throws SchemaMismatch on a file with steps this code does not know,
 * DatabaseBusy when the lock could not be had, and DatabaseFull.
 */
export async function migrate(
  db: Database,
  { what, migrations, clock }: { what: string; migrations: readonly Migration[]; clock: Clock },
): Promise<void> {
  const known = migrations.map(({ name }) => name);
  const apply = db.transaction(() => {
    db.exec("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT");
    const applied = appliedIn(db);
    refuseUnknown(what, applied, known);
    for (const { name, sql } of migrations.slice(applied.length)) {
      db.exec(sql);
      db.prepare("INSERT INTO migrations (name, applied_at) VALUES (?, ?)").run(name, clock.now());
    }
  });
  await attempt(db, { clock, random: systemRandom, atMostMs: WAIT_MAX_MS }, () => {
    if (!isCurrent()) apply.immediate();
  });

  function isCurrent(): boolean {
    if (!hasMigrations(db)) return false;
    const applied = appliedIn(db);
    refuseUnknown(what, applied, known);
    return applied.length === known.length;
  }
}

function hasMigrations(db: Database): boolean {
  return db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'migrations'").get() !== undefined;
}

function appliedIn(db: Database): string[] {
  return db.prepare<[], string>("SELECT name FROM migrations ORDER BY name").pluck().all();
}

function refuseUnknown(what: string, applied: readonly string[], known: readonly string[]): void {
  const unknown = applied.find((name, i) => known[i] !== name);
  if (unknown === undefined) return;
  throw new SchemaMismatch(
    `${what} was written by a newer version of KAOS (it has the step "${unknown}", this version knows up to "${known.at(-1)}"). ` +
      "Nothing was changed. Update KAOS (`kaos upgrade` says how), or point --home at another folder.",
  );
}
