export { type Compared, type Replay, replay } from "./compare.ts";
export { readPolicy } from "./policy.ts";
export type { Policy } from "./replay.ts";
