export { type Atomic, atomic } from "./atomic.ts";
export { type Bell, createBell } from "./bell.ts";
export { type Lock, takeLock } from "./lock.ts";
export {
  type Migration,
  migrate,
  refuseOtherVersion,
  SchemaMismatch,
  type SchemaSteps,
  schemaSteps,
} from "./migrate.ts";
export { type Database, DatabaseUnusable, type Durability, openDatabase } from "./open.ts";
export { createPatience, DatabaseBusy, DatabaseFull, isWeather, type Patience } from "./patience.ts";
export { type Changes, type Watch, watchDatabase } from "./watch.ts";
