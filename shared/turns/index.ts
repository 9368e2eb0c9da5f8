export { migrations as turnMigrations } from "./migrations.ts";
export {
  type KeptCallRow,
  openTurns,
  type StartedTurn,
  type TurnGlance,
  type TurnRow,
  type TurnState,
  type Turns,
} from "./turns.ts";
