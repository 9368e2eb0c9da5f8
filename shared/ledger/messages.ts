/** The durable inbox: what was said in a room, recorded once, whoever heard it. */
import { assert, type Clock, cut } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import type { Tell } from "./events.ts";
import { MESSAGE_CHARACTERS_MAX } from "./limits.ts";
import { maybe } from "./maybe.ts";
import type { Heard, Message, SenderKind } from "./types.ts";

export interface Messages {
  /** Records what a transport heard; the same message heard again (by another account, or redelivered) changes nothing. */
  record(heard: Heard): Promise<{ seq: number; fresh: boolean }>;
  /** New text of a message; every account tells of it, and once is enough. */
  edit(room: string, messageId: string, text: string): Promise<void>;
  /** The message is gone: claims on it that have not sent withdraw when they next look. */
  remove(room: string, messageId: string): Promise<void>;
  get(seq: number): Promise<Message | undefined>;
  find(room: string, messageId: string): Promise<Message | undefined>;
  /** Messages after this one, oldest first. */
  after(seq: number, limit: number): Promise<Message[]>;
  /** The last messages of a room (and topic, when given) before this one, oldest first. */
  before(message: { room: string; seq: number; topic?: string | null }, limit: number): Promise<Message[]>;
  /** The newest messages of a room, oldest first. */
  latest(room: string, limit: number): Promise<Message[]>;
  /** How many messages this message's sender said in the time before it, in any room; counted up to a few hundred. */
  saidBefore(message: Pick<Message, "seq" | "sender" | "recordedAt">, withinMs: number): Promise<number>;
  /** The newest roots that a person said, newest first. */
  roots(limit: number): Promise<Message[]>;
  /** A root with everything that goes back to it, oldest first. */
  thread(root: number): Promise<Message[]>;
}

type Row = {
  seq: number;
  room: string;
  message_id: string;
  topic: string | null;
  sender_kind: SenderKind;
  sender_id: string;
  sender_name: string;
  text: string;
  reply_to: string | null;
  root: number | null;
  hops: number;
  said_at: number;
  recorded_at: number;
  edited_at: number | null;
  deleted_at: number | null;
};

/** Messages before one that are looked at for what its sender said. */
const LOOK_BACK_MAX = 500;

/** Writes one message inside a write step: the inbox and the room's own delivery share it. */
export type RecordMessage = (heard: Heard) => { seq: number; fresh: boolean };

export function createRecord(db: Database, clock: Clock, tell: Tell): RecordMessage {
  const find = db.prepare<[string, string], Row>("SELECT * FROM messages WHERE room = ? AND message_id = ?");
  const insert = db
    .prepare<[Record<string, string | number | null>], number>(`
    INSERT INTO messages
      (room, message_id, topic, sender_kind, sender_id, sender_name, text, reply_to, root, hops, said_at, recorded_at)
    VALUES
      (@room, @messageId, @topic, @kind, @id, @name, @text, @replyTo, @root, @hops, @saidAt, @now)
    RETURNING seq
  `)
    .pluck();

  return (heard) => {
    const known = find.get(heard.room, heard.messageId);
    if (known !== undefined) return { seq: known.seq, fresh: false };
    // A person starts a new root, whatever it replies to. An agent's message goes back to the root of what it replies to.
    const parent =
      heard.sender.kind === "agent" && heard.replyTo !== null ? find.get(heard.room, heard.replyTo) : undefined;
    const seq = insert.get({
      room: heard.room,
      messageId: heard.messageId,
      topic: heard.topic,
      kind: heard.sender.kind,
      id: heard.sender.id,
      name: heard.sender.name,
      text: cut(heard.text, MESSAGE_CHARACTERS_MAX),
      replyTo: heard.replyTo,
      root: parent === undefined ? null : (parent.root ?? parent.seq),
      hops: parent === undefined ? 0 : parent.hops + 1,
      saidAt: heard.saidAt,
      now: clock.now(),
    });
    assert(seq !== undefined, "a message that is inserted is returned");
    tell(
      "message recorded",
      { message: seq },
      { room: heard.room, sender: heard.sender.name, kind: heard.sender.kind },
    );
    return { seq, fresh: true };
  };
}

export function createMessages(
  db: Database,
  { read, write }: Atomic,
  clock: Clock,
  tell: Tell,
  record: RecordMessage,
): Messages {
  const edit = db
    .prepare<[Record<string, string | number>], number>(`
      UPDATE messages SET text = @text, edited_at = @now
      WHERE room = @room AND message_id = @messageId AND deleted_at IS NULL AND text <> @text RETURNING seq
    `)
    .pluck();
  const remove = db
    .prepare<[number, string, string], number>(
      "UPDATE messages SET deleted_at = ? WHERE room = ? AND message_id = ? AND deleted_at IS NULL RETURNING seq",
    )
    .pluck();
  const get = db.prepare<[number], Row>("SELECT * FROM messages WHERE seq = ?");
  const find = db.prepare<[string, string], Row>("SELECT * FROM messages WHERE room = ? AND message_id = ?");
  const after = db.prepare<[number, number], Row>(
    "SELECT * FROM messages WHERE seq > ? ORDER BY seq LIMIT CAST(? AS INTEGER)",
  );
  const before = db.prepare<[Record<string, string | number | null>], Row>(`
    SELECT * FROM messages
    WHERE room = CAST(@room AS TEXT) AND seq < @seq AND deleted_at IS NULL AND (@anyTopic OR topic IS @topic)
    ORDER BY seq DESC LIMIT CAST(@limit AS INTEGER)
  `);
  const latest = db.prepare<[string, number], Row>("SELECT * FROM messages WHERE room = ? ORDER BY seq DESC LIMIT ?");
  const roots = db.prepare<[number], Row>(
    "SELECT * FROM messages WHERE root IS NULL AND sender_kind <> 'agent' ORDER BY seq DESC LIMIT ?",
  );
  const saidBefore = db
    .prepare<[Record<string, string | number>], number>(`
      SELECT count(*) FROM (SELECT * FROM messages WHERE seq < @seq ORDER BY seq DESC LIMIT ${LOOK_BACK_MAX})
      WHERE recorded_at > @since AND sender_kind = @kind AND sender_id = @id
    `)
    .pluck();
  const thread = db.prepare<[number, number], Row>(
    "SELECT * FROM messages WHERE seq = CAST(? AS INTEGER) OR root = CAST(? AS INTEGER) ORDER BY seq",
  );

  // Of six accounts that hear a message five find it there: that takes no write lock.
  const known = read((room: string, messageId: string) => find.get(room, messageId)?.seq);
  const recordNow = write(record);

  return {
    async record(heard) {
      const seq = await known(heard.room, heard.messageId);
      return seq === undefined ? recordNow(heard) : { seq, fresh: false };
    },
    edit: write((room: string, messageId: string, text: string) => {
      const seq = edit.get({ text: cut(text, MESSAGE_CHARACTERS_MAX), now: clock.now(), room, messageId });
      if (seq !== undefined) tell("message edited", { message: seq });
    }),
    remove: write((room: string, messageId: string) => {
      const seq = remove.get(clock.now(), room, messageId);
      if (seq !== undefined) tell("message deleted", { message: seq });
    }),
    get: read((seq: number) => maybe(get.get(seq), fromRow)),
    find: read((room: string, messageId: string) => maybe(find.get(room, messageId), fromRow)),
    after: read((seq: number, limit: number) => after.all(seq, limit).map(fromRow)),
    before: read(({ room, seq, topic }: { room: string; seq: number; topic?: string | null }, limit: number) =>
      before
        .all({ room, seq, topic: topic ?? null, anyTopic: topic === undefined ? 1 : 0, limit })
        .reverse()
        .map(fromRow),
    ),
    latest: read((room: string, limit: number) => latest.all(room, limit).reverse().map(fromRow)),
    saidBefore: read(
      ({ seq, sender, recordedAt }: Pick<Message, "seq" | "sender" | "recordedAt">, withinMs: number) =>
        saidBefore.get({ seq, since: recordedAt - withinMs, kind: sender.kind, id: sender.id }) ?? 0,
    ),
    roots: read((limit: number) => roots.all(limit).map(fromRow)),
    thread: read((root: number) => thread.all(root, root).map(fromRow)),
  };
}

function fromRow(row: Row): Message {
  return {
    seq: row.seq,
    room: row.room,
    messageId: row.message_id,
    topic: row.topic,
    sender: { kind: row.sender_kind, id: row.sender_id, name: row.sender_name },
    text: row.text,
    replyTo: row.reply_to,
    root: row.root ?? row.seq,
    hops: row.hops,
    saidAt: row.said_at,
    recordedAt: row.recorded_at,
    editedAt: row.edited_at,
    deletedAt: row.deleted_at,
  };
}
