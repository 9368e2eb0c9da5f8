/**
 * An OpenAI-compatible server on loopback that plays a script. A request that is malformed or not in the script gets
 * HTTP 500, and `close` throws what went wrong; so does a script that was not played to its end.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What is no JSON, a form with a file, stands in `body` as `form`, byte for byte a character. */
export type SeenRequest = { headers: IncomingHttpHeaders; body: Record<string, unknown> };

export type ServerAnswer =
  /** Server-sent events, and what comes after them: the proper end, a broken connection, or nothing at all. */
  | { chunks: readonly unknown[]; after: "done" | "end" | "cut" | "silence" }
  | { status: number; headers?: Record<string, string>; body: unknown }
  | { bytes: Uint8Array; contentType: string };

export type Exchange = {
  /** Where it is asked: a completion that streams, unless told otherwise. */
  path?: "/v1/audio/transcriptions" | "/v1/audio/speech" | "/v1/chat/completions";
  expects?: (request: SeenRequest) => boolean;
  answer: ServerAnswer;
};

export type OpenAiServer = {
  baseUrl: string;
  requests: readonly SeenRequest[];
  /** Resolves when so many requests have come in. */
  arrived(count: number): Promise<void>;
  /** Resolves when a client has hung up on an answer that was not finished. */
  hungUp: Promise<void>;
  close(): Promise<void>;
};

/** Listens on a free port and plays the exchanges in order, each once. */
export async function openAiServer(script: readonly Exchange[]): Promise<OpenAiServer> {
  const requests: SeenRequest[] = [];
  const problems: string[] = [];
  const watchers = new Set<() => void>();
  const hungUp = Promise.withResolvers<void>();

  const server = createServer((incoming, response) => void play(incoming, response));
  async function play(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await bodyOf(incoming);
    const exchange = script[requests.length];
    const wrong = exchange?.path === undefined ? problemOf(incoming, text) : wrongPath(incoming, exchange.path);
    const seen = { headers: incoming.headers, body: wrong === undefined ? bodyIn(incoming, text) : {} };
    requests.push(seen);
    for (const look of watchers) look();
    const place = `request ${requests.length}`;
    if (wrong !== undefined) problems.push(`${place}: ${wrong}`);
    else if (exchange === undefined) problems.push(`${place} is not in the script: ${text}`);
    else if (exchange.expects?.(seen) === false) problems.push(`${place} is not the one expected: ${text}`);
    else {
      response.on("close", () => response.writableFinished || hungUp.resolve());
      return send(response, exchange.answer);
    }
    send(response, { status: 500, body: { error: { message: problems.at(-1) } } });
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    arrived: (count) =>
      new Promise((resolve) => {
        const look = () => requests.length >= count && resolve();
        watchers.add(look);
        look();
      }),
    hungUp: hungUp.promise,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (problems.length > 0) throw new Error(problems.join("\n"));
      if (requests.length < script.length)
        throw new Error(`only ${requests.length} of ${script.length} exchanges were played`);
    },
  };
}

/** A text, word by word, with a count of tokens at the end. */
export function saying(text: string, usage: object = { prompt_tokens: 10, completion_tokens: 5 }): ServerAnswer {
  const words = text.match(/\S+\s*/g) ?? [];
  return {
    chunks: [...words.map((content) => delta({ content })), delta({}, "stop"), { choices: [], usage }],
    after: "done",
  };
}

/** One call of a tool, its arguments in two pieces as real providers send them. */
export function calling(id: string, name: string, args: string): ServerAnswer {
  const half = Math.ceil(args.length / 2);
  return {
    chunks: [
      delta({ tool_calls: [{ index: 0, id, type: "function", function: { name, arguments: "" } }] }),
      delta({ tool_calls: [{ index: 0, function: { arguments: args.slice(0, half) } }] }),
      delta({ tool_calls: [{ index: 0, function: { arguments: args.slice(half) } }] }),
      delta({}, "tool_calls"),
      { choices: [], usage: { prompt_tokens: 10, completion_tokens: 5 } },
    ],
    after: "done",
  };
}

/** The error body that the OpenAI API sends with this status. */
export function refusing(
  status: number,
  error: { message?: string; code?: string } = {},
  headers: Record<string, string> = {},
): ServerAnswer {
  return { status, headers, body: { error: { message: `status ${status}`, ...error } } };
}

/** One piece of a stream. */
export function delta(fields: object, finish: string | null = null): object {
  return {
    id: "chat-1",
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta: fields, finish_reason: finish }],
  };
}

function send(response: ServerResponse, answer: ServerAnswer): void {
  if ("bytes" in answer) {
    response.writeHead(200, { "content-type": answer.contentType });
    response.end(answer.bytes);
    return;
  }
  if ("status" in answer) {
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end(JSON.stringify(answer.body));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
  for (const chunk of answer.chunks)
    response.write(`data: ${typeof chunk === "string" ? chunk : JSON.stringify(chunk)}\n\n`);
  if (answer.after === "done") response.end("data: [DONE]\n\n");
  if (answer.after === "end") response.end();
  // Only once the pieces are on their way: the client shall have them before the line breaks.
  if (answer.after === "cut") response.write("", () => response.destroy());
}

function problemOf({ method, url, headers }: IncomingMessage, text: string): string | undefined {
  if (method !== "POST" || url !== "/v1/chat/completions") return `unexpected ${method} ${url}`;
  if (!headers["content-type"]?.startsWith("application/json")) return `content type ${headers["content-type"]}`;
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(text);
  } catch {
    return `no JSON: ${text}`;
  }
  if (body["stream"] !== true) return "the request does not ask for a stream";
  if (JSON.stringify(body["stream_options"]) !== '{"include_usage":true}') return "the request does not ask for usage";
  if (!Array.isArray(body["messages"]) || body["messages"].length === 0) return "the request has no messages";
  return undefined;
}

function wrongPath({ method, url }: IncomingMessage, path: string): string | undefined {
  return method === "POST" && url === path ? undefined : `unexpected ${method} ${url}`;
}

function bodyIn({ headers }: IncomingMessage, text: string): Record<string, unknown> {
  return headers["content-type"]?.startsWith("multipart/") ? { form: text } : JSON.parse(text);
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part);
  const isForm = incoming.headers["content-type"]?.startsWith("multipart/");
  return Buffer.concat(parts).toString(isForm ? "latin1" : "utf8");
}
