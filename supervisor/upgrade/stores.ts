/** The databases of a home that have numbered schemas, and how far each is. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Home } from "../../shared/config/index.ts";
import { ledgerMigrations } from "../../shared/ledger/index.ts";
import { memoryMigrations } from "../../shared/memory/index.ts";
import { learningMigrations } from "../../shared/skills/index.ts";
import { type Migration, openDatabase, type SchemaSteps, schemaSteps } from "../../shared/sqlite/index.ts";
import { turnMigrations } from "../../shared/turns/index.ts";

/** One database: where it lies in its home, what a person calls it, and the steps of its schema. */
export type Store = { path: string; what: string; migrations: readonly Migration[] };

/** A store with how far it is. */
export type Standing = Store & SchemaSteps;

/**
 * Those that are there, the ledger first; paths are relative to the home. `letters` are the steps of the agents' private
 * mail, which only their process knows.
 */
export function storesOf(home: Home, letters: readonly Migration[]): Store[] {
  const agents = join(home.folder, "agents");
  const names = existsSync(agents) ? readdirSync(agents).toSorted() : [];
  const stores: Store[] = [
    { path: "swarm.db", what: "the ledger", migrations: ledgerMigrations },
    ...names.flatMap((name): Store[] => [
      { path: `agents/${name}/agent.db`, what: `the memory of ${name}`, migrations: memoryMigrations },
      { path: `agents/${name}/turns.db`, what: `the turns of ${name}`, migrations: turnMigrations },
      { path: `agents/${name}/skills.db`, what: `what ${name} learnt of its skills`, migrations: learningMigrations },
      { path: `agents/${name}/letters.db`, what: `the letters of ${name}`, migrations: letters },
    ]),
  ];
  return stores.filter(({ path }) => existsSync(join(home.folder, path)));
}

/** How far each store is. Throws DatabaseUnusable at a file that is no database. */
export function standingsIn(folder: string, stores: readonly Store[]): Standing[] {
  return stores.map((store) => {
    const db = openDatabase(join(folder, store.path), { durability: "normal", readonly: true });
    try {
      return { ...store, ...schemaSteps(db, store.migrations) };
    } finally {
      db.close();
    }
  });
}
