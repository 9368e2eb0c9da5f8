/** The three kinds of failure: an expected outcome is a value, a failure of the world an OperationalError, a bug an assertion. */

/**
 * A failure of the world, not of the code: a file, the network, a provider, another process.
 * Its message is for a person: what is wrong and what to do next. It is caught at an edge (a step, a job, a request, `main`).
 */
export abstract class OperationalError extends Error {
  abstract override readonly name: string;
}

/** A bug: a state that the code promised could not be. It ends the turn or the process; nobody handles it. */
export class BrokenPromise extends Error {
  override readonly name = "BrokenPromise";
}

/** Ends with a BrokenPromise unless the condition holds. `promise` says what should have been true. */
export function assert(condition: unknown, promise: string): asserts condition {
  if (!condition) throw new BrokenPromise(promise);
}

/** What was thrown, as one line a log or a person can take; never a stack. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/**
 * Whether this error only says that a wait was to end: somebody asked to stop, or the time of its signal was over. Of a
 * request's own failure it says nothing: there a TimeoutError is a server that is down.
 */
export function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === "AbortError" || thrown.name === "TimeoutError");
}

/** For `catch` behind a wait: that it was to end is no failure, everything else goes on up. */
export function ignoreStop(thrown: unknown): void {
  if (!isAbort(thrown)) throw thrown;
}
