export type { Visible } from "./chat.ts";
export { check, type Violation } from "./check.ts";
export { type FaultKind, faultKinds } from "./faults.ts";
export { countMissing, readHistory } from "./history.ts";
export { traceOf } from "./trace.ts";
export { type Report, type Simulation, simulate } from "./world.ts";
