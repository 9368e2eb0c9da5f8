/** What of a ledger the people in its room see. */
import type { Visible } from "../../shared/simulation/index.ts";
import type { Database } from "../../shared/sqlite/index.ts";
import { MAIN_ROOM } from "../../shared/transport/index.ts";

/** In the local room everybody sees what the ledger holds, and nothing else. */
export function visibleIn(eye: Database): Visible[] {
  type Row = {
    id: string;
    kind: "owner" | "agent";
    senderId: string;
    name: string;
    text: string;
    replyTo: string | null;
    at: number;
  };
  return eye
    .prepare<[], Row>(`
      SELECT message_id AS id, sender_kind AS kind, sender_id AS senderId, sender_name AS name, text, reply_to AS replyTo, said_at AS at
      FROM messages ORDER BY seq
    `)
    .all()
    .map(({ id, kind, senderId, name, text, replyTo, at }) => ({
      messageId: id,
      sender: { kind, id: senderId, name },
      room: MAIN_ROOM,
      topic: null,
      texts: [text],
      deleted: false,
      replyTo,
      at,
      randomId: null,
    }));
}
