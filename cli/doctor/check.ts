/** One thing that `kaos doctor` looks at. */
import type { Context } from "../context.ts";

/**
 * ok: as it should be. blocker: KAOS cannot run like this. limit: it runs, but something is missing, closed or at risk.
 * optional: something that one may add.
 */
export type Finding =
  | { state: "ok"; says: string }
  /** `next` is the one thing to do about it. */
  | { state: "blocker" | "limit" | "optional"; says: string; next: string };

export type Check = {
  /** What is looked at, in a word or two. */
  name: string;
  /** Needs the network. `--offline` leaves it out. */
  online?: boolean;
  look(context: Context): Finding | readonly Finding[] | Promise<Finding | readonly Finding[]>;
};
