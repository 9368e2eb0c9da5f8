/** The ceiling: the same statements in the same transactions, written out with better-sqlite3 and nothing around them. */
import { stableId } from "../../shared/base/index.ts";
import { DECIDE_GRACE_MS, LEASE_MS } from "../../shared/ledger/index.ts";
import { type Database, type Durability, openDatabase } from "../../shared/sqlite/index.ts";
import { CAP, type OpenContender, type Verdict } from "./contender.ts";
import type { FindStatement } from "./statements.ts";

type Values = Record<string, string | number | null>;
type Claim = { id: number; message: number; root: number; agent: string; tier: number; eta: number; state: string } & {
  slot: number | null;
  fence: number;
  attempts: number;
};
type Message = { seq: number; root: number | null; hops: number };
type About = { room: string; topic: string | null; message_id: string; deleted_at: number | null };
type Slot = { id: number; agent: string; slot: number; state: string };
type Parcel = Values & { id: number; claim: number; part: number; text: string };

/** `statement` finds the ledger's own words. */
export const raw =
  (durability: Durability, statement: FindStatement): OpenContender =>
  async ({ path, agent }, tune) => {
    const db = openDatabase(path, { durability });
    tune?.(db);
    const sql = prepareAll(db, statement);

    const tell = (kind: string, message: number, of: string | null, detail: object) =>
      sql.tell.run(Date.now(), kind, message, of, JSON.stringify(detail));

    function move(row: Claim, state: string, held?: { slot: number; fence: number }): void {
      const [now, keeps] = [Date.now(), state === "delivering"];
      sql.move.run({
        id: row.id,
        state,
        slot: held?.slot ?? (keeps ? row.slot : null),
        fence: held?.fence ?? row.fence,
        leaseUntil: held === undefined ? 0 : now + LEASE_MS,
        attempts: row.attempts + (held === undefined ? 0 : 1),
        now,
      });
      if (state !== "holding") sql.dropDraft.run(row.id);
    }

    function putOutcome(message: number, outcome: string, because: string): void {
      if (sql.putOutcome.run(message, agent, outcome, because, Date.now()).changes === 1)
        tell("outcome", message, agent, { outcome, because });
    }

    const place = immediate(db, (message: number): number => {
      const eta = Date.now();
      const because = "fit 8 of 10";
      const row = sql.place.get({
        message,
        root: message,
        agent,
        tier: 2,
        eta,
        because,
        defersTo: null,
        now: Date.now(),
      });
      tell("claim placed", message, agent, { claim: row?.id, tier: 2, eta, because });
      return row?.id ?? 0;
    });

    const take = immediate(db, (id: number): Verdict => {
      const now = Date.now();
      const row = sql.claim.get(id);
      if (row?.state !== "placed") return { kind: "ended" };
      const { root, message } = row;
      if (sql.about.get(message)?.deleted_at !== null) return { kind: "ended" };
      if (sql.pause.get({ agent, tool: null, now }) !== undefined) return { kind: "ended" };
      if (row.eta > now) return { kind: "early" };
      if (sql.stale.all({ root, now }).length > 0) throw new Error("no lease runs out within a round");
      if (sql.doubtful.all({ root, now }).length > 0) throw new Error("no delivery is given up within a round");
      const slots = sql.slots.all(root);
      const sent = slots.filter(({ state }) => state === "sent");
      if (sent.length >= CAP) {
        const because = `${sent.map((one) => one.agent).join(" and ")} had answered already`;
        move(row, "yielded");
        putOutcome(message, "lost", because);
        tell("claim yielded", message, agent, { claim: id, tier: row.tier, because });
        return { kind: "ended" };
      }
      if (slots.length >= CAP || slots.some(({ state }) => state === "holding")) return { kind: "waiting" };
      if (now < row.eta + DECIDE_GRACE_MS && sql.undecided.get({ message, now }) !== undefined)
        return { kind: "waiting" };
      const freedAt = sql.lastChange.get(root) ?? 0;
      if (sql.front.get({ root, id, now, freedAt })?.id !== id) return { kind: "waiting" };
      const slot = slots.some((one) => one.slot === 1) ? 2 : 1;
      const fence = sql.fence.get() ?? 0;
      move(row, "holding", { slot, fence });
      tell("claim held", message, agent, { claim: id, tier: row.tier, slot, fence });
      return { kind: "held", fence };
    });

    const commit = immediate(db, (id: number, fence: number): void => {
      const row = sql.claim.get(id);
      if (row?.state !== "holding" || row.fence !== fence) throw new Error("the lease was lost");
      const now = Date.now();
      const about = sql.about.get(row.message);
      if (about === undefined || sql.pause.get({ agent, tool: null, now }) !== undefined)
        throw new Error("nobody pauses a round");
      const { room, topic, message_id: replyTo } = about;
      const randomId = stableId("parcel", room, replyTo, agent, 1);
      const text = `${agent} answers.`;
      const owner = { claim: id, assignment: null, delivery: null };
      sql.queue.run({ ...owner, agent, room, topic, replyTo, part: 1, text, randomId, now, by: "bench" });
      move(row, "delivering");
      tell("reply committed", row.message, agent, { claim: id, fence, parts: 1 });
    });

    const takeParcel = immediate(db, (): Parcel | undefined => {
      const parcel = sql.nextParcel.get({ agent, now: Date.now() });
      if (parcel !== undefined) sql.sending.run(parcel.id);
      return parcel;
    });

    const post = immediate(db, ({ id }: Parcel): void => {
      const parcel = sql.parcel.get(id);
      if (parcel === undefined) return;
      const { room, topic, reply_to: replyTo, claim, assignment = null, delivery = null, part, text } = parcel;
      const messageId = `r${parcel["random_id"]}`;
      sql.message.get(room, messageId);
      const parent = sql.message.get(room, replyTo);
      const now = Date.now();
      const root = parent?.root ?? parent?.seq ?? null;
      const from = { kind: "agent", id: agent, name: agent };
      const values = { room, messageId, topic, ...from, text, replyTo, root, hops: (parent?.hops ?? 0) + 1 };
      const seq = sql.say.get({ ...values, saidAt: now, now }) ?? 0;
      tell("message recorded", seq, null, { room, sender: agent, kind: "agent" });
      sql.sent.run(messageId, now, id);
      const of = sql.claimOf.get(claim)?.message ?? 0;
      tell("part sent", of, agent, { claim, assignment, part, messageId });
      if (sql.unsent.get({ claim, assignment, delivery }) !== 0) return;
      sql.claimOf.get(claim);
      sql.finish.run({ id: claim, state: "sent", now });
      putOutcome(of, "replied", "answered");
      tell("claim sent", of, agent, { claim });
    });

    return {
      place: async (message) => place(message),
      take: async (claim) => take(claim),
      async answer(claim, fence) {
        commit(claim, fence);
        const parcel = takeParcel();
        if (parcel !== undefined) post(parcel);
      },
      close: () => db.close(),
    };
  };

/** BEGIN IMMEDIATE, tried again until the lock is free. */
function immediate<Args extends unknown[], Result>(
  db: Database,
  step: (...args: Args) => Result,
): (...args: Args) => Result {
  const transaction = db.transaction(step);
  return (...args) => {
    while (true) {
      try {
        return transaction.immediate(...args);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_BUSY"))) throw error;
      }
    }
  };
}

function prepareAll(db: Database, statement: FindStatement) {
  const rows = <Row>(...words: Parameters<FindStatement>) => db.prepare<unknown[], Row>(statement(...words));
  const value = <Value>(...words: Parameters<FindStatement>) => rows<Value>(...words).pluck();
  return {
    place: rows<{ id: number }>("INSERT INTO claims"),
    claim: rows<Claim>("SELECT * FROM claims WHERE id = ?"),
    about: rows<About>("SELECT room, topic, message_id, sender_kind, deleted_at FROM messages"),
    pause: rows<Values>("SELECT * FROM controls WHERE (until IS NULL OR until > @now) AND"),
    stale: rows<Claim>("SELECT claims.* FROM claims", "@root", "state = 'holding'"),
    doubtful: rows<Claim>("SELECT claims.* FROM claims", "@root", "state = 'delivering'"),
    slots: rows<Slot>("SELECT id, agent, slot, state FROM claims"),
    undecided: value<string>("SELECT agents.name FROM agents"),
    lastChange: value<number>("SELECT coalesce(max(changed_at), 0) FROM claims"),
    front: rows<{ id: number }>("SELECT claims.id, claims.agent, claims.eta FROM claims"),
    fence: value<number>("UPDATE fences"),
    move: rows("UPDATE claims SET state = @state, slot = @slot,"),
    dropDraft: rows("DELETE FROM drafts WHERE claim = ?"),
    tell: rows("INSERT INTO events"),
    putOutcome: rows("INSERT INTO outcomes"),
    queue: rows("INSERT INTO outbox (claim,"),
    nextParcel: rows<Parcel>("SELECT * FROM outbox AS parcel"),
    sending: rows("UPDATE outbox SET state = 'sending', attempts"),
    parcel: rows<Parcel>("SELECT * FROM outbox WHERE id = ?"),
    message: rows<Message>("SELECT * FROM messages WHERE room = ? AND message_id = ?"),
    say: value<number>("INSERT INTO messages"),
    sent: rows("UPDATE outbox SET state = 'sent',"),
    claimOf: rows<{ message: number; agent: string }>("SELECT message, agent FROM claims WHERE id = ?"),
    unsent: value<number>("SELECT count(*) FROM outbox"),
    finish: rows("UPDATE claims SET state = @state, slot = CASE"),
  };
}
