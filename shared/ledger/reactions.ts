/** Feedback: what people's reactions to the agents' answers are. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import type { Tell } from "./events.ts";
import type { Sender } from "./types.ts";

export type Reaction = {
  message: number;
  agent: string;
  person: string;
  personName: string;
  emoji: string;
  at: number;
};

export interface Reactions {
  /** These are all reactions that a message has now. Kept are those of people whom we know, to an agent's message; the rest is no feedback. */
  heard(all: { room: string; messageId: string; reactions: readonly { by: Sender; emoji: string }[] }): Promise<void>;
  ofMessage(message: number): Promise<Reaction[]>;
  /** What came since this time, oldest first. */
  since(at: number): Promise<Reaction[]>;
}

export function createReactions(db: Database, { read, write }: Atomic, clock: Clock, tell: Tell): Reactions {
  const reactedTo = db.prepare<[string, string], { seq: number; agent: string }>(
    "SELECT seq, sender_name AS agent FROM messages WHERE room = ? AND message_id = ? AND sender_kind = 'agent'",
  );
  const SELECT = `
    SELECT message, sender_name AS agent, person, person_name AS personName, emoji, at
    FROM reactions JOIN messages ON messages.seq = reactions.message
  `;
  const ofMessage = db.prepare<[number], Reaction>(`${SELECT} WHERE message = ? ORDER BY at, person, emoji`);
  const since = db.prepare<[number], Reaction>(`${SELECT} WHERE at >= ? ORDER BY at, message, person, emoji`);
  const insert = db.prepare<[Record<string, string | number>]>(
    "INSERT INTO reactions (message, person, person_name, emoji, at) VALUES (@message, @person, @personName, @emoji, @now)",
  );
  const takeBack = db.prepare("DELETE FROM reactions WHERE message = ? AND person = ? AND emoji = ?");
  return {
    heard: write(({ room, messageId, reactions }: Parameters<Reactions["heard"]>[0]) => {
      const about = reactedTo.get(room, messageId);
      if (about === undefined) return;
      const counts = reactions.filter(({ by }) => by.kind === "owner" || by.kind === "allowed");
      const now = new Set(counts.map(({ by, emoji }) => `${by.id} ${emoji}`));
      const before = ofMessage.all(about.seq);
      const known = new Set(before.map(({ person, emoji }) => `${person} ${emoji}`));
      for (const { person, emoji } of before) {
        if (!now.has(`${person} ${emoji}`)) takeBack.run(about.seq, person, emoji);
      }
      for (const { by, emoji } of counts) {
        if (known.has(`${by.id} ${emoji}`)) continue;
        known.add(`${by.id} ${emoji}`);
        insert.run({ message: about.seq, person: by.id, personName: by.name, emoji, now: clock.now() });
        tell("reacted", { message: about.seq, agent: about.agent }, { emoji });
      }
    }),
    ofMessage: read((message: number) => ofMessage.all(message)),
    since: read((at: number) => since.all(at)),
  };
}
