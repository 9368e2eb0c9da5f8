/** `kaos upgrade`: brings the databases of this home to the schema of this program; tried on copies, with a way back. */
import { letterMigrations } from "../agents/letters.ts";
import { isClone, programVersion } from "../shared/config/index.ts";
import { rollBack } from "../supervisor/upgrade/roll-back.ts";
import { type Standing, standingsIn, storesOf } from "../supervisor/upgrade/stores.ts";
import { tryOnCopies } from "../supervisor/upgrade/try-on-copies.ts";
import { type Upgraded, upgradeHome } from "../supervisor/upgrade/upgrade-home.ts";
import { type Define, examples } from "./command.ts";
import type { Context } from "./context.ts";
import { CommandFailed, WrongUsage } from "./failures.ts";
import { alone } from "./processes/alone.ts";
import { readRoster } from "./processes/choose.ts";
import { isInUse } from "./processes/in-use.ts";
import { createPm2 } from "./processes/pm2.ts";
import { stopSignal } from "./stop-signal.ts";
import { createProgress } from "./terminal/progress.ts";

type Options = { dryRun?: boolean; rollback?: boolean; json?: boolean };

export const upgrade: Define = (command, context) => {
  command
    .option("--dry-run", "show what each database would go through, and try it on copies")
    .option("--rollback", "go back to how the databases were before the last upgrade")
    .option("--json", "print what was found and done as JSON")
    .action(async ({ dryRun, rollback, json }: Options) => {
      if (dryRun && rollback) throw new WrongUsage("Say --dry-run or --rollback, not both.");
      const here = context();
      const { signal, release } = stopSignal();
      try {
        if (dryRun) await tryIt(here, signal, json === true);
        else if (rollback) await whileNothingRuns(here, () => goBack(here, signal, json === true));
        else await whileNothingRuns(here, () => carryOut(here, signal, json === true));
      } finally {
        release();
      }
    });
  examples(command, [
    ["kaos upgrade --dry-run", "what it would do, and whether it would work; agents may go on meanwhile"],
    ["kaos upgrade", "with a snapshot before and a check after"],
    ["kaos upgrade --rollback", "back to that snapshot"],
  ]);
};

async function tryIt(here: Context, signal: AbortSignal, json: boolean): Promise<void> {
  const { folder } = here.home;
  const stores = storesOf(here.home, letterMigrations);
  const standings = standingsIn(folder, stores);
  if (standings.some(({ unknown }) => unknown.length > 0)) return refuseNewer(here, standings, json);
  if (stores.length === 0 && !json) return here.print(told(here, standings));
  const trial = await tryOnCopies({ folder, stores, clock: here.clock, signal });
  const problems = trial.after.length === 0 ? [] : [...new Set([...trial.before, ...trial.after])];
  if (json) {
    const stands = { home: folder, dryRun: true, stores: shown(standings) };
    here.print(JSON.stringify({ ...stands, ok: problems.length === 0, ...trial }, undefined, 2));
  } else here.print(told(here, standings));
  if (problems.length > 0) throw unsafe(problems, trial.before.length > 0);
  if (json) return;
  const ahead = standings.some((standing) => standing.ahead.length > 0);
  here.print(
    `${here.paint.good("✓")} ${ahead ? "Tried on copies: every step works, every database is sound, no row is lost. `kaos upgrade` does it." : "Everything is up to date and sound."}`,
  );
}

async function carryOut(here: Context, signal: AbortSignal, json: boolean): Promise<void> {
  const { home, clock } = here;
  const progress = createProgress(process.stderr);
  const onStep = (doing: string) => progress.show(`Upgrading: ${doing} …`);
  const stores = storesOf(home, letterMigrations);
  const done = await upgradeHome({ home, stores, clock, version: programVersion(), signal, onStep }).finally(() =>
    progress.clear(),
  );
  if (done.kind === "newer") return refuseNewer(here, done.standings, json);
  if (json) here.print(JSON.stringify({ home: home.folder, ...done, standings: shown(done.standings) }, undefined, 2));
  if (done.kind === "unsafe") throw unsafe(done.because, done.wasBefore);
  if (done.kind === "upgraded" && done.problems.length > 0) {
    throw new CommandFailed(
      `The steps were taken, but something is not right:\n${listOf(done.problems)}\nGo back with \`${here.kaos} upgrade --rollback\`.`,
    );
  }
  if (!json) here.print(tellDone(here, done));
}

function tellDone(here: Context, done: Upgraded): string {
  const lines = [told(here, done.standings)];
  if (done.standings.length === 0) return lines.join("\n");
  if (done.kind !== "upgraded") return [...lines, `${here.paint.good("✓")} Everything is up to date.`].join("\n");
  lines.push(
    `${here.paint.good("✓")} ${done.continued ? "Gone on with and finished" : "Upgraded"}: every database is sound, no row is lost.`,
    `  Before: ${done.snapshot}`,
    `  Back:   ${here.kaos} upgrade --rollback`,
    `  Start:  ${here.kaos} up`,
  );
  return lines.join("\n");
}

async function goBack(here: Context, signal: AbortSignal, json: boolean): Promise<void> {
  const back = await rollBack(here.home, here.clock, signal);
  if (json) here.print(JSON.stringify({ home: here.home.folder, ...back }, undefined, 2));
  if (!back.rolledBack) throw new CommandFailed(`Nothing was rolled back: ${back.because}.`);
  if (back.problems.length > 0)
    throw new CommandFailed(
      `It is as it was before the upgrade, and was not whole then:\n${listOf(back.problems)}\nMend it with \`${here.kaos} doctor --fix\`.`,
    );
  if (json) return;
  here.print(
    `${here.paint.good("✓")} ${back.files === 1 ? "One file is as it was" : `${back.files} files are as they were`} before the upgrade, and sound.\n  What they were just now: ${back.keptAside}`,
  );
  here.note(
    "Now start the program that you had before: this one would take the same steps again. Agents hear what was said since once more.",
  );
}

/** Nobody starts anything here until it is done. */
async function whileNothingRuns(here: Context, work: () => Promise<void>): Promise<void> {
  const { home, clock, note } = here;
  const onWait = () => note("Another kaos command is starting or stopping this home; waiting for it …");
  await alone({ home, clock, onWait }, async () => {
    const agents = readRoster().agents.map(({ name }) => name);
    if (await isInUse(home, createPm2({ home }), agents))
      throw new CommandFailed(
        `Something runs in ${home.folder}, and an upgrade needs its files alone. Stop it with \`${here.kaos} down\`, then try again.`,
      );
    await work();
  });
}

function refuseNewer(here: Context, standings: readonly Standing[], json: boolean): never {
  if (json)
    here.print(JSON.stringify({ home: here.home.folder, kind: "newer", stores: shown(standings) }, undefined, 2));
  const newer = standings.find(({ unknown }) => unknown.length > 0);
  const update = isClone()
    ? "with `git pull && npm run build`"
    : "the way you got this one, a package or an image made from a clone";
  throw new CommandFailed(
    `${newer?.path} was written by a newer version of KAOS than this one (${programVersion()}): it has the step "${newer?.unknown[0]}". Nothing was changed. ` +
      `Get the newer one ${update}; or, if you upgraded by mistake, \`${here.kaos} upgrade --rollback\` brings the databases back to this one.`,
  );
}

function unsafe(because: readonly string[], wasBefore: boolean): CommandFailed {
  const what = wasBefore
    ? "This home is not whole, so it is not upgraded. Mend it first with `kaos doctor --fix`:"
    : "On copies the upgrade did not work, so nothing was changed:";
  return new CommandFailed(`${what}\n${listOf(because)}`);
}

function told({ paint, home }: Context, standings: readonly Standing[]): string {
  if (standings.length === 0) return `Nothing has run in ${home.folder} yet: there is nothing to upgrade.`;
  const width = Math.max(...standings.map(({ path }) => path.length));
  return standings
    .map(({ path, taken, ahead }) => {
      const at = taken.at(-1) ?? "empty";
      const line = `${paint.bold(path.padEnd(width))}  ${at}`;
      return ahead.length === 0 ? `${line} ${paint.soft("up to date")}` : `${line} → ${ahead.join(", ")}`;
    })
    .join("\n");
}

function shown(standings: readonly Standing[]) {
  return standings.map(({ path, what, taken, ahead, unknown }) => ({ path, what, taken, ahead, unknown }));
}

function listOf(problems: readonly string[]): string {
  return problems.map((problem) => `  ${problem}`).join("\n");
}
