/** Migrates the database that its argument names, at the moment its parent says go, and tells that it could. */
import { once } from "node:events";
import { systemClock } from "../../../shared/base/index.ts";
import { migrate, openDatabase } from "../../../shared/sqlite/index.ts";
import { slowMigrations } from "./slow-migrations.ts";

const [path = ""] = process.argv.slice(2);
process.stdout.write("waiting\n");
await once(process, "message");
const db = openDatabase(path, { durability: "off" });
await migrate(db, { what: "The ledger", migrations: slowMigrations, clock: systemClock });
process.stdout.write(`${db.prepare("SELECT count(*) FROM numbers").pluck().get()} rows\n`);
db.close();
process.disconnect();
