/** A fetch whose bodies are bounded: all of it, or each event of a stream of events. */

type FetchLike = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** `onTooLarge` is called once a body or an event exceeds `bytesMax`; the body ends with an error then. */
export function boundedFetch(fetch: FetchLike, bytesMax: number, onTooLarge: () => void): FetchLike {
  return async (url, init) => {
    const response = await fetch(url, init);
    if (response.body === null) return response;
    const byEvent = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
    const body = response.body.pipeThrough(limit(bytesMax, byEvent, onTooLarge));
    const { status, statusText, headers } = response;
    const bounded = new Response(body, { status, statusText, headers });
    // Redirects are judged by where the answer came from, which a copy forgets.
    Object.defineProperty(bounded, "url", { value: response.url });
    Object.defineProperty(bounded, "redirected", { value: response.redirected });
    return bounded;
  };
}

/** An event ends with an empty line. Where that falls between two pieces the next one counts. */
function limit(
  bytesMax: number,
  byEvent: boolean,
  onTooLarge: () => void,
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let bytes = 0;
  return new TransformStream({
    transform(piece, controller) {
      const eventEnd = byEvent ? lastEventEnd(piece) : -1;
      bytes = eventEnd === -1 ? bytes + piece.length : piece.length - eventEnd;
      if (bytes > bytesMax) {
        onTooLarge();
        controller.error(new Error("the answer is too large"));
      } else controller.enqueue(piece);
    },
  });
}

function lastEventEnd(piece: Uint8Array): number {
  const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
  return Math.max(bytes.lastIndexOf("\n\n"), bytes.lastIndexOf("\r\n\r\n"));
}
