/** The same tools over streamable HTTP: on loopback, for whoever has the key, and for no web page. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { messageOf, OperationalError } from "../base/index.ts";
import { createServing, type Offering } from "./serve.ts";

/** The port is taken, or may not be used. The message says what to do. */
export class CannotServe extends OperationalError {
  override readonly name = "CannotServe";
}

export type HttpServing = Offering & {
  /** 0 takes a free one. */
  port: number;
  /** What a client must send as `Authorization: Bearer …`. */
  key: string;
};

const HOST = "127.0.0.1";
const PATH = "/mcp";
const BODY_BYTES_MAX = 1_000_000;
const CALLS_AT_ONCE_MAX = 16;
/** A client that sends its request more slowly than this is cut off. */
const REQUEST_MS = 30_000;

/**
 * Listens until it is closed. Each request stands alone: there are no sessions to keep or to steal. A request whose client goes
 * away is cancelled. Rejects with CannotServe.
 */
export async function serveToolsOverHttp({ port, key, ...offering }: HttpServing): Promise<{
  url: string;
  close(): Promise<void>;
}> {
  const { StreamableHTTPServerTransport } = await import("@modelcontextprotocol/sdk/server/streamableHttp.js");
  // Imported here because it brings all of fetch along: 80 ms of CPU that no start needs.
  const { createServer } = await import("node:http");
  let open = 0;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refusal = refusalOf(request, key, (server.address() as AddressInfo).port);
    if (refusal !== undefined) return refuse(response, refusal);
    if (open >= CALLS_AT_ONCE_MAX)
      return refuse(response, { status: 503, because: "Too many calls at once; try again." });
    open++;
    let serving: Awaited<ReturnType<typeof createServing>> | undefined;
    response.once("close", () => {
      open--;
      void serving?.close();
    });
    serving = await createServing(offering);
    // The client has gone away meanwhile.
    if (response.closed) return serving.close();
    const transport = new StreamableHTTPServerTransport({ maxRequestBodySize: BODY_BYTES_MAX });
    await serving.connect(transport as Parameters<typeof serving.connect>[0]);
    await transport.handleRequest(request, response);
  };
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      offering.log.warn("mcp request failed", { error });
      if (response.headersSent) response.destroy();
      else refuse(response, { status: 500, because: "This request could not be answered." });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) =>
      reject(new CannotServe(`Port ${port} cannot be used: ${messageOf(error)}. Choose another one with --port.`)),
    );
    server.listen(port, HOST, resolve);
  });
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}${PATH}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

type RefusedRequest = { status: number; because: string };

/**
 * In this order, so that nobody without the key learns anything. A page that a browser shows reaches loopback too: it cannot name
 * our host as its own (DNS rebinding), and every page says where it comes from.
 */
function refusalOf({ method, url, headers }: IncomingMessage, key: string, port: number): RefusedRequest | undefined {
  const hosts = [HOST, "localhost", "[::1]"].map((name) => `${name}:${port}`);
  if (headers.host === undefined || !hosts.includes(headers.host.toLowerCase()))
    return { status: 403, because: `This address is ${HOST}:${port}, and answers to no other name.` };
  if (headers.origin !== undefined && !hosts.some((host) => headers.origin === `http://${host}`))
    return { status: 403, because: "Web pages get no answer here." };
  if (!isKey(headers.authorization, key))
    return {
      status: 401,
      because: "Send the key as Authorization: Bearer <key>; it lies in mcp-serve.key of the home.",
    };
  if (URL.parse(url ?? "", `http://${HOST}`)?.pathname !== PATH)
    return { status: 404, because: `MCP is spoken at ${PATH}.` };
  if (method !== "POST") return { status: 405, because: "There are no sessions here: send a POST for each message." };
  return undefined;
}

/** Compares hashes, so that neither time nor length tells how much of it was right. */
function isKey(authorization: string | undefined, key: string): boolean {
  const [, given = ""] = /^Bearer (\S+)$/i.exec(authorization ?? "") ?? [];
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return key !== "" && timingSafeEqual(hash(given), hash(key));
}

function refuse(response: ServerResponse, { status, because }: RefusedRequest): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    ...(status === 401 && { "www-authenticate": "Bearer" }),
    ...(status === 405 && { allow: "POST" }),
  });
  response.end(`${because}\n`);
}
