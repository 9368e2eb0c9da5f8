export { migrations as turnMigrations } from "./migrations.ts";
export { openTurns, type StartedTurn, type TurnRow, type TurnState, type Turns } from "./turns.ts";
