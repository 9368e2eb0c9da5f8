/** Ends a turn that goes round in circles. The security module brings the full detector; this is the least there is without one. */

/** A call that was asked for, in order: the same key for the same call, the same result for the same words brought. */
export type Ran = { tool: string; key: string; result: string };

export type LoopVerdict =
  | { kind: "fine" }
  /** It runs; the model is told to change its approach. */
  | { kind: "warn"; because: string }
  /** Not run; the model is told why. */
  | { kind: "withhold"; because: string }
  /** Not run; the turn ends with its last word. */
  | { kind: "stop"; because: string };

/** What to do with the next call after these, counted per step and not per copy within a step. */
export type JudgeLoop = (ran: readonly Ran[], next: Pick<Ran, "tool" | "key">) => LoopVerdict;

/** How often one tool runs with the same arguments in one turn. */
const REPEATS_MAX = 5;
/** Asking so often ends the turn: the advice was not heard. */
const REPEATS_STOP = 10;

export const judgeRepeat: JudgeLoop = (ran, { tool, key }) => {
  const times = ran.filter((call) => call.key === key).length + 1;
  if (times <= REPEATS_MAX) return { kind: "fine" };
  if (times < REPEATS_STOP)
    return { kind: "withhold", because: `${tool} was already asked ${times - 1} times with these same arguments` };
  return { kind: "stop", because: `${tool} was asked ${times} times with the same arguments` };
};
