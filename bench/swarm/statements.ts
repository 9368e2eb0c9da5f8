/** The statements of the production ledger, as it prepares them: the raw contender runs these and no others. */
import { systemClock } from "../../shared/base/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";

/** Finds a statement by how it begins and what it holds. Throws when there is none, or more than one. */
export type FindStatement = (beginning: string, ...holding: readonly string[]) => string;

/** Opens the ledger once and listens to what it prepares: each statement once, as it is written. */
export async function preparedBy(path: string): Promise<string[]> {
  const prepared = new Set<string>();
  const ledger = await openLedger({
    path,
    clock: systemClock,
    durability: "off",
    tune(db) {
      const prepare = db.prepare.bind(db);
      db.prepare = ((sql: string) => {
        prepared.add(sql);
        return prepare(sql);
      }) as typeof db.prepare;
    },
  });
  ledger.close();
  return [...prepared];
}

/** What the ledger at this path prepares, to be found by its words. */
export async function ledgerStatements(path: string): Promise<FindStatement> {
  const prepared = new Map((await preparedBy(path)).map((sql) => [oneLine(sql), sql]));
  return (beginning, ...holding) => {
    const found = [...prepared].filter(
      ([line]) =>
        (line === beginning || line.startsWith(`${beginning} `)) && holding.every((part) => line.includes(part)),
    );
    const [only] = found;
    if (only !== undefined && found.length === 1) return only[1];
    throw new Error(
      `${found.length} statements of the ledger begin with “${[beginning, ...holding].join(" … ")}”: bring bench/swarm/raw.ts up to date`,
    );
  };
}

/** The same words with one space between any two. */
export function oneLine(sql: string): string {
  return sql.replaceAll(/\s+/gu, " ").trim();
}
