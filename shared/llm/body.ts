/** What an endpoint sends back, made fit to be read: bounded, and as a stream of events also where it did not stream. */
import { OperationalError } from "../base/index.ts";

/**
 * Bytes of one answer. The longest that we ask for takes about one megabyte as events; what is longer is an endless stream or
 * one endless line, and both would be kept in memory.
 */
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

/** How long the end of an answer may come after the mark that says so. */
const READ_ON_MAX_MS = 1_000;

type Fetch = typeof globalThis.fetch;

/** The answer does not come to an end. The message is half a sentence. */
export class AnswerTooLong extends OperationalError {
  override readonly name = "AnswerTooLong";
}

/** A fetch whose answers are bounded and streamed. An answer that is too long ends with an error. */
export function readable(fetch: Fetch): Fetch {
  const inner = bounded(fetch);
  return async (input, init) => {
    const response = await inner(input, init);
    if (response.body === null || !response.ok || !isJson(response.headers)) return response;
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(asEvent()), { status, statusText, headers });
  };
}

/** A fetch whose answers are bounded. An answer that is too long ends with an error. */
export function bounded(fetch: Fetch): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (response.body === null) return response;
    const { status, statusText, headers } = response;
    return new Response(limited(response.body), { status, statusText, headers });
  };
}

function isJson(headers: Headers): boolean {
  return headers.get("content-type")?.toLowerCase().startsWith("application/json") === true;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** Read by hand: a TransformStream would do the same for several times the work of each piece. */
function limited(body: ReadableStream<Bytes>): ReadableStream<Bytes> {
  const reader = body.getReader();
  let bytes = 0;
  return new ReadableStream<Bytes>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        bytes += value.length;
        if (bytes <= ANSWER_BYTES_MAX) return controller.enqueue(value);
        controller.error(new AnswerTooLong(`its answer is longer than ${ANSWER_BYTES_MAX >> 20} MB`));
        await reader.cancel();
      },
      cancel: () => void readOn(reader),
    },
    { highWaterMark: 0 },
  );
}

/**
 * The client stops reading at the mark that ends a stream, and what follows it, mostly nothing, may still be on its way.
 * A body that is left before its end costs the connection, and the next step of the turn a new one; nobody waits for this.
 * Where the whole call is stopped, the body has failed before.
 */
async function readOn(reader: ReadableStreamDefaultReader<Bytes>): Promise<void> {
  const late = setTimeout(() => void reader.cancel().catch(() => {}), READ_ON_MAX_MS).unref();
  try {
    while (!(await reader.read()).done);
  } catch {
    // It broke after its end: there is no connection to keep.
  } finally {
    clearTimeout(late);
  }
}

/** Some endpoints ignore that we asked for a stream. It was paid for all the same, so the whole answer is read as its only piece. */
function asEvent(): TransformStream<Bytes, Bytes> {
  const parts: Bytes[] = [];
  return new TransformStream({
    transform: (piece) => void parts.push(piece),
    flush(controller) {
      const text = Buffer.concat(parts).toString("utf8");
      // Says that it is JSON, and has streamed all the same.
      if (/^\s*(?:data|event|id|retry)?:/.test(text)) return controller.enqueue(new TextEncoder().encode(text));
      // What is no JSON stays as it is, and fails where it is read.
      const piece = text.replace(/[\r\n]+/g, " ");
      controller.enqueue(new TextEncoder().encode(`data: ${piece}\n\ndata: [DONE]\n\n`));
    },
  });
}
