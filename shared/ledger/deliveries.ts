/** What jobs have to say to a person: told now in an agent's voice, held for the digest, or dropped, each with the reason. */
import { type Clock, stableId } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import type { Tell } from "./events.ts";

export type Severity = "info" | "notable" | "urgent";

export type Delivery = {
  id: number;
  job: string;
  /** The same key is the same finding: it is said once. */
  key: string;
  severity: Severity;
  /** In whose voice, and where. */
  agent: string;
  room: string;
  text: string;
  state: "held" | "queued" | "dropped";
  /** Why the person is told, or is not. */
  because: string;
  /** What shows that it is so: addresses, figures, rows. */
  evidence: readonly string[];
  /** The digest that it went out in. */
  toldWith: number | null;
  madeAt: number;
  toldAt: number | null;
};

export type Saying = Pick<Delivery, "job" | "key" | "severity" | "agent" | "room" | "text" | "state" | "because"> & {
  evidence?: readonly string[];
  /** Its parts as they leave, when it is told now; a function where they name its number, by which a person asks about it. */
  parts: readonly string[] | ((id: number) => readonly string[]);
  /** What goes out in it. */
  holds?: readonly number[];
};

export interface Deliveries {
  /** Writes it down and, when told now, queues its parts in the same step. Undefined when this key was said before. */
  say(saying: Saying): Promise<Delivery | undefined>;
  /** How many messages of jobs went to this room since this time, over all agents. */
  toldSince(room: string, since: number): Promise<number>;
  /** What is held for this room, oldest first. */
  held(room: string): Promise<Delivery[]>;
  get(id: number): Promise<Delivery | undefined>;
  /** The newest, newest first. */
  latest(limit: number): Promise<Delivery[]>;
}

type Row = Omit<Delivery, "evidence" | "toldWith" | "madeAt" | "toldAt"> & {
  evidence: string;
  told_with: number | null;
  made_at: number;
  told_at: number | null;
};

export function createDeliveries(db: Database, { read, write }: Atomic, clock: Clock, tell: Tell): Deliveries {
  const insert = db.prepare<[Record<string, string | number | null>], Row>(`
    INSERT INTO deliveries (job, key, severity, agent, room, text, state, because, evidence, made_at, told_at)
    VALUES (@job, @key, @severity, @agent, @room, @text, @state, @because, @evidence, @now, CASE @state WHEN 'queued' THEN @now END)
    ON CONFLICT DO NOTHING RETURNING *
  `);
  const toldWith = db.prepare(
    "UPDATE deliveries SET state = 'queued', told_with = @digest, told_at = @now WHERE id = @id AND state = 'held'",
  );
  const queue = db.prepare(`
    INSERT INTO outbox (delivery, agent, room, part, text, random_id, state, due_at, queued_at, by)
    VALUES (@delivery, @agent, @room, @part, @text, @randomId, 'queued', @now, @now, @by)
  `);
  const toldSince = db
    .prepare<[string, number], number>(
      "SELECT count(*) FROM deliveries WHERE room = ? AND state = 'queued' AND told_with IS NULL AND told_at >= ?",
    )
    .pluck();
  const held = db.prepare<[string], Row>("SELECT * FROM deliveries WHERE room = ? AND state = 'held' ORDER BY id");
  const get = db.prepare<[number], Row>("SELECT * FROM deliveries WHERE id = ?");
  const latest = db.prepare<[number], Row>("SELECT * FROM deliveries ORDER BY id DESC LIMIT ?");
  return {
    say: write(({ parts, holds = [], evidence = [], ...saying }: Saying) => {
      const now = clock.now();
      const row = insert.get({ ...saying, evidence: JSON.stringify(evidence), now });
      if (row === undefined) return undefined;
      const { id, job, agent, room, state, because } = row;
      for (const [index, text] of state === "queued" ? leaving(parts, id).entries() : []) {
        const randomId = stableId("parcel of a delivery", row.key, index + 1);
        queue.run({ delivery: id, agent, room, part: index + 1, text, randomId, now, by: `job ${job}` });
      }
      for (const one of holds) toldWith.run({ id: one, digest: id, now });
      tell(`delivery ${state}`, { agent }, { delivery: id, job, because });
      return fromRow(row);
    }),
    toldSince: read((room: string, since: number) => toldSince.get(room, since) ?? 0),
    held: read((room: string) => held.all(room).map(fromRow)),
    get: read((id: number) => {
      const row = get.get(id);
      return row === undefined ? undefined : fromRow(row);
    }),
    latest: read((limit: number) => latest.all(limit).map(fromRow)),
  };
}

function leaving(parts: Saying["parts"], id: number): readonly string[] {
  return typeof parts === "function" ? parts(id) : parts;
}

function fromRow({ evidence, told_with, made_at, told_at, ...row }: Row): Delivery {
  return { ...row, evidence: JSON.parse(evidence) as string[], toldWith: told_with, madeAt: made_at, toldAt: told_at };
}
