/** What people wrote to an agent alone, from the moment it is heard until it is answered: a process that dies loses nothing and says nothing twice. */
import { type Clock, systemRandom } from "../shared/base/index.ts";
import { atomic, type Migration, migrate, openDatabase, type Patience } from "../shared/sqlite/index.ts";

/** One private message, and the answer once there is one. */
export type Letter = {
  person: string;
  messageId: string;
  name: string;
  kind: "owner" | "allowed";
  text: string;
  /** Why nothing of it could be read; null when something could. */
  unread: string | null;
  saidAt: number;
  answer: string | null;
};

export interface Letters {
  /** False when it was kept before. */
  keep(letter: Omit<Letter, "answer">): Promise<boolean>;
  /** How many letters of this person, answered or not, were said after this instant. */
  saidAfter(person: string, instant: number): Promise<number>;
  /** What has no sent answer yet, oldest first. */
  open(): Promise<Letter[]>;
  /** From now on this is the answer, whoever dies. It answers `also` as well, which are closed. */
  answer(letter: Letter, text: string, also?: readonly Letter[]): Promise<void>;
  /** The answer stands in the chat, or never will. The words are gone from here; the conversation has them. */
  close(letter: Letter): Promise<void>;
  end(): void;
}

/** Closed letters are remembered so long, so that one that is told again is known. */
const REMEMBERED_MS = 30 * 24 * 3_600_000;

/** In order; a released one never changes. */
export const letterMigrations: readonly Migration[] = [
  {
    name: "0001-letters",
    sql: `
    CREATE TABLE letters (
      person     TEXT    NOT NULL,                             -- numeric id of the account
      messageId  TEXT    NOT NULL,                             -- in this agent's own box
      name       TEXT    NOT NULL,
      kind       TEXT    NOT NULL CHECK (kind IN ('owner', 'allowed')),
      text       TEXT    NOT NULL,
      unread     TEXT,
      saidAt     INTEGER NOT NULL,
      answer     TEXT,
      closed     INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1)),
      PRIMARY KEY (person, messageId)
    ) STRICT;
    CREATE INDEX letters_open ON letters (saidAt) WHERE closed = 0;
  `,
  },
];

/** Opens the store, a small database of its own beside the agent's memory. */
export async function openLetters({
  path,
  clock,
  patience,
}: {
  path: string;
  clock: Clock;
  patience?: Patience | undefined;
}): Promise<Letters> {
  const db = openDatabase(path, { durability: "full" });
  try {
    await migrate(db, { what: `The letters ${path}`, migrations: letterMigrations, clock });
  } catch (error) {
    db.close();
    throw error;
  }
  const { read, write } = atomic(db, { clock, random: systemRandom, patience });
  const keep = db.prepare<[Omit<Letter, "answer">]>(`
    INSERT OR IGNORE INTO letters (person, messageId, name, kind, text, unread, saidAt)
    VALUES (@person, @messageId, @name, @kind, @text, @unread, @saidAt)
  `);
  const open = db.prepare<[], Letter>(`
    SELECT person, messageId, name, kind, text, unread, saidAt, answer FROM letters WHERE closed = 0
    ORDER BY saidAt, CAST(messageId AS INTEGER)
  `);
  const answer = db.prepare("UPDATE letters SET answer = @text WHERE person = @person AND messageId = @messageId");
  const close = db.prepare(
    "UPDATE letters SET closed = 1, text = '', answer = NULL WHERE person = @person AND messageId = @messageId",
  );
  const saidAfter = db
    .prepare<[string, number], number>("SELECT count(*) FROM letters WHERE person = ? AND saidAt > ?")
    .pluck();
  const forget = db.prepare("DELETE FROM letters WHERE closed = 1 AND saidAt < ?");
  return {
    keep: write((letter: Omit<Letter, "answer">) => keep.run(letter).changes === 1),
    saidAfter: read((person: string, instant: number) => saidAfter.get(person, instant) ?? 0),
    open: read(() => open.all()),
    answer: write(({ person, messageId }: Letter, text: string, also: readonly Letter[] = []) => {
      answer.run({ person, messageId, text });
      for (const one of also) close.run({ person: one.person, messageId: one.messageId });
    }),
    close: write(({ person, messageId }: Letter) => {
      close.run({ person, messageId });
      forget.run(clock.now() - REMEMBERED_MS);
    }),
    end: () => void db.close(),
  };
}
