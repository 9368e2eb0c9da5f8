/** Names that mean the same: spelled differently, written as an account, or said to be the same. Linked, never merged, so that a night can be undone. */
import type { Atomic, Database } from "../../sqlite/index.ts";
import { fold } from "../language/words.ts";

/** One entity that is another name of an older one, and why. */
export type Alias = { entity: number; name: string; sameAs: number; because: string };

export interface Aliases {
  propose(): Promise<Alias[]>;
  link(night: number, found: readonly Alias[]): Promise<void>;
  /** Takes back what this night has linked. */
  unlink(night: number): Promise<void>;
}

type Entity = { id: number; name: string };

/** "Harbour Lights, also known as HL": what stands before and behind, each a name of up to four words. */
const NAME = String.raw`[\p{Lu}@][\p{L}\p{N}&'’.-]*(?:\s+\p{Lu}[\p{L}\p{N}&'’.-]*){0,3}`;
const saidToBe = new RegExp(
  `(?<one>${NAME}),?\\s+(?:is\\s+|ist\\s+|это\\s+)?(?:also known as|a\\.?k\\.?a\\.?|short for|formerly|он же|она же|сокращ[её]нно|auch bekannt als|kurz für|genannt)\\s+(?<other>${NAME})`,
  "gu",
);

export function createAliases(db: Database, { read, write }: Atomic): Aliases {
  const free = db.prepare<[], Entity>("SELECT id, name FROM entities WHERE same_as IS NULL ORDER BY id");
  const telling = db.prepare<[], { text: string; id: string }>(`
    SELECT text, id FROM facts WHERE standing IN ('active', 'archived')
      AND (text LIKE '%known as%' OR text LIKE '%aka%' OR text LIKE '%a.k.a%' OR text LIKE '%short for%' OR text LIKE '%formerly%'
        OR text LIKE '%он же%' OR text LIKE '%она же%' OR text LIKE '%сокращ%' OR text LIKE '%bekannt als%' OR text LIKE '%kurz für%'
        OR text LIKE '%genannt%') ORDER BY seq
  `);
  const set = db.prepare<[number, number]>("UPDATE entities SET same_as = ? WHERE id = ? AND same_as IS NULL");
  const note = db.prepare<[number, number]>("INSERT OR IGNORE INTO night_aliases (night, entity) VALUES (?, ?)");
  const clear = db.prepare<[number]>(
    "UPDATE entities SET same_as = NULL WHERE id IN (SELECT entity FROM night_aliases WHERE night = ?)",
  );
  const forget = db.prepare<[number]>("DELETE FROM night_aliases WHERE night = ?");

  return {
    propose: read(() => {
      const oldest = new Map<string, Entity>();
      const found = new Map<number, Alias>();
      for (const entity of free.all()) {
        const key = spelledPlainly(entity.name);
        const before = oldest.get(key);
        if (key === "" || before === undefined) oldest.set(key, entity);
        else found.set(entity.id, aliasOf(entity, before, `“${entity.name}” is spelled like “${before.name}”.`));
      }
      for (const { text, id } of telling.all()) {
        for (const { groups } of text.matchAll(saidToBe)) {
          const [one, other] = [groups?.["one"], groups?.["other"]].map((name) =>
            oldest.get(spelledPlainly(name ?? "")),
          );
          if (one === undefined || other === undefined || one.id === other.id) continue;
          const [first, second] = one.id < other.id ? [one, other] : [other, one];
          // A name that others lead to already stays where it is: chains would have to be followed.
          if (
            found.has(second.id) ||
            found.has(first.id) ||
            [...found.values()].some(({ sameAs }) => sameAs === second.id)
          )
            continue;
          found.set(
            second.id,
            aliasOf(second, first, `${id} says that “${first.name}” and “${second.name}” are the same.`),
          );
        }
      }
      return [...found.values()];
    }),
    link: write((night: number, found: readonly Alias[]) => {
      for (const { entity, sameAs } of found) if (set.run(sameAs, entity).changes > 0) note.run(night, entity);
    }),
    unlink: write((night: number) => {
      clear.run(night);
      forget.run(night);
    }),
  };
}

function aliasOf({ id, name }: Entity, to: Entity, because: string): Alias {
  return { entity: id, name, sameAs: to.id, because };
}

/** Without accents, hyphens, dots, a possessive, and the sign of an account: "Harbour-Light's" → "harbourlight". */
function spelledPlainly(name: string): string {
  return fold(name)
    .replace(/['’]s$/u, "")
    .replace(/[^\p{L}\p{N}]+/gu, "");
}
