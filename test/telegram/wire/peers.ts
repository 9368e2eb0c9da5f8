/** Who stands at the other end of a line: a device, its sessions, their connections. */
import type { Account } from "../world/model.ts";

/**
 * Answers are provoked by a message of the client, notices are not; what has content must be acknowledged. An error goes
 * alone: gramjs stops reading a container at an error in it and loses what follows, and a real server, too, rarely has
 * an error ready in the same moment as something else.
 */
export type Manner = { kind: "answer" | "notice"; hasContent: boolean; isAlone?: boolean };

export type Session = {
  readonly id: Buffer;
  readonly uniqueId: bigint;
  readonly device: Device;
  connection: Connection | null;
  isAnnounced: boolean;
  /** Telegram sends updates to a session only after it has called something that allows them. */
  wantsUpdates: boolean;
  /** Messages of the client by number, and their answers once there are any. */
  readonly received: Map<bigint, { answer: Buffer | null; done: Promise<void> }>;
  /** Leaves together with everything else that is sent in this tick, in one container. */
  send(body: Buffer, manner: Manner): void;
  acknowledged(messageIds: Iterable<bigint>): void;
  /** Sends again what an earlier connection of this session may not have delivered. */
  resume(): void;
};

export type Connection = {
  readonly dcId: number;
  readonly sessions: Set<Session>;
  send(packet: Buffer): void;
  /** The few errors that are said without an envelope, such as 404: this key is unknown. */
  refuse(code: number): void;
  cut(): void;
  /** The line stays open, and nothing passes any more in either direction. */
  silence(): void;
  /** Cuts the line unless it is called again within the time. */
  cutAfter(delayMs: number): void;
};

export type Device = {
  readonly key: Buffer;
  readonly dcId: number;
  salt: bigint;
  /** Of the library that speaks; null until it has introduced itself. */
  layer: number | null;
  model: string;
  account: Account | null;
  /** Has shown the code (or the QR token) of this account and owes the second password. */
  awaitingPassword: Account | null;
  readonly sessions: Map<string, Session>;
};

/** Who calls, and over which line. */
export type Caller = { device: Device; session: Session; connection: Connection };
