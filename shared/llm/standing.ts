/** What this process has seen of one provider: when it last answered, how it last failed. */
import type { Clock } from "../base/index.ts";
import type { Attempt } from "./provider.ts";

export type Standing = {
  /** Its last answer; undefined when it has not answered yet. */
  answered: { at: number; latencyMs: number } | undefined;
  /** Its last failure: the class, and the sentence for a person. */
  failed: { at: number; failure: string; because: string } | undefined;
};

export type Watch = {
  saw(attempt: Attempt, latencyMs: number): void;
  standing(): Standing;
};

/** Nothing has been seen yet. `onChange` hears that something was. */
export function createWatch(clock: Clock, onChange: () => void): Watch {
  let standing: Standing = { answered: undefined, failed: undefined };
  return {
    saw(attempt, latencyMs) {
      // A call that somebody stopped says nothing about the provider.
      if (attempt.kind === "stopped") return;
      const at = clock.now();
      standing =
        attempt.kind === "answered"
          ? { ...standing, answered: { at, latencyMs } }
          : { ...standing, failed: { at, failure: attempt.failure.kind, because: attempt.failure.because } };
      onChange();
    },
    standing: () => standing,
  };
}
