export { addressees } from "./address.ts";
export {
  DELAYS_MS,
  type Decision,
  decide,
  HOPS_MAX,
  RELEVANCE_MIN,
  type Standing,
} from "./decide.ts";
export { createJudge, type Judge, type Judged, type Question } from "./judge.ts";
export { ownersOf } from "./own.ts";
export { volunteer } from "./volunteer.ts";
