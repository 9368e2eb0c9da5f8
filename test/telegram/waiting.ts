/** Waiting for something to become true in the world, by looking again whenever anything happened; never by the clock. */

export type Wait = { timeoutMs?: number; signal?: AbortSignal };

export type Waiting = {
  /** Something happened: everybody who waits looks again. */
  noticed(): void;
  /** What `look` finds once it finds anything. Throws, saying what was waited for, when the time is up or the signal aborts. */
  until<Found>(what: string, look: () => Found | null | undefined | false, wait?: Wait): Promise<Found>;
};

const patienceMs = 120_000;

/** `situation` tells how things stood when the patience ended. */
export function createWaiting(situation: () => string): Waiting {
  const looks = new Set<() => void>();

  return {
    noticed() {
      for (const look of [...looks]) look();
    },
    until(what, look, { timeoutMs = patienceMs, signal } = {}) {
      return new Promise((resolve, reject) => {
        const giveUp = (because: string) => {
          stop();
          reject(new Error(`waited for ${what}; ${because}. ${situation()}`));
        };
        const again = () => {
          const found = look();
          if (found === null || found === undefined || found === false) return;
          stop();
          resolve(found);
        };
        const timer = setTimeout(() => giveUp(`it did not happen within ${timeoutMs} ms`), timeoutMs);
        const aborted = () => giveUp("the test gave up");
        const stop = () => {
          clearTimeout(timer);
          looks.delete(again);
          signal?.removeEventListener("abort", aborted);
        };
        looks.add(again);
        signal?.addEventListener("abort", aborted);
        if (signal?.aborted) return aborted();
        again();
      });
    },
  };
}
