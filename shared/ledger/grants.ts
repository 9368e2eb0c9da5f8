/** "Always allow": narrow, with an end, listed and revocable. */
import { assert, type Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import type { Tell } from "./events.ts";
import type { Grant } from "./types.ts";

export interface Grants {
  make(grant: Pick<Grant, "agent" | "tool" | "match" | "by" | "expiresAt">): Promise<Grant>;
  revoke(id: number): Promise<boolean>;
  /** Those in force for a tool of an agent. */
  inForce(agent: string, tool: string): Promise<Grant[]>;
  /** All, newest first. */
  latest(limit: number): Promise<Grant[]>;
}

type Row = Omit<Grant, "match" | "madeAt" | "expiresAt" | "revokedAt"> & {
  match: string;
  made_at: number;
  expires_at: number;
  revoked_at: number | null;
};

export function createGrants(db: Database, { read, write }: Atomic, clock: Clock, tell: Tell): Grants {
  const insert = db.prepare<[Record<string, string | number>], Row>(`
    INSERT INTO grants (agent, tool, match, by, made_at, expires_at) VALUES (@agent, @tool, @match, @by, @now, @expiresAt)
    RETURNING *
  `);
  const revoke = db.prepare("UPDATE grants SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL");
  const inForce = db.prepare<[string, string, number], Row>(
    "SELECT * FROM grants WHERE agent = ? AND tool = ? AND expires_at > ? AND revoked_at IS NULL ORDER BY id",
  );
  const latest = db.prepare<[number], Row>("SELECT * FROM grants ORDER BY id DESC LIMIT ?");
  return {
    make: write(({ match, ...grant }: Pick<Grant, "agent" | "tool" | "match" | "by" | "expiresAt">) => {
      const row = insert.get({ ...grant, match: JSON.stringify(match), now: clock.now() });
      assert(row !== undefined, "a grant that is inserted is returned");
      tell("grant made", { agent: grant.agent }, { grant: row.id, tool: grant.tool, by: grant.by });
      return fromRow(row);
    }),
    revoke: write((id: number) => {
      if (revoke.run(clock.now(), id).changes === 0) return false;
      tell("grant revoked", {}, { grant: id });
      return true;
    }),
    inForce: read((agent: string, tool: string) => inForce.all(agent, tool, clock.now()).map(fromRow)),
    latest: read((limit: number) => latest.all(limit).map(fromRow)),
  };
}

function fromRow({ match, made_at, expires_at, revoked_at, ...row }: Row): Grant {
  return {
    ...row,
    match: JSON.parse(match) as Grant["match"],
    madeAt: made_at,
    expiresAt: expires_at,
    revokedAt: revoked_at,
  };
}
