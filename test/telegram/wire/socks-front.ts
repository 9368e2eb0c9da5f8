/** A SOCKS5 proxy (RFC 1928: no authentication, CONNECT only) that leads every data-centre address to the server. */
import { createServer, type Server, type Socket } from "node:net";

export type SocksFront = { port: number; close(): Promise<void> };

/** Who takes over a connection to this address; null when nobody is there. */
type Route = (address: string) => ((socket: Socket) => void) | null;

const succeeded = 0;
const hostUnreachable = 4;

export async function openSocksFront(route: Route): Promise<SocksFront> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    void greet(socket).then((address) => {
      if (address === null) return socket.destroy();
      const takeOver = route(address);
      if (!takeOver) return socket.end(replyOf(hostUnreachable));
      socket.write(replyOf(succeeded));
      return takeOver(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: portOf(server), close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** The IPv4 address or the name that the client wants to reach; null when it hangs up or says something else. */
async function greet(socket: Socket): Promise<string | null> {
  const methods = await take(socket, 2, ([, count = 0]) => 2 + count);
  if (methods?.[0] !== 5) return null;
  socket.write(Buffer.from([5, 0]));
  const request = await take(socket, 5, ([, , , kind, first = 0]) => (kind === 1 ? 10 : kind === 3 ? 7 + first : 22));
  if (request?.[1] !== 1) return null;
  if (request[3] === 1) return request.subarray(4, 8).join(".");
  return request[3] === 3 ? request.subarray(5, -2).toString() : null;
}

/** One message whose length its first bytes tell; what comes after it stays in the socket. */
async function take(socket: Socket, least: number, lengthOf: (start: Buffer) => number): Promise<Buffer | null> {
  let bytes: Buffer = Buffer.alloc(0);
  for (;;) {
    const wanted = bytes.length < least ? least : lengthOf(bytes);
    if (bytes.length >= least && bytes.length >= wanted) {
      if (bytes.length > wanted) socket.unshift(bytes.subarray(wanted));
      return bytes.subarray(0, wanted);
    }
    const more = await nextBytes(socket);
    if (more === null) return null;
    bytes = Buffer.concat([bytes, more]);
  }
}

function nextBytes(socket: Socket): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const look = () => {
      const bytes: Buffer | null = socket.read();
      if (bytes === null && !socket.destroyed && !socket.readableEnded) return;
      socket.off("readable", look).off("close", look).off("end", look);
      resolve(bytes);
    };
    socket.on("readable", look).on("close", look).on("end", look);
    look();
  });
}

function replyOf(code: number): Buffer {
  return Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen on a port");
  return address.port;
}
