/** What the person spends: one row a receipt, booked once, or pending until the person has decided. */
import { assert, type Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import type { Tell } from "./events.ts";

export type Purchase = {
  id: number;
  /** Where it was read: the same receipt is booked once. */
  receipt: string;
  merchant: string;
  /** In the smallest unit of its currency. */
  minor: number;
  /** ISO 4217. */
  currency: string;
  category: string;
  /** "2026-03-01". */
  spentOn: string;
  /** How sure whoever read it is, 0 to 1. */
  confidence: number;
  state: "booked" | "pending" | "refused";
  /** What it was read from, or why a person is asked. */
  because: string;
  /** Who read it or decided: `parser`, a model, or the person. */
  by: string;
  askedAt: number | null;
  copiedAt: number | null;
  madeAt: number;
};

type NewPurchase = Omit<Purchase, "id" | "askedAt" | "copiedAt" | "madeAt">;

export interface Purchases {
  /**
   * Writes it down, or returns what stands there for this receipt. The same sum at the same merchant on the same day in
   * another receipt is refused as the same purchase.
   */
  write(purchase: NewPurchase): Promise<{ fresh: boolean; purchase: Purchase }>;
  /** A person decides about a pending one. False when it is not pending. */
  decide(id: number, decision: { booked: boolean; by: string; category?: string }): Promise<boolean>;
  /** Booked ones of these days, both included, oldest first. */
  between(from: string, to: string): Promise<Purchase[]>;
  /** Which of these receipts are written down. */
  known(receipts: readonly string[]): Promise<string[]>;
  pending(): Promise<Purchase[]>;
  /** Booked, and not copied to where the person keeps its books, at most `limit`. */
  uncopied(limit: number): Promise<Purchase[]>;
  copied(id: number): Promise<void>;
  /** The newest, newest first. */
  latest(limit: number): Promise<Purchase[]>;
}

type Row = Omit<Purchase, "spentOn" | "askedAt" | "copiedAt" | "madeAt"> & {
  spent_on: string;
  asked_at: number | null;
  copied_at: number | null;
  made_at: number;
};

/** Marks purchases as asked about, inside a write step. */
export type MarkAsked = (ids: readonly number[]) => void;

export function createMarkAsked(db: Database, clock: Clock): MarkAsked {
  const asked = db.prepare("UPDATE purchases SET asked_at = ? WHERE id = ? AND asked_at IS NULL");
  return (ids) => {
    for (const id of ids) asked.run(clock.now(), id);
  };
}

export function createPurchases(db: Database, { read, write }: Atomic, clock: Clock, tell: Tell): Purchases {
  const find = db.prepare<[string], Row>("SELECT * FROM purchases WHERE receipt = ?");
  const same = db.prepare<[Record<string, string | number>], Row>(`
    SELECT * FROM purchases WHERE spent_on = @spentOn AND minor = @minor AND currency = @currency
      AND lower(merchant) = lower(@merchant) AND state <> 'refused'
  `);
  const insert = db.prepare<[Record<string, string | number>], Row>(`
    INSERT INTO purchases (receipt, merchant, minor, currency, category, spent_on, confidence, state, because, by, made_at)
    VALUES (@receipt, @merchant, @minor, @currency, @category, @spentOn, @confidence, @state, @because, @by, @now)
    RETURNING *
  `);
  const decide = db.prepare(`
    UPDATE purchases SET state = @state, by = @by, category = coalesce(@category, category), because = because || '; decided by ' || @by
    WHERE id = @id AND state = 'pending'
  `);
  const between = db.prepare<[string, string], Row>(
    "SELECT * FROM purchases WHERE state = 'booked' AND spent_on BETWEEN ? AND ? ORDER BY spent_on, id",
  );
  const known = db
    .prepare<[string], string>("SELECT receipt FROM purchases WHERE receipt IN (SELECT value FROM json_each(?))")
    .pluck();
  const pending = db.prepare<[], Row>("SELECT * FROM purchases WHERE state = 'pending' ORDER BY id");
  const uncopied = db.prepare<[number], Row>(
    "SELECT * FROM purchases WHERE state = 'booked' AND copied_at IS NULL ORDER BY id LIMIT ?",
  );
  const copied = db.prepare("UPDATE purchases SET copied_at = ? WHERE id = ?");
  const latest = db.prepare<[number], Row>("SELECT * FROM purchases ORDER BY id DESC LIMIT ?");

  return {
    write: write((purchase: NewPurchase) => {
      const there = find.get(purchase.receipt);
      if (there !== undefined) return { fresh: false, purchase: fromRow(there) };
      const { minor, currency, merchant, spentOn } = purchase;
      const twin = same.get({ minor, currency, merchant, spentOn });
      const row = insert.get({
        ...purchase,
        ...(twin === undefined ? {} : { state: "refused", because: `the same purchase as #${twin.id}` }),
        now: clock.now(),
      });
      assert(row !== undefined, "a purchase that is inserted is returned");
      tell(`purchase ${row.state}`, {}, { purchase: row.id });
      return { fresh: twin === undefined, purchase: fromRow(row) };
    }),
    decide: write((id: number, decision: { booked: boolean; by: string; category?: string }) => {
      const { booked, by, category = null } = decision;
      const state = booked ? "booked" : "refused";
      if (decide.run({ id, state, by, category }).changes === 0) return false;
      tell(`purchase ${state}`, {}, { purchase: id, by });
      return true;
    }),
    between: read((from: string, to: string) => between.all(from, to).map(fromRow)),
    known: read((receipts: readonly string[]) => known.all(JSON.stringify(receipts))),
    pending: read(() => pending.all().map(fromRow)),
    uncopied: read((limit: number) => uncopied.all(limit).map(fromRow)),
    copied: write((id: number) => void copied.run(clock.now(), id)),
    latest: read((limit: number) => latest.all(limit).map(fromRow)),
  };
}

function fromRow({ spent_on, asked_at, copied_at, made_at, ...row }: Row): Purchase {
  return { ...row, spentOn: spent_on, askedAt: asked_at, copiedAt: copied_at, madeAt: made_at };
}
