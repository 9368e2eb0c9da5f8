/** The wire: sockets on one side, calls and updates on the other. It knows keys and sessions and nothing of chats. */
import type { Socket } from "node:net";
import type { Account } from "../world/model.ts";
import { openConnection } from "./connection.ts";
import { createDevices, type Devices } from "./devices.ts";
import { openEnvelope } from "./envelope.ts";
import { createHandshake } from "./handshake.ts";
import { createMessageIds } from "./message-ids.ts";
import { int64, uint32 } from "./numbers.ts";
import type { Connection, Session } from "./peers.ts";
import { createReceive, type Respond } from "./receive.ts";
import type { RsaKey } from "./rsa-key.ts";
import { decode, type TlObject } from "./tl.ts";

export type Wire = {
  readonly devices: Devices;
  /** From here on the socket speaks MTProto, with the data centre of this number. */
  accept(socket: Socket, dcId: number): void;
  connectionsOf(account?: Account): Connection[];
  /** The sessions of an account that are connected and want updates. */
  listeningSessions(account: Account): Session[];
  /** Ends all connections. */
  close(): void;
};

type Deps = { rsa: RsaKey; respond: Respond; failed(because: unknown, query: TlObject): void };

const noKey = Buffer.alloc(8);
const unknownKey = 404;

export function createWire({ rsa, respond, failed }: Deps): Wire {
  const devices = createDevices();
  const connections = new Set<Connection>();
  const ids = createMessageIds();
  const receive = createReceive({ ids, respond, failed });

  function accept(socket: Socket, dcId: number): void {
    const handshake = createHandshake(rsa, (key) => void devices.add(key, dcId));

    function packet(bytes: Buffer, from: Connection): void {
      const keyId = bytes.subarray(0, 8);
      const device = devices.find(keyId);
      if (keyId.equals(noKey)) shakeHands(bytes, from);
      else if (device?.dcId === dcId) receive(device, openEnvelope(device.key, bytes), from);
      else from.refuse(unknownKey);
    }

    function shakeHands(bytes: Buffer, from: Connection): void {
      const body = handshake.answer(decode(bytes.subarray(20)).object).getBytes();
      from.send(Buffer.concat([noKey, int64(ids.next("answer")), uint32(body.length), body]));
    }

    connections.add(openConnection(socket, dcId, { packet, closed }));
  }

  function closed(connection: Connection): void {
    connections.delete(connection);
    for (const session of connection.sessions) if (session.connection === connection) session.connection = null;
  }

  return {
    devices,
    accept,
    connectionsOf(account) {
      const isTheirs = (connection: Connection) =>
        [...connection.sessions].some((session) => session.device.account === account);
      return [...connections].filter((connection) => !account || isTheirs(connection));
    },
    listeningSessions: (account) =>
      devices
        .of(account)
        .flatMap((device) => [...device.sessions.values()])
        .filter((session) => session.wantsUpdates && session.connection),
    close() {
      for (const connection of connections) connection.cut();
    },
  };
}
