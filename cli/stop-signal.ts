/** Ctrl-C as a request: for commands that have something to stop before they end. */

/**
 * From now on SIGINT, SIGTERM and SIGHUP do not end this process but abort the signal; asking again changes nothing.
 * `release` gives Ctrl-C its usual meaning back.
 */
export function stopSignal(): { signal: AbortSignal; release(): void } {
  const stopping = new AbortController();
  const stop = () => stopping.abort(new DOMException("stopped on request", "AbortError"));
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of names) process.on(name, stop);
  return {
    signal: stopping.signal,
    release() {
      for (const name of names) process.off(name, stop);
    },
  };
}
