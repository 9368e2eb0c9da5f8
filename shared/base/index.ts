export { type Clock, repeat, systemClock } from "./clock.ts";
export { assert, BrokenPromise, isAbort, messageOf, OperationalError } from "./errors.ts";
export { createLog, type Log, silentLog } from "./log.ts";
export { nearest } from "./nearest.ts";
export { type Lifetime, runProcess } from "./process.ts";
export { dice, type Random, secret, seeded, stableId, systemRandom } from "./random.ts";
export { stopWith } from "./signals.ts";
export { cut, oneLine, splitText, wordsOf } from "./text.ts";
