/** How long accounts must be silent, because the service said so: kept, so that a restart does not forget it. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";

/** A wait that the service asked of an account, for everything it does of a kind or for one room alone. */
export type FloodWait = {
  /** `<transport>:<account id>`. */
  account: string;
  /** `send`, or `send <room>`. */
  what: string;
  until: number;
  because: string;
};

export interface FloodWaits {
  /** The service asked to wait. The longer of two waits counts. */
  note(wait: FloodWait): Promise<void>;
  /** The waits of this account, those that have passed within the last hour too: `waits` counts how many came in a row. */
  of(account: string): Promise<(FloodWait & { waits: number })[]>;
}

/** An account that was quiet for so long begins anew. */
const FORGOTTEN_MS = 3_600_000;

export function createFloodWaits(db: Database, { read, write }: Atomic, clock: Clock): FloodWaits {
  const note = db.prepare<[Record<string, string | number>]>(`
    INSERT INTO flood_waits (account, what, until, because, waits, noted_at)
    VALUES (@account, @what, @until, @because, 1, @now)
    ON CONFLICT (account, what) DO UPDATE SET
      until = max(until, excluded.until), because = excluded.because, noted_at = excluded.noted_at,
      waits = CASE WHEN @now - max(until, noted_at) > ${FORGOTTEN_MS} THEN 1 ELSE waits + 1 END
  `);
  const of = db.prepare<[Record<string, string | number>], FloodWait & { waits: number }>(`
    SELECT account, what, until, because, waits FROM flood_waits
    WHERE account = @account AND @now - max(until, noted_at) <= ${FORGOTTEN_MS} ORDER BY what
  `);
  return {
    note: write((wait: FloodWait) => void note.run({ ...wait, now: clock.now() })),
    of: read((account: string) => of.all({ account, now: clock.now() })),
  };
}
