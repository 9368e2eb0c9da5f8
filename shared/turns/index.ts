export { migrations as turnMigrations } from "./migrations.ts";
export type { KeptCallRow, TurnGlance, TurnRow, TurnState } from "./rows.ts";
export { openTurns, type StartedTurn, type Turns } from "./turns.ts";
