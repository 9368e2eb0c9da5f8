/** Time that the simulator owns: it stands still while anybody can act, then jumps to the next moment somebody waits for. */
import type { Clock } from "../base/index.ts";

export type VirtualClock = Clock & {
  /** Moves the wall clock without making anybody's waiting shorter or longer, as NTP or a person would. */
  jump(ms: number): void;
  /** Runs everything that is due, moment by moment, until `done` or until nobody waits for anything. */
  run(done: () => boolean): Promise<void>;
  /** Calls `wake` after so many milliseconds, unless the returned function is called before: a sleep without promise and signal. */
  alarm(ms: number, wake: () => void): () => void;
  /** Milliseconds since the start by a clock that never jumps. */
  elapsed(): number;
};

type Sleeper = { at: number; order: number; stopped: boolean; wake(): void };

export function createVirtualClock(startMs: number): VirtualClock {
  const sleepers = new Heap();
  let elapsed = 0;
  let offset = startMs;
  let order = 0;

  function alarm(ms: number, wake: () => void): () => void {
    const sleeper: Sleeper = { at: elapsed + Math.max(0, ms), order: order++, stopped: false, wake };
    sleepers.push(sleeper);
    return () => {
      sleeper.stopped = true;
    };
  }

  return {
    alarm,
    now: () => Math.floor(elapsed + offset),
    elapsed: () => elapsed,
    jump: (ms) => {
      offset += ms;
    },
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.reject(abortError());
      return new Promise((resolve, reject) => {
        const onAbort = () => {
          stop();
          reject(abortError());
        };
        const stop = alarm(ms, () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        });
        signal?.addEventListener("abort", onAbort, { once: true });
      });
    },
    async run(done) {
      while (true) {
        await settled();
        if (done()) return;
        let next = sleepers.pop();
        while (next?.stopped) next = sleepers.pop();
        if (next === undefined) return;
        elapsed = Math.max(elapsed, next.at);
        next.wake();
      }
    },
  };
}

/** Resolves when every promise that can go on without time has gone on: microtasks all run before the next immediate. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function abortError(): Error {
  return new DOMException("The sleep was stopped", "AbortError");
}

/** A binary heap by time, then by order of falling asleep. */
class Heap {
  readonly #items: Sleeper[] = [];

  push(item: Sleeper): void {
    const items = this.#items;
    items.push(item);
    let at = items.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): Sleeper | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (first === undefined || last === undefined || first === last) return first;
    items[0] = last;
    let at = 0;
    while (true) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < items.length && this.#before(left, least)) least = left;
      if (right < items.length && this.#before(right, least)) least = right;
      if (least === at) return first;
      this.#swap(at, least);
      at = least;
    }
  }

  #before(a: number, b: number): boolean {
    const [one, other] = [this.#items[a], this.#items[b]];
    if (one === undefined || other === undefined) return false;
    return one.at < other.at || (one.at === other.at && one.order < other.order);
  }

  #swap(a: number, b: number): void {
    const items = this.#items;
    const [one, other] = [items[a], items[b]];
    if (one === undefined || other === undefined) return;
    items[a] = other;
    items[b] = one;
  }
}
