export { captureTurn } from "./capture.ts";
export { differences } from "./differences.ts";
export { playScenario, type Stage } from "./play.ts";
export { type Behaviour, fileOf, readScenario, type Scenario, scenariosIn } from "./scenario.ts";
