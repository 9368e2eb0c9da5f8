/** Owned subjects: a message that belongs to somebody is watched until its owner has answered, or it is handed to the cover. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import { ALIVE_SQL } from "./agents.ts";
import type { GiveNow } from "./assignments/give.ts";
import type { Tell } from "./events.ts";
import { ASSIGNMENT_DEADLINE_MS } from "./limits.ts";
import { maybe } from "./maybe.ts";
import type { ClaimState, SubjectWatch } from "./types.ts";

export interface Watches {
  /** Begins to watch; the same message again changes nothing. */
  begin(watch: { message: number; subject: string; owner: string; deadlineAt: number }): Promise<void>;
  of(message: number): Promise<SubjectWatch | undefined>;
  /** Watches past their deadline whose owner neither answered nor is answering. Those that are answered end here. */
  due(): Promise<SubjectWatch[]>;
  /** Hands the message to the cover, once: an assignment in the same step. Without a cover it is dropped, and said so. */
  escalate(message: number, cover: string | undefined): Promise<void>;
}

type Row = Omit<SubjectWatch, "deadlineAt" | "changedAt"> & { deadline_at: number; changed_at: number };

type Stores = { db: Database; atomic: Atomic; clock: Clock; tell: Tell; give: GiveNow };

/** Watches that one sweep looks at. */
const DUE_MAX = 50;

export function createWatches({ db, atomic: { read, write }, clock, tell, give }: Stores): Watches {
  const begin = db.prepare(`
    INSERT INTO watches (message, subject, owner, deadline_at, state, changed_at)
    VALUES (@message, @subject, @owner, @deadlineAt, 'waiting', @now) ON CONFLICT DO NOTHING
  `);
  const of = db.prepare<[number], Row>("SELECT * FROM watches WHERE message = ?");
  const past = db.prepare<[number], Row>(
    `SELECT * FROM watches WHERE state = 'waiting' AND deadline_at <= ? ORDER BY deadline_at LIMIT ${DUE_MAX}`,
  );
  const anyPast = db
    .prepare<[number], number>("SELECT count(*) FROM watches WHERE state = 'waiting' AND deadline_at <= ?")
    .pluck();
  const end = db.prepare(
    "UPDATE watches SET state = @state, because = @because, changed_at = @now WHERE message = @message AND state = 'waiting'",
  );
  const ownersClaim = db.prepare<[Record<string, string | number>], { state: ClaimState; alive: number }>(`
    SELECT claims.state, ${ALIVE_SQL} AS alive FROM claims JOIN agents ON agents.name = claims.agent
    WHERE claims.message = @message AND claims.agent = @owner
  `);
  const deleted = db.prepare<[number], number>("SELECT deleted_at IS NOT NULL FROM messages WHERE seq = ?").pluck();

  function finish(row: Row, state: "answered" | "escalated" | "dropped", because: string): boolean {
    if (end.run({ message: row.message, state, because, now: clock.now() }).changes === 0) return false;
    tell(`watch ${state}`, { message: row.message, agent: row.owner }, { subject: row.subject, because });
    return true;
  }

  const isAnyPast = read(() => (anyPast.get(clock.now()) ?? 0) > 0);
  const settle = write((): SubjectWatch[] => {
    const now = clock.now();
    return past
      .all(now)
      .filter((row) => {
        if (deleted.get(row.message) === 1) return !finish(row, "dropped", "the message was deleted");
        const claim = ownersClaim.get({ message: row.message, owner: row.owner, now });
        if (claim?.state === "sent") return !finish(row, "answered", `${row.owner} answered`);
        if (claim?.state === "passed") return !finish(row, "answered", `${row.owner} had nothing to add`);
        const atIt = claim !== undefined && ["placed", "holding", "delivering", "expired"].includes(claim.state);
        return !(atIt && claim.alive === 1);
      })
      .map(fromRow);
  });

  return {
    begin: write((watch: { message: number; subject: string; owner: string; deadlineAt: number }) => {
      begin.run({ ...watch, now: clock.now() });
    }),
    of: read((message: number) => maybe(of.get(message), fromRow)),
    // Looking is a read; only what is past its deadline takes the write lock.
    due: async () => ((await isAnyPast()) ? settle() : []),
    escalate: write((message: number, cover: string | undefined) => {
      const row = of.get(message);
      if (row === undefined || row.state !== "waiting") return;
      if (cover === undefined) {
        finish(row, "dropped", `nobody covers for ${row.owner} (escalatesTo in its agent.json)`);
        return;
      }
      const given = give({
        key: `escalation ${message}`,
        kind: "escalation",
        agent: cover,
        giver: "swarm",
        message,
        task: `${row.owner} owns “${row.subject}” and has not answered in time.`,
        deadlineAt: clock.now() + ASSIGNMENT_DEADLINE_MS,
      });
      if (given.given) finish(row, "escalated", `${row.owner} did not answer in time; ${cover} takes over`);
      else finish(row, "dropped", given.because);
    }),
  };
}

function fromRow({ deadline_at, changed_at, ...row }: Row): SubjectWatch {
  return { ...row, deadlineAt: deadline_at, changedAt: changed_at };
}
