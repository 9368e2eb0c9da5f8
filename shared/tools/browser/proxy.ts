/** The only way from the browser to the web: a proxy on loopback that asks about each host, and connects to the address it was told. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** Where a host may be reached, or a sentence about why not. The address is used as it is: no name is looked up twice. */
export type Reach = (
  host: string,
  port: number,
) => Promise<{ allowed: true; address: string } | { allowed: false; because: string }>;

export type Door = { port: number; close(): Promise<void> };

/** The status of what is not let through. */
export const REFUSED = 403;

const CONNECT_MAX_MS = 10_000;
/** A connection on which nothing moves for so long is closed. */
const IDLE_MAX_MS = 60_000;
const CONNECTIONS_MAX = 100;
/** Headers that are between the browser and the proxy alone (RFC 9110, 7.6.1). */
const HOP_HEADERS = ["connection", "proxy-connection", "proxy-authorization", "keep-alive", "te", "trailer", "upgrade"];

/** `refused` hears of each host that was not let through. */
export async function openProxy(reach: Reach, refused: (host: string, because: string) => void): Promise<Door> {
  // Imported here because it brings all of fetch along: 80 ms of CPU that no start needs.
  const { createServer, request } = await import("node:http");
  const open = new Set<Duplex>();
  const track = (socket: Duplex): void => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    // A connection that breaks is the other side's business.
    socket.on("error", () => socket.destroy());
  };
  const server = createServer((incoming, outgoing) => void pass(incoming, outgoing));
  server.maxConnections = CONNECTIONS_MAX;
  server.on("connection", track);
  server.on("connect", (incoming, socket, head) => void tunnel(incoming, socket, head));
  server.on("upgrade", (_incoming, socket) => socket.destroy());
  const port = await listen(server);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };

  /** https, and whatever else wants a pipe. */
  async function tunnel(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const url = URL.parse(`https://${incoming.url ?? ""}`);
    if (url === null) return void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    const target = await decide(hostOf(url), Number(url.port || 443));
    if (!target.allowed) return void socket.end(`HTTP/1.1 ${REFUSED} Forbidden\r\n\r\n`);
    const through = connectTo(target.address, Number(url.port || 443));
    socket.once("close", () => through.destroy());
    through.once("close", () => socket.destroy());
    through.once("connect", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      through.write(head);
      through.pipe(socket).pipe(through);
    });
  }

  /** Plain http. */
  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const url = URL.parse(incoming.url ?? "");
    if (url?.protocol !== "http:") return void outgoing.writeHead(400).end("This proxy is asked with whole addresses.");
    const target = await decide(hostOf(url), Number(url.port || 80));
    if (!target.allowed) return void outgoing.writeHead(REFUSED, { "content-type": "text/plain" }).end(target.because);
    const kept = Object.entries(incoming.headers).filter(([name]) => !HOP_HEADERS.includes(name));
    const asked = request({
      createConnection: () => connectTo(target.address, Number(url.port || 80)),
      method: incoming.method,
      path: `${url.pathname}${url.search}`,
      headers: { ...Object.fromEntries(kept), host: url.host, connection: "close" },
    });
    asked.once("response", (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on("error", () => outgoing.destroy());
      answer.pipe(outgoing);
    });
    asked.once("error", () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()));
    outgoing.once("close", () => asked.destroy());
    incoming.pipe(asked);
  }

  async function decide(host: string, port: number): ReturnType<Reach> {
    // What cannot be decided is refused.
    const target = await reach(host, port).catch(() => ({ allowed: false, because: `${host} was not found` }) as const);
    if (!target.allowed) refused(host, target.because);
    return target;
  }

  function connectTo(host: string, port: number): Socket {
    const socket = connect({ host, port, timeout: CONNECT_MAX_MS });
    track(socket);
    socket.once("connect", () => socket.setTimeout(IDLE_MAX_MS));
    socket.on("timeout", () => socket.destroy());
    return socket;
  }
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}
