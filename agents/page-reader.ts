/** Reads pages in a thread of its own, so that a page as long as its author likes holds nothing else up. */
import { Worker } from "node:worker_threads";
import { messageOf } from "../shared/base/index.ts";
import { programFile } from "../shared/config/index.ts";
import type { Readable, ReadPage } from "../shared/tools/index.ts";

/** What the thread is given, and what it answers. */
export type PageJob = { id: number; html: string; url: string; sheets: readonly string[] };
export type PageAnswer = { id: number } & ({ page: Readable } | { failed: string });

/** A page that takes longer is told as one that could not be read. */
const PAGE_DEADLINE_MS = 30_000;
/** An idle thread holds its packages in memory; it is begun again with the next page. */
const IDLE_MS = 60_000;
const HEAP_MEBIBYTES_MAX = 512;

/** One thread, begun with the first page and ended when nobody reads. */
export function createPageReader(): { read: ReadPage; close(): Promise<void> } {
  let worker: Worker | undefined;
  let last = 0;
  let idle: NodeJS.Timeout | undefined;
  const waiting = new Map<number, (answer: PageAnswer) => void>();

  const end = async (because: string): Promise<void> => {
    const ended = worker;
    worker = undefined;
    clearTimeout(idle);
    for (const [id, settle] of [...waiting]) settle({ id, failed: because });
    await ended?.terminate();
  };
  const begin = (): Worker => {
    const fresh = new Worker(programFile("agents/page-worker"), {
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEBIBYTES_MAX },
    });
    fresh.unref();
    fresh.on("message", (answer: PageAnswer) => waiting.get(answer.id)?.(answer));
    fresh.on("error", (error) => {
      if (worker === fresh) void end(`reading it failed: ${messageOf(error)}`);
    });
    return fresh;
  };

  return {
    async read({ html, url, sheets }, signal) {
      signal.throwIfAborted();
      clearTimeout(idle);
      worker ??= begin();
      const id = ++last;
      const answering = Promise.withResolvers<PageAnswer>();
      waiting.set(id, answering.resolve);
      const stop = (): void => answering.reject(signal.reason);
      signal.addEventListener("abort", stop, { once: true });
      // One page that never ends must not hold up the next: the thread ends with it.
      const deadline = setTimeout(() => void end("it took too long to read"), PAGE_DEADLINE_MS);
      try {
        worker.postMessage({ id, html, url, sheets } satisfies PageJob);
        const answer = await answering.promise;
        if ("page" in answer) return answer.page;
        return { title: "", markdown: `(This page could not be made readable: ${answer.failed}.)` };
      } finally {
        waiting.delete(id);
        clearTimeout(deadline);
        signal.removeEventListener("abort", stop);
        if (waiting.size === 0) idle = setTimeout(() => void end("nobody reads"), IDLE_MS).unref();
      }
    },
    close: () => end("the agent ends"),
  };
}
