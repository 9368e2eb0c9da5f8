/** The upgrade of a home: tried on copies, a snapshot, the steps, a check. Killed at any moment, it goes on when it is asked for again. */
import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../shared/base/index.ts";
import type { Home } from "../../shared/config/index.ts";
import { copyHome } from "../backup/copy-home.ts";
import { backupName, unfinished } from "../backup/whole-backups.ts";
import { countRows, lostRows } from "./count-rows.ts";
import { type Journal, readJournal, writeJournal } from "./journal.ts";
import { type Standing, type Store, standingsIn } from "./stores.ts";
import { problemsIn, takeSteps, tryOnCopies } from "./try-on-copies.ts";

export type Upgraded =
  /** Nothing is ahead of any store. */
  | { kind: "current"; standings: readonly Standing[] }
  /** Some store knows a step that this program does not. Nothing was changed. */
  | { kind: "newer"; standings: readonly Standing[] }
  /** The trial on copies failed: nothing was changed. */
  | { kind: "unsafe"; standings: readonly Standing[]; because: readonly string[]; wasBefore: boolean }
  /** Every step was taken. `problems` is what the check found afterwards; `continued`: a killed upgrade was gone on with. */
  | {
      kind: "upgraded";
      standings: readonly Standing[];
      snapshot: string;
      continued: boolean;
      problems: readonly string[];
    };

type Upgrading = {
  home: Home;
  stores: readonly Store[];
  clock: Clock;
  version: string;
  signal: AbortSignal;
  /** What is being done, for whoever waits. */
  onStep?: (doing: string) => void;
};

/** Nothing else may run in this home meanwhile. Rejects with what reading or writing its files threw. */
export async function upgradeHome(upgrading: Upgrading): Promise<Upgraded> {
  const { home, stores, clock, signal, onStep = () => {} } = upgrading;
  const { folder } = home;
  const standings = standingsIn(folder, stores);
  if (standings.some(({ unknown }) => unknown.length > 0)) return { kind: "newer", standings };
  const begun = readJournal(folder);
  const unfinished = begun?.state === "upgrading" && existsSync(begun.snapshot) ? begun : undefined;
  const isCurrent = standings.every(({ ahead }) => ahead.length === 0);
  if (isCurrent && unfinished === undefined) return { kind: "current", standings };

  onStep("trying on copies");
  const { before, after } = await tryOnCopies({ folder, stores, clock, signal });
  if (after.length > 0)
    return { kind: "unsafe", standings, because: [...new Set([...before, ...after])], wasBefore: before.length > 0 };

  const journal = unfinished ?? (await begin(upgrading, standings));
  for (const store of stores) {
    signal.throwIfAborted();
    onStep(`taking ${store.path} through its steps`);
    await takeSteps(folder, store, clock);
  }
  onStep("checking");
  const problems = await problemsIn(folder, stores, signal);
  const known = stores.filter(({ path }) => existsSync(join(journal.snapshot, path)));
  const lost = lostRows(countRows(journal.snapshot, known), countRows(folder, known));
  const found = [...problems, ...lost];
  const state = found.length === 0 ? "done" : "doubtful";
  writeJournal(folder, { ...journal, state, endedAt: clock.now(), problems: found });
  const continued = unfinished !== undefined;
  return { kind: "upgraded", standings, snapshot: journal.snapshot, continued, problems: found };
}

/** From here on there is a way back: the snapshot is whole before the first step is taken. */
async function begin({ home, clock, version, signal, onStep }: Upgrading, standings: readonly Standing[]) {
  onStep?.("making a snapshot");
  const now = clock.now();
  const snapshot = join(home.backups, `before-upgrade-${backupName(now)}`);
  await copyHome({ from: home.folder, to: unfinished(snapshot), version, madeAt: now, signal });
  await rename(unfinished(snapshot), snapshot);
  const steps = standings.flatMap(({ path, ahead }) => (ahead.length === 0 ? [] : [{ path, ahead: [...ahead] }]));
  const journal: Journal = { state: "upgrading", snapshot, to: version, steps, startedAt: now };
  writeJournal(home.folder, journal);
  return journal;
}
