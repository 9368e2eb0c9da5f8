/** The statements of the production ledger, as it prepares them: the raw contender runs these and no others. */
import { systemClock } from "../../shared/base/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";

/** Finds a statement by how it begins and what it holds. Throws when there is none, or more than one. */
export type FindStatement = (beginning: string, ...holding: readonly string[]) => string;

/** Opens the ledger once and listens to what it prepares. */
export async function ledgerStatements(path: string): Promise<FindStatement> {
  const prepared = new Map<string, string>();
  const ledger = await openLedger({
    path,
    clock: systemClock,
    durability: "off",
    tune(db) {
      const prepare = db.prepare.bind(db);
      db.prepare = ((sql: string) => {
        prepared.set(oneLine(sql), sql);
        return prepare(sql);
      }) as typeof db.prepare;
    },
  });
  ledger.close();
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
