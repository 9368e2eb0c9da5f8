/** Signals that follow each other for a while. */

/**
 * From now on the controller stops when the signal says so, for the same reason, until the returned function is called.
 * For what happens again and again under a signal that lives as long as the process: there every `AbortSignal.any` that
 * somebody listened to stays in memory for good (nodejs/node#64476, in Node 22 and 24).
 */
export function stopWith(controller: AbortController, signal: AbortSignal): () => void {
  const stop = () => controller.abort(signal.reason);
  if (signal.aborted) {
    stop();
    return () => {};
  }
  signal.addEventListener("abort", stop, { once: true });
  return () => signal.removeEventListener("abort", stop);
}

/** What the task brings; rejects with the signal's reason when that says stop first. The task itself goes on, unheard. */
export async function unlessStopped<Result>(task: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([task, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
