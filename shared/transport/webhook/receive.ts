/** The door of the hooks: `POST /hooks/<name>`, small bodies, signed. Whichever agent gets the port listens for all. */
import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { z } from "zod";
import { type Clock, type Log, messageOf } from "../../base/index.ts";
import type { Heard, Hearing } from "../contract.ts";
import type { Hook } from "./hooks.ts";
import { verify } from "./signature.ts";

type Deps = {
  hooks: readonly Hook[];
  hearing: Hearing;
  address: { host: string; port: number };
  clock: Clock;
  log: Log;
  signal: AbortSignal;
};

const BODY_BYTES_MAX = 64 * 1024;
const REQUEST_MAX_MS = 10_000;
const CONNECTIONS_MAX = 100;
/** An agent that listened may be gone: the others look so often. */
const AGAIN_MS = 2_000;

const body = z.object({
  text: z.string().trim().min(1),
  /** The sender's own id: the same id is the same message. */
  id: z
    .string()
    .regex(/^[\w.:-]{1,100}$/u)
    .optional(),
  from: z.string().min(1).max(100).optional(),
  replyTo: z.string().max(100).nullish(),
  topic: z.string().max(100).nullish(),
});

/** Resolves when this process listens, or when another one does; then it takes over when that one is gone. `port` is undefined while it does not listen. */
export async function receive(deps: Deps): Promise<{ port(): number | undefined; close(): Promise<void> }> {
  const { address, clock, log, signal } = deps;
  let server: Server | undefined;
  /** Why it cannot listen; each reason is told once. That another agent listens is none. */
  let trouble = "";
  const attempt = async () => {
    try {
      server = await listen(deps);
      trouble = "";
      log.info("hooks listen", { host: address.host });
    } catch (error) {
      const because = (error as { code?: string }).code === "EADDRINUSE" ? "" : messageOf(error);
      if (because !== "" && because !== trouble) log.error("hooks cannot listen", { because });
      trouble = because;
    }
  };
  await attempt();
  const taking = (async () => {
    while (!signal.aborted) {
      await clock.sleep(AGAIN_MS, signal).catch(() => {});
      if (server === undefined && !signal.aborted) await attempt();
    }
  })();
  return {
    port: () => {
      const at = server?.address();
      return typeof at === "object" && at !== null ? at.port : undefined;
    },
    async close() {
      await taking;
      server?.closeAllConnections();
      await new Promise<void>((done) => (server === undefined ? done() : server.close(() => done())));
      server = undefined;
    },
  };
}

async function listen(deps: Deps): Promise<Server> {
  // Imported here because it brings all of fetch along: 80 ms of CPU that no start needs.
  const { createServer } = await import("node:http");
  const server = createServer(
    { requestTimeout: REQUEST_MAX_MS, headersTimeout: REQUEST_MAX_MS },
    (request, response) => {
      answer(deps, request, response).catch((error: unknown) => {
        deps.log.warn("hook not heard", { because: messageOf(error) });
        reply(response, 503, { error: "it could not be recorded; send it again" });
      });
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(deps.address.port, deps.address.host, () => resolve());
  });
  return server;
}

async function answer(
  { hooks, hearing, clock }: Deps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const name = /^\/hooks\/([a-z0-9-]+)$/u.exec(request.url ?? "")?.[1];
  if (name === undefined) return reply(response, 404, { error: "there are only /hooks/<name>" });
  if (request.method !== "POST") return reply(response, 405, { error: "post to a hook" });
  const text = await read(request);
  if (text === undefined) return reply(response, 413, { error: `a body has ${BODY_BYTES_MAX / 1024} KB at most` });
  const hook = hooks.find((one) => one.name === name);
  const proof = {
    timestamp: header(request, "x-kaos-timestamp"),
    signature: header(request, "x-kaos-signature"),
    authorization: request.headers.authorization,
  };
  // For a hook that is not there, a secret that nobody has: nobody learns which there are.
  const verdict = verify(hook?.secret ?? randomUUID(), text, proof, clock.now());
  if (!verdict.ok || hook === undefined) {
    return reply(response, 401, { error: verdict.ok ? "the secret or the signature is wrong" : verdict.because });
  }
  const said = parse(text);
  if ("problem" in said) return reply(response, 400, { error: said.problem });
  const { signature } = proof;
  const heard: Heard = {
    room: `webhook:${hook.name}`,
    // The same signed request is the same message, however often it comes.
    messageId:
      said.id ??
      (signature === undefined ? randomUUID() : createHash("sha256").update(signature).digest("hex").slice(0, 32)),
    topic: said.topic ?? null,
    sender: { kind: "allowed", id: `webhook:${hook.name}`, name: said.from ?? hook.name },
    text: said.text,
    replyTo: said.replyTo ?? null,
    saidAt: clock.now(),
  };
  await hearing.said(heard);
  reply(response, 202, { room: heard.room, messageId: heard.messageId });
}

function parse(text: string): z.output<typeof body> | { problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'the body is no JSON; write {"text": "…"}' };
  }
  const parsed = body.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return { problem: `${issue?.path.join(".") || "the body"}: ${issue?.message ?? "it cannot be read"}` };
}

/** Undefined when it is too large; the rest is not read. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > BODY_BYTES_MAX) return undefined;
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function header({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
}

function reply(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) return;
  // What was not read of a body ends with the connection.
  response.writeHead(status, {
    "content-type": "application/json",
    ...(status === 202 ? {} : { connection: "close" }),
  });
  response.end(`${JSON.stringify(body)}\n`);
}
