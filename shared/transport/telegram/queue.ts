/** One thing after another: whatever an account hears is dealt with in the order in which it came. */

export interface Queue {
  /** Runs when everything before it has ended; resolves or rejects with it. A failure stops nothing that comes after. */
  run<Result>(task: () => Promise<Result>): Promise<Result>;
}

export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(task) {
      const next = last.then(task);
      last = next.catch(() => {});
      return next;
    },
  };
}
