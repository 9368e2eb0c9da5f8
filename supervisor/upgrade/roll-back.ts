/** The way back from an upgrade: the databases become what they were before it; what they are now is kept aside. */
import { existsSync } from "node:fs";
import { copyFile, mkdir, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Clock } from "../../shared/base/index.ts";
import type { Home } from "../../shared/config/index.ts";
import { checkHome } from "../backup/check-home.ts";
import { hashOf, readManifest } from "../backup/manifest.ts";
import { readJournal, writeJournal } from "./journal.ts";

export type RolledBack =
  | { rolledBack: true; snapshot: string; keptAside: string; files: number; problems: readonly string[] }
  | { rolledBack: false; because: string };

/** A database goes with its side files: a WAL of another file would be read into it. */
const SIDES = ["", "-wal", "-shm", "-journal"];

/**
 * What an agent has heard goes back with what it knows, so that it hears the rest again. Logs of tool calls stay: they tell what
 * was done. Nothing else may run in this home. Killed, it goes on when it is asked for again.
 */
export async function rollBack(home: Home, clock: Clock, signal: AbortSignal): Promise<RolledBack> {
  const { folder } = home;
  const journal = readJournal(folder);
  if (journal === undefined) return { rolledBack: false, because: "this home was never upgraded" };
  if (journal.state === "returned")
    return { rolledBack: false, because: `it is back already, at ${new Date(journal.endedAt ?? 0).toISOString()}` };
  const { snapshot } = journal;
  const manifest = readManifest(snapshot);
  if ("because" in manifest) return { rolledBack: false, because: manifest.because };
  const goBack = Object.entries(manifest.files).filter(
    ([path]) => path.endsWith(".db") || basename(path) === "telegram.position.json",
  );
  for (const [path, { sha256 }] of goBack) {
    const source = join(snapshot, path);
    if (!existsSync(source) || (await hashOf(source)) !== sha256)
      return { rolledBack: false, because: `${source} is not as it was when the snapshot was made` };
  }
  writeJournal(folder, { ...journal, state: "returning" });
  const keptAside = join(home.backups, `undone-${basename(snapshot).replace(/^before-upgrade-/, "")}`);
  for (const [path] of goBack) {
    signal.throwIfAborted();
    const here = join(folder, path);
    const aside = join(keptAside, path);
    await mkdir(dirname(aside), { recursive: true, mode: 0o700 });
    await mkdir(dirname(here), { recursive: true, mode: 0o700 });
    // What stands aside already was moved by a life that was killed: what is here then is the snapshot's.
    if (!existsSync(aside)) {
      for (const side of SIDES.toReversed())
        if (existsSync(`${here}${side}`)) await rename(`${here}${side}`, `${aside}${side}`);
    }
    await copyFile(join(snapshot, path), `${here}.tmp`);
    await rename(`${here}.tmp`, here);
  }
  const { problems } = await checkHome(folder, signal);
  writeJournal(folder, { ...journal, state: "returned", endedAt: clock.now(), problems: [...problems] });
  return { rolledBack: true, snapshot, keptAside, files: goBack.length, problems };
}
