/** Leaves a provider alone for a while after it failed several times in a row, or when it asked for that itself. */
import type { Clock } from "../base/index.ts";

const FAILURES_MAX = 3;
const REST_MS = 30_000;
/** A provider that asks for hours is asked again sooner: it may have meant another limit, or be mistaken. */
const REST_MAX_MS = 300_000;

export type Breaker = {
  /** Whether a call may go out now. After a rest one single call may, to see whether the provider is back. */
  enter(): { open: true } | { open: false; restsForMs: number; because: string };
  succeeded(): void;
  /** `restMs` is what the provider asked for (Retry-After), if it did. */
  failed(because: string, restMs?: number): void;
  /** The call ended without telling anything about the provider: somebody stopped it. */
  left(): void;
  /** Failures one after the other; 0 after an answer. */
  failures(): number;
  /** What is left of a rest, without entering. */
  rest(): { forMs: number; because: string } | undefined;
};

/** A closed breaker: calls go out until `FAILURES_MAX` of them fail one after the other. */
export function createBreaker(clock: Clock): Breaker {
  let failures = 0;
  let restFromMs = 0;
  let restMs = 0;
  let probing = false;
  let last = "";

  /** 0 also when the clock was set back behind the beginning of the rest: nobody knows then, so one may try. */
  const restsForMs = () => {
    const restedMs = clock.now() - restFromMs;
    return restedMs < 0 ? 0 : Math.max(0, restMs - restedMs);
  };

  return {
    enter() {
      if (restsForMs() > 0) return { open: false, restsForMs: restsForMs(), because: last };
      if (failures < FAILURES_MAX) return { open: true };
      if (probing) return { open: false, restsForMs: REST_MS, because: last };
      probing = true;
      return { open: true };
    },
    succeeded() {
      failures = 0;
      restMs = 0;
      probing = false;
    },
    failed(because, askedMs = 0) {
      failures += 1;
      probing = false;
      last = because;
      const wantedMs = Math.min(REST_MAX_MS, Math.max(askedMs, failures >= FAILURES_MAX ? REST_MS : 0));
      // Of calls that went out together each may fail: the longest rest that one of them asked for holds.
      if (wantedMs < restsForMs()) return;
      restFromMs = clock.now();
      restMs = wantedMs;
    },
    left() {
      probing = false;
    },
    failures: () => failures,
    rest: () => (restsForMs() > 0 ? { forMs: restsForMs(), because: last } : undefined),
  };
}
