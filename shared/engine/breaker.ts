/** Ends a turn that asks for the very same thing over and over. */

/** How often one tool runs with the same arguments in one turn. */
export const REPEATS_MAX = 5;
/** Asking so often ends the turn: the advice was not heard. */
export const REPEATS_STOP = 10;

export type RepeatVerdict =
  | { kind: "run" }
  /** Not run; the model is told why. */
  | { kind: "withhold"; because: string }
  /** Not run; the turn ends with its last word. */
  | { kind: "stop"; because: string };

/** What to do with a call that this turn asks for the `times`-th time, counted per step, not per copy within a step. */
export function judgeRepeat(tool: string, times: number): RepeatVerdict {
  if (times <= REPEATS_MAX) return { kind: "run" };
  if (times < REPEATS_STOP)
    return { kind: "withhold", because: `${tool} was already asked ${times - 1} times with these same arguments` };
  return { kind: "stop", because: `${tool} was asked ${times} times with the same arguments` };
}
