/** Discord's gateway as its client sees it: a WebSocket that greets, identifies, beats, and dispatches events. */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

export type Line = {
  /** Sends an event; the client counts them. */
  dispatch(event: string, data: object): void;
  /** Breaks the line, without a word. */
  cut(): void;
};

type Deps = {
  /** Somebody has identified with this token: what the client gets first. Undefined when nobody has this token. */
  identified(token: string): { event: string; data: object }[] | undefined;
  opened(line: Line): void;
  closed(line: Line): void;
};

const text = 1;
const closing = 8;
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Takes over a connection that wants to be a WebSocket (RFC 6455); text frames of JSON, nothing compressed. */
export function openLine(request: IncomingMessage, socket: Duplex, { identified, opened, closed }: Deps): void {
  const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${GUID}`).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
  );
  let sequence = 0;
  const send = (packet: object) => void socket.write(frame(text, Buffer.from(JSON.stringify(packet))));
  const line: Line = {
    dispatch: (t, d) => send({ op: 0, s: ++sequence, t, d }),
    cut: () => void socket.destroy(),
  };
  socket.on("error", () => {});
  socket.on("close", () => closed(line));
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    for (let one = unframe(rest); one !== undefined; one = unframe(rest)) {
      rest = rest.subarray(one.length);
      if (one.kind === closing) return void socket.end(frame(closing, one.payload));
      if (one.kind === text) hear(JSON.parse(one.payload.toString("utf8")));
    }
  });
  send({ op: 10, d: { heartbeat_interval: 40_000 } });

  function hear({ op, d }: { op: number; d: { token?: string } }): void {
    if (op === 1) send({ op: 11 });
    // No session is resumed here: the client is told to identify anew.
    if (op === 6) send({ op: 9, d: false });
    if (op === 2) identify(d.token ?? "");
  }

  function identify(token: string): void {
    const first = identified(token);
    const refused = Buffer.alloc(2);
    refused.writeUInt16BE(4004);
    if (first === undefined) {
      socket.end(frame(closing, refused));
      return;
    }
    for (const { event, data } of first) line.dispatch(event, data);
    opened(line);
  }
}

/** A frame of the server: whole, unmasked. */
function frame(kind: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10);
  head[0] = 0x80 | kind;
  head[1] = payload.length < 126 ? payload.length : payload.length < 65_536 ? 126 : 127;
  if (head[1] === 126) head.writeUInt16BE(payload.length, 2);
  if (head[1] === 127) head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

/** The first whole frame of a client, unmasked; undefined while more must come. Nothing here is longer than 64 KB. */
function unframe(bytes: Buffer): { kind: number; payload: Buffer; length: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = (bytes[1] ?? 0) & 0x7f;
  const start = short === 126 ? 8 : 6;
  if (bytes.length < start) return undefined;
  const size = short === 126 ? bytes.readUInt16BE(2) : short;
  if (bytes.length < start + size) return undefined;
  const mask = bytes.subarray(start - 4, start);
  const payload = Buffer.from(bytes.subarray(start, start + size).map((byte, at) => byte ^ (mask[at % 4] ?? 0)));
  return { kind: (bytes[0] ?? 0) & 0x0f, payload, length: start + size };
}
