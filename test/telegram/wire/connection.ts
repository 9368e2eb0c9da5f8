/** One TCP connection: packets in and out, and the ways it can fail. */
import type { Socket } from "node:net";
import { createFraming } from "../framing/framing.ts";
import { int32 } from "./numbers.ts";
import type { Connection } from "./peers.ts";

export type ConnectionEvents = {
  /** A packet came. What this throws ends the connection. */
  packet(packet: Buffer, connection: Connection): void;
  closed(connection: Connection): void;
};

export function openConnection(socket: Socket, dcId: number, { packet, closed }: ConnectionEvents): Connection {
  const framing = createFraming();
  let isSilent = false;
  let timer: NodeJS.Timeout | undefined;

  const connection: Connection = {
    dcId,
    sessions: new Set(),
    send: (bytes) => void (isSilent || socket.destroyed || socket.write(framing.write(bytes))),
    refuse(code) {
      connection.send(int32(-code));
      socket.end();
    },
    cut: () => void socket.destroy(),
    silence() {
      isSilent = true;
    },
    cutAfter(delayMs) {
      clearTimeout(timer);
      timer = setTimeout(() => socket.destroy(), delayMs).unref();
    },
  };

  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    clearTimeout(timer);
    closed(connection);
  });
  socket.on("data", (bytes) => {
    if (isSilent) return;
    try {
      for (const each of framing.feed(bytes)) packet(each, connection);
    } catch {
      // Telegram, too, answers what it cannot read by hanging up.
      socket.destroy();
    }
  });
  return connection;
}
