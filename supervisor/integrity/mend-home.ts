/** Mends what can be mended in a home in which nothing runs. */
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { messageOf } from "../../shared/base/index.ts";
import { openDatabase } from "../../shared/sqlite/index.ts";
import type { Store } from "../upgrade/stores.ts";
import type { Damage, Mended } from "./damage.ts";
import { type Looking, wantedIn } from "./look-at-home.ts";
import { mendStore } from "./mend-store.ts";
import { freshParts } from "./schema-parts.ts";

/** One entry for each file that has something to mend; damaged files are kept in `damaged/` with the time in their path. */
export async function mendHome(
  { home, stores, clock }: Omit<Looking, "inUse">,
  damages: readonly Damage[],
): Promise<Mended[]> {
  const { folder } = home;
  const at = new Date(clock.now()).toISOString().slice(0, 19).replaceAll(":", "-");
  const kept = join(folder, "damaged", at);
  const mended: Mended[] = [];
  const byPath = Map.groupBy(
    damages.filter(({ mends }) => mends !== undefined),
    ({ path }) => path,
  );
  for (const [path, found] of byPath) {
    const store = stores.find((one) => one.path === path);
    if (store !== undefined) {
      const wanted = await partsWanted(folder, store, clock);
      mended.push(await mendStore({ folder, store, wanted, damages: found, kept, clock }));
    } else mended.push(takeAway(folder, kept, found[0] as Damage));
  }
  return mended;
}

/** A file that cannot be opened gets the whole schema. */
async function partsWanted(folder: string, store: Store, clock: Looking["clock"]) {
  try {
    const db = openDatabase(join(folder, store.path), { durability: "normal", readonly: true });
    try {
      return await wantedIn(db, store, clock);
    } finally {
      db.close();
    }
  } catch {
    return freshParts(store.migrations, clock);
  }
}

/** What was left over goes; what may tell something is kept. */
function takeAway(folder: string, kept: string, { path, kind }: Damage): Mended {
  const file = isAbsolute(path) ? path : join(folder, path);
  try {
    if (kind === "left over" || path.startsWith("pm2")) {
      rmSync(file, { recursive: true, force: true });
      return { path, did: ["took it away"], kept: undefined, left: [] };
    }
    mkdirSync(dirname(join(kept, path)), { recursive: true, mode: 0o700 });
    renameSync(file, join(kept, path));
    for (const side of ["-wal", "-shm"]) rmSync(`${file}${side}`, { force: true });
    return { path, did: ["moved it away"], kept: join(kept, path), left: [] };
  } catch (error) {
    return { path, did: [], kept: undefined, left: [messageOf(error)] };
  }
}
