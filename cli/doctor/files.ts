/** The files of the home: what is damaged, and with `--fix` what was done about it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { letterMigrations } from "../../agents/letters.ts";
import { DatabaseUnusable } from "../../shared/sqlite/index.ts";
import { wholeBackups } from "../../supervisor/backup/whole-backups.ts";
import type { Damage, Mended } from "../../supervisor/integrity/damage.ts";
import { lookAtHome } from "../../supervisor/integrity/look-at-home.ts";
import { mendHome } from "../../supervisor/integrity/mend-home.ts";
import { storesOf } from "../../supervisor/upgrade/stores.ts";
import type { Context } from "../context.ts";
import { CommandFailed } from "../failures.ts";
import { alone } from "../processes/alone.ts";
import { readRoster } from "../processes/choose.ts";
import { isInUse } from "../processes/in-use.ts";
import { createPm2 } from "../processes/pm2.ts";
import type { Finding } from "./check.ts";

export type Examined = { findings: readonly Finding[]; damages: readonly Damage[]; mended: readonly Mended[] };

/** Before any other check, for opening a database tidies up what is looked at here. With `fix` it mends first and then looks. */
export async function examineFiles(here: Context, { fix }: { fix: boolean }): Promise<Examined> {
  const { home, clock } = here;
  const look = async () => {
    const stores = storesOf(home, letterMigrations);
    return { home, stores, clock, inUse: await inUse(here) };
  };
  const looking = await look();
  const before = await lookAtHome(looking);
  const isMendable = before.some(({ mends }) => mends !== undefined);
  if (!fix || !isMendable) return { findings: findingsOf(here, before), damages: before, mended: [] };
  const mended = await whileNothingRuns(here, () => mendHome(looking, before));
  const after = await lookAtHome(await look());
  return { findings: [...mended.map(tellMended), ...findingsOf(here, after)], damages: after, mended };
}

function findingsOf(here: Context, damages: readonly Damage[]): Finding[] {
  if (!existsSync(here.home.ledger)) {
    if (damages.length === 0) return [{ state: "ok", says: "none yet" }];
  }
  if (damages.length === 0) return [{ state: "ok", says: "every database, log and lock is whole" }];
  return damages.map(
    ({ says, stops, mends, next, kind }): Finding => ({
      state: stops ? "blocker" : "limit",
      says,
      next: mends === undefined ? (next ?? nextBackup(here, kind)) : `kaos doctor --fix ${mends}`,
    }),
  );
}

function nextBackup({ home, kaos }: Context, kind: Damage["kind"]): string {
  if (kind === "broken promise") return "Note what you saw and when, and report it with `kaos why <message>`.";
  const newest = wholeBackups(home.backups).at(-1);
  if (newest === undefined)
    return "There is no backup to bring back. Move the file away; the next start makes a new one.";
  return `Bring the newest backup back: ${kaos} --home <empty folder> restore ${join(home.backups, newest)}`;
}

function tellMended({ path, did, kept, left }: Mended): Finding {
  const where = kept === undefined ? "" : `; as it was: ${kept}`;
  if (left.length === 0) return { state: "ok", says: `${path}: ${did.join(", ")}${where}` };
  return {
    state: "limit",
    says: `${path}: ${[...did, ...left].join(", ")}${where}`,
    next: "See what is still found below.",
  };
}

async function whileNothingRuns(here: Context, work: () => Promise<Mended[]>): Promise<Mended[]> {
  const { home, clock, note } = here;
  const onWait = () => note("Another kaos command is starting or stopping this home; waiting for it …");
  const mend = async () => {
    if (await inUse(here))
      throw new CommandFailed(
        `Something runs in ${home.folder}, and mending needs its files alone. Stop it with \`${here.kaos} down\`, then try again.`,
      );
    return work();
  };
  try {
    return await alone({ home, clock, onWait }, mend);
  } catch (error) {
    // The lock itself is damaged: then nobody else holds it, and it is mended with the rest.
    if (error instanceof DatabaseUnusable) return mend();
    throw error;
  }
}

async function inUse({ home }: Context): Promise<boolean> {
  return isInUse(home, createPm2({ home }), agentsOf());
}

/** A persona that cannot be read is told by its own check. */
function agentsOf(): string[] {
  try {
    return readRoster().agents.map(({ name }) => name);
  } catch {
    return [];
  }
}
