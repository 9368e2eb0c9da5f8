/** Who may look at the control room: one-time links and browser sessions, known by the hash of their secret alone. */
import { createHash } from "node:crypto";
import { type Clock, secret } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import type { Tell } from "./events.ts";

export interface Logins {
  /** A new one-time link's secret, good for LINK_MS. Only its hash is kept. */
  makeLink(): Promise<string>;
  /** Trades an unused link for a session's secret; undefined when it is unknown, used or too old. */
  useLink(link: string): Promise<string | undefined>;
  /** The session's CSRF token while it is valid. */
  session(session: string): Promise<{ csrf: string } | undefined>;
  endSession(session: string): Promise<void>;
  /** Deletes what has expired. Returns how many rows. */
  prune(): Promise<number>;
}

/** A one-time link is for now: long enough to switch windows. */
export const LINK_MS = 10 * 60_000;
/** A browser stays logged in for two weeks. */
export const SESSION_MS = 14 * 24 * 3_600_000;

export function createLogins(db: Database, { read, write }: Atomic, clock: Clock, tell: Tell): Logins {
  const insert = db.prepare(
    "INSERT INTO logins (hash, kind, csrf, made_at, expires_at) VALUES (@hash, @kind, @csrf, @now, @expiresAt)",
  );
  const use = db.prepare(
    "UPDATE logins SET used_at = @now WHERE hash = @hash AND kind = 'link' AND used_at IS NULL AND expires_at > @now",
  );
  const session = db.prepare<[Record<string, string | number>], { csrf: string }>(
    "SELECT csrf FROM logins WHERE hash = @hash AND kind = 'session' AND expires_at > @now",
  );
  const end = db.prepare("DELETE FROM logins WHERE hash = ? AND kind = 'session'");
  const prune = db.prepare("DELETE FROM logins WHERE expires_at <= ?");
  return {
    makeLink: write(() => {
      const link = secret();
      const now = clock.now();
      insert.run({ hash: hashOf(link), kind: "link", csrf: "", now, expiresAt: now + LINK_MS });
      return link;
    }),
    useLink: write((link: string) => {
      const now = clock.now();
      if (use.run({ hash: hashOf(link), now }).changes === 0) return undefined;
      const opened = secret();
      insert.run({ hash: hashOf(opened), kind: "session", csrf: secret(), now, expiresAt: now + SESSION_MS });
      tell("logged in", {});
      return opened;
    }),
    session: read((opened: string) => session.get({ hash: hashOf(opened), now: clock.now() })),
    endSession: write((opened: string) => void end.run(hashOf(opened))),
    prune: write(() => prune.run(clock.now()).changes),
  };
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
