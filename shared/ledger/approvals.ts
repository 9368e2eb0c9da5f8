/** Calls that wait for a person: asked once, decided once, and the decision sends the waiting turn on its way. */
import { assert, type Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import type { GiveNow } from "./assignments/give.ts";
import { OPEN_SQL } from "./assignments/rows.ts";
import type { Tell } from "./events.ts";
import { DECIDED_DEADLINE_MS } from "./limits.ts";
import { maybe } from "./maybe.ts";
import type { Approval, ApprovalState } from "./types.ts";

export type ApprovalAsk = Pick<
  Approval,
  "agent" | "turn" | "tool" | "arguments" | "message" | "because" | "sources"
> & { call: string };

export interface Approvals {
  /** Asks, or finds what was asked before. With other arguments than then it is denied: what was approved is what runs. */
  ask(asking: ApprovalAsk): Promise<Approval>;
  /** Decides once. In the same step the turn goes on: by an assignment where it answers a message, or in the work that is parked on it. */
  decide(id: number, decision: { granted: boolean; by: string; said?: string }): Promise<Decided>;
  /** Denies what nobody decided in time. Any process may, at any time. */
  expire(): Promise<number>;
  get(id: number): Promise<Approval | undefined>;
  /** What was asked about this call of a turn. */
  ofCall(agent: string, turn: string, call: string): Promise<Approval | undefined>;
  pending(): Promise<Approval[]>;
  /** The newest, newest first. */
  latest(limit: number): Promise<Approval[]>;
}

export type Decided = { decided: true; approval: Approval } | { decided: false; because: string };

type Row = Omit<Approval, "sources" | "askedAt" | "expiresAt" | "decidedAt"> & {
  sources: string;
  asked_at: number;
  expires_at: number;
  decided_at: number | null;
};

type Stores = { db: Database; atomic: Atomic; clock: Clock; tell: Tell; give: GiveNow; expireMs: number };

export function createApprovals({ db, atomic: { read, write }, clock, tell, give, expireMs }: Stores): Approvals {
  const find = db.prepare<[string, string, string], Row>(
    "SELECT * FROM approvals WHERE agent = ? AND turn = ? AND call = ?",
  );
  const insert = db.prepare<[Record<string, string | number | null>], Row>(`
    INSERT INTO approvals (turn, call, agent, tool, arguments, message, because, sources, state, asked_at, expires_at)
    VALUES (@turn, @call, @agent, @tool, @arguments, @message, @because, @sources, 'pending', @now, @now + @expireMs)
    RETURNING *
  `);
  const get = db.prepare<[number], Row>("SELECT * FROM approvals WHERE id = ?");
  const decide = db.prepare(
    "UPDATE approvals SET state = @state, by = @by, said = @said, decided_at = @now WHERE id = @id AND state = 'pending'",
  );
  const overdue = db.prepare<[number], Row>("SELECT * FROM approvals WHERE state = 'pending' AND expires_at <= ?");
  // By `+id`, or the whole table would be read in its order instead of the few through their index.
  const pending = db.prepare<[], Row>("SELECT * FROM approvals WHERE state = 'pending' ORDER BY +id");
  const latest = db.prepare<[number], Row>("SELECT * FROM approvals ORDER BY id DESC LIMIT ?");

  const goOn = db.prepare<[Record<string, number>]>(
    `UPDATE assignments SET waits_for = NULL, due_at = @now, deadline_at = max(deadline_at, @deadlineAt), changed_at = @now
     WHERE ${OPEN_SQL} AND waits_for = @id AND state = 'waiting'`,
  );

  function settle(row: Row, state: ApprovalState, by: string, said: string): void {
    const now = clock.now();
    const deadlineAt = now + DECIDED_DEADLINE_MS;
    decide.run({ id: row.id, state, by, said, now });
    const { id, tool, agent, message } = row;
    tell(`approval ${state}`, { agent, ...(message === null ? {} : { message }) }, { approval: id, tool, by });
    if (message === null) return void goOn.run({ id, now, deadlineAt });
    give({
      key: `approval ${id}`,
      kind: "decided",
      agent,
      giver: by === "" ? "swarm" : by,
      message,
      task: row.turn,
      deadlineAt,
    });
  }

  const anyOverdue = read(() => overdue.get(clock.now()) !== undefined);
  const expireNow = write(() => {
    const rows = overdue.all(clock.now());
    for (const row of rows) settle(row, "expired", "", "nobody decided in time");
    return rows.length;
  });

  return {
    ask: write(({ sources, call, ...asking }: ApprovalAsk) => {
      const known = find.get(asking.agent, asking.turn, call);
      if (known !== undefined) {
        if (known.arguments === asking.arguments && known.tool === asking.tool) return fromRow(known);
        return { ...fromRow(known), state: "denied" as const, said: "what was asked about is not what would run" };
      }
      const row = insert.get({ ...asking, call, sources: JSON.stringify(sources), now: clock.now(), expireMs });
      assert(row !== undefined, "an approval that is inserted is returned");
      const { id, tool, agent, message } = row;
      tell("approval asked", { agent, ...(message === null ? {} : { message }) }, { approval: id, tool });
      return fromRow(row);
    }),
    decide: write(
      (id: number, { granted, by, said = "" }: { granted: boolean; by: string; said?: string }): Decided => {
        const row = get.get(id);
        if (row === undefined) return { decided: false, because: `there is no approval ${id}` };
        if (row.state !== "pending") {
          return {
            decided: false,
            because: `approval ${id} is ${row.state} already${row.by === "" ? "" : ` (${row.by})`}`,
          };
        }
        if (row.expires_at <= clock.now()) return { decided: false, because: `approval ${id} has expired` };
        settle(row, granted ? "granted" : "denied", by, said);
        return { decided: true, approval: fromRow(get.get(id) ?? row) };
      },
    ),
    // Looking is a read; only what has expired takes the write lock.
    expire: async () => ((await anyOverdue()) ? expireNow() : 0),
    get: read((id: number) => maybe(get.get(id), fromRow)),
    ofCall: read((agent: string, turn: string, call: string) => maybe(find.get(agent, turn, call), fromRow)),
    pending: read(() => pending.all().map(fromRow)),
    latest: read((limit: number) => latest.all(limit).map(fromRow)),
  };
}

function fromRow({ sources, asked_at, expires_at, decided_at, ...row }: Row): Approval {
  return {
    ...row,
    sources: JSON.parse(sources) as Approval["sources"],
    askedAt: asked_at,
    expiresAt: expires_at,
    decidedAt: decided_at,
  };
}
