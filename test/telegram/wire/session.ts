/** One run of a client: what it has sent, what it has been sent, and the numbers in between. */
import { randomBytes } from "node:crypto";
import { sealEnvelope } from "./envelope.ts";
import type { MessageIds } from "./message-ids.ts";
import type { Device, Manner, Session } from "./peers.ts";
import { container, type Numbered } from "./tl.ts";

type Waiting = Numbered & Manner;

export function createSession(id: Buffer, device: Device, ids: MessageIds): Session {
  let contentSent = 0;
  let waiting: Waiting[] = [];
  const unacknowledged = new Map<bigint, Waiting>();

  function flush(): void {
    const messages = waiting;
    waiting = [];
    for (const message of messages) if (message.hasContent) unacknowledged.set(message.messageId, message);
    seal(messages.filter(({ isAlone }) => !isAlone));
    for (const message of messages) if (message.isAlone) seal([message]);
  }

  function seal(messages: readonly Waiting[]): void {
    const [first] = messages;
    if (!first || !session.connection) return;
    const letter: Numbered =
      messages.length === 1
        ? first
        : { messageId: ids.next("notice"), sequence: contentSent * 2, body: container(messages) };
    session.connection.send(sealEnvelope(device.key, { salt: device.salt, sessionId: id, ...letter }));
  }

  function enqueue(message: Waiting): void {
    waiting.push(message);
    if (waiting.length === 1) setImmediate(flush);
  }

  const session: Session = {
    id,
    uniqueId: randomBytes(8).readBigInt64LE(),
    device,
    connection: null,
    isAnnounced: false,
    wantsUpdates: false,
    received: new Map(),
    send(body, manner) {
      const sequence = contentSent * 2 + (manner.hasContent ? 1 : 0);
      if (manner.hasContent) contentSent += 1;
      enqueue({ ...manner, messageId: ids.next(manner.kind), sequence, body });
    },
    acknowledged(messageIds) {
      for (const messageId of messageIds) unacknowledged.delete(messageId);
    },
    resume() {
      for (const message of unacknowledged.values()) enqueue(message);
    },
  };
  return session;
}
