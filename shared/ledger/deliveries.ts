/** What jobs have to say to a person: told now in an agent's voice, held for the digest, or dropped, each with the reason. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import type { Tell } from "./events.ts";
import type { Note, Remember } from "./jobs.ts";
import { maybe } from "./maybe.ts";
import type { Parcels } from "./parcels.ts";
import type { MarkAsked } from "./purchases.ts";

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
  /** `failed`: it was to be told, and no transport could. */
  state: "held" | "queued" | "dropped" | "failed";
  /** Why the person is told, or is not, or could not be. */
  because: string;
  /** What shows that it is so: addresses, figures, rows. */
  evidence: readonly string[];
  /** The digest that it went out in. */
  toldWith: number | null;
  madeAt: number;
  toldAt: number | null;
};

export type Saying = Pick<Delivery, "job" | "key" | "severity" | "agent" | "room" | "text" | "because"> & {
  state: Exclude<Delivery["state"], "failed">;
  evidence?: readonly string[];
  /** Its parts as they leave, when it is told now; a function where they name its number, by which a person asks about it. */
  parts: readonly string[] | ((id: number) => readonly string[]);
  /** What goes out in it. */
  holds?: readonly number[];
  /** What its job knows from now on: in the same step, so that nothing is known that was not said. */
  notes?: readonly Note[];
  /** Purchases that it asks the person about. */
  asks?: readonly number[];
  /** Where in the room. */
  topic?: string | null;
};

export interface Deliveries {
  /** Writes it down and, when told now, queues its parts in the same step. Undefined when this key was said before, unless that failed. */
  say(saying: Saying): Promise<Delivery | undefined>;
  /** How many messages of jobs went to this room since this time, over all agents. Plans and what agents say of themselves have no budget. */
  toldSince(room: string, since: number): Promise<number>;
  /** What is held, for whichever room, oldest first. */
  held(): Promise<Delivery[]>;
  get(id: number): Promise<Delivery | undefined>;
  /** The newest, newest first. */
  latest(limit: number): Promise<Delivery[]>;
}

/** Says it inside a write step. */
export type SayNow = (saying: Saying) => Delivery | undefined;

/** Who speaks here without being a job. */
const NO_JOBS = ["approvals", "commands", "door", "plans"];

type Row = Omit<Delivery, "state" | "evidence" | "toldWith" | "madeAt" | "toldAt"> & {
  state: Saying["state"];
  evidence: string;
  failure: string | null;
  told_with: number | null;
  made_at: number;
  told_at: number | null;
};

type Deps = {
  db: Database;
  clock: Clock;
  tell: Tell;
  parcels: Parcels;
  remember: Remember;
  markAsked: MarkAsked;
};

/** The saying end alone, for stores that say something in a step of their own. */
export function createSay({ db, clock, tell, parcels, remember, markAsked }: Deps): SayNow {
  const insert = db.prepare<[Record<string, string | number | null>], Row>(`
    INSERT INTO deliveries (job, key, severity, agent, room, text, state, because, evidence, made_at, told_at)
    VALUES (@job, @key, @severity, @agent, @room, @text, @state, @because, @evidence, @now, CASE @state WHEN 'queued' THEN @now END)
    ON CONFLICT (key) DO UPDATE SET severity = @severity, agent = @agent, room = @room, text = @text, state = @state,
      because = @because, evidence = @evidence, failure = NULL, made_at = excluded.made_at, told_at = excluded.told_at
      WHERE failure IS NOT NULL
    RETURNING *
  `);
  const dropParcels = db.prepare("DELETE FROM outbox WHERE delivery = ?");
  const toldWith = db.prepare(
    "UPDATE deliveries SET state = 'queued', told_with = @digest, told_at = @now WHERE id = @id AND state = 'held'",
  );

  return ({ parts, holds = [], evidence = [], notes = [], asks = [], topic = null, ...saying }) => {
    const now = clock.now();
    const row = insert.get({ ...saying, evidence: JSON.stringify(evidence), now });
    if (row === undefined) return undefined;
    const { id, job, key, agent, room, state, because } = row;
    dropParcels.run(id);
    if (state === "queued") {
      const words = ["parcel of a delivery", key];
      const handed = { agent, room, topic, replyTo: null, parts: leaving(parts, id), words, by: `job ${job}` };
      parcels.queue({ delivery: id }, handed);
    }
    for (const one of holds) toldWith.run({ id: one, digest: id, now });
    remember(job, notes);
    markAsked(asks);
    tell(`delivery ${state}`, { agent }, { delivery: id, job, because });
    return fromRow(row);
  };
}

export function createDeliveries(db: Database, { read, write }: Atomic, say: SayNow): Deliveries {
  const toldSince = db
    .prepare<[string, number], number>(`
      SELECT count(*) FROM deliveries
      WHERE room = ? AND state = 'queued' AND told_with IS NULL AND told_at >= ? AND failure IS NULL
        AND job NOT IN (${NO_JOBS.map((name) => `'${name}'`).join(", ")})
    `)
    .pluck();
  // By `+id`, or the whole table would be read in its order instead of the few through their index.
  const held = db.prepare<[], Row>("SELECT * FROM deliveries WHERE state = 'held' ORDER BY +id");
  const get = db.prepare<[number], Row>("SELECT * FROM deliveries WHERE id = ?");
  const latest = db.prepare<[number], Row>("SELECT * FROM deliveries ORDER BY id DESC LIMIT ?");
  return {
    say: write(say),
    toldSince: read((room: string, since: number) => toldSince.get(room, since) ?? 0),
    held: read(() => held.all().map(fromRow)),
    get: read((id: number) => maybe(get.get(id), fromRow)),
    latest: read((limit: number) => latest.all(limit).map(fromRow)),
  };
}

function leaving(parts: Saying["parts"], id: number): readonly string[] {
  return typeof parts === "function" ? parts(id) : parts;
}

function fromRow({ evidence, failure, told_with, made_at, told_at, ...row }: Row): Delivery {
  return {
    ...row,
    ...(failure === null ? {} : { state: "failed", because: failure }),
    evidence: JSON.parse(evidence) as string[],
    toldWith: told_with,
    madeAt: made_at,
    toldAt: told_at,
  };
}
