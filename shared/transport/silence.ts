/** Whoever does not answer is left alone, each time for longer, so that what is to be said elsewhere does not wait for it. */
import type { Clock } from "../base/index.ts";

export interface Silence {
  /** How long it is still left alone; 0 when it may be asked. */
  restMs(): number;
  /** It did not answer; returns how long it is left alone now. */
  begins(): number;
  /** It was heard. */
  ends(): void;
}

export function createSilence(clock: Clock, { firstMs, maxMs }: { firstMs: number; maxMs: number }): Silence {
  let lastsMs = 0;
  let until = 0;
  return {
    // A wall clock that was set back makes no rest longer than it is.
    restMs: () => Math.max(0, Math.min(lastsMs, until - clock.now())),
    begins() {
      lastsMs = Math.min(maxMs, Math.max(firstMs, lastsMs * 2));
      until = clock.now() + lastsMs;
      return lastsMs;
    },
    ends() {
      lastsMs = 0;
    },
  };
}
