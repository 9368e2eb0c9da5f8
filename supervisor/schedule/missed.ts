/** What becomes of due instants that nobody was there for: the machine slept, or nothing ran. Pure. */
import type { Planned } from "../../shared/ledger/index.ts";

export type MissedPolicy =
  /** What was missed is missed. */
  | { kind: "skip" }
  /** One run makes up for all of them. */
  | { kind: "once" }
  /** The newest so many run, in their order. */
  | { kind: "all"; max: number }
  /** The newest runs, if it is not older than this. */
  | { kind: "within"; ms: number };

/** An instant that is found later than this was missed. Longer than a busy machine takes to wake up. */
export const LATE_AFTER_MS = 120_000;

type Asked = {
  /** Oldest first, none later than `now`. */
  instants: readonly number[];
  now: number;
  policy: MissedPolicy;
  /** How much later than due this instant starts. */
  jitter(dueAt: number): number;
  /** Why the job is not to run now, whatever is due. */
  paused?: string | undefined;
};

/** One entry for each instant, in order. */
export function planInstants({ instants, now, policy, jitter, paused }: Asked): Planned[] {
  if (paused !== undefined) return instants.map((dueAt) => ({ dueAt, state: "missed", because: paused }));
  const late = instants.filter((dueAt) => now - dueAt > LATE_AFTER_MS);
  const madeUp = new Set(chosen(late, instants.length > late.length, policy, now));
  return instants.map((dueAt) => {
    if (now - dueAt <= LATE_AFTER_MS) return { dueAt, state: "waiting", startAt: dueAt + jitter(dueAt) };
    if (madeUp.has(dueAt)) return { dueAt, state: "waiting", startAt: now };
    return { dueAt, state: "missed", because: REASONS[policy.kind] };
  });
}

/** Which late instants run all the same. One that is due now stands for those that one run makes up for. */
function chosen(late: readonly number[], dueNow: boolean, policy: MissedPolicy, now: number): number[] {
  switch (policy.kind) {
    case "skip":
      return [];
    case "once":
      return dueNow ? [] : late.slice(-1);
    case "all":
      return policy.max > 0 ? late.slice(-policy.max) : [];
    case "within":
      return dueNow ? [] : late.slice(-1).filter((dueAt) => now - dueAt <= policy.ms);
  }
}

const REASONS: Readonly<Record<MissedPolicy["kind"], string>> = {
  skip: "nobody was there when it was due",
  once: "nobody was there when it was due; one later run makes up for it",
  all: "nobody was there when it was due; newer ones were made up for",
  within: "nobody was there when it was due, and it is too late or a newer one stands for it",
};
