/** The life of a command that opens parts of an agent: what was opened is closed, last opened first. */
import type { Lifetime } from "../shared/base/index.ts";

/** Does the work with a lifetime of its own, and closes everything that was hung on it. Rejects with what the work, or a part of it, threw. */
export async function withLifetime(work: (lifetime: Lifetime) => Promise<void>): Promise<void> {
  const stopping = new AbortController();
  const closers: (() => void | Promise<void>)[] = [];
  let failure: unknown;
  const stop = (reason?: unknown) => {
    failure ??= reason;
    stopping.abort();
  };
  try {
    await work({
      signal: stopping.signal,
      onClose: (close) => void closers.push(close),
      run: (_name, part) => void part.catch(stop),
      stop,
    });
  } finally {
    stopping.abort();
    for (const close of closers.reverse()) {
      try {
        await close();
      } catch (error) {
        stop(error);
      }
    }
  }
  if (failure !== undefined) throw failure;
}
