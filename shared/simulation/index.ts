export type { Violation } from "./check.ts";
export { type FaultKind, faultKinds } from "./faults.ts";
export { type Report, type Simulation, simulate } from "./world.ts";
