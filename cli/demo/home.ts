/** The demos' own home: made anew each time, badged, and never mixed with anything real. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describeVariables, type Home, homeAt, type RawEnv } from "../../shared/config/index.ts";
import { type Context, inShell, programName } from "../context.ts";
import { CommandFailed } from "../failures.ts";
import { alone } from "../processes/alone.ts";
import { readRoster } from "../processes/choose.ts";
import { isInUse } from "../processes/in-use.ts";
import { createPm2 } from "../processes/pm2.ts";

const BADGE = "DEMO.txt";
const WEEK = "kaos demo-seed";
/** The lock under which a home is reset lies in it. */
const KEPT = /^processes\.lock/;

export type DemoHome = {
  home: Home;
  /** The home as a person would type it here. */
  shown: string;
  /** The beginning of every command on this home. */
  kaos: string;
};

/** The folder `demo` inside this home, so that a real home next to it is never touched. */
export function demoHome({ home: { folder } }: Pick<Context, "home">): DemoHome {
  const home = homeAt(join(folder, "demo"));
  const shown = shortest(home.folder);
  return { home, shown, kaos: `${programName()} --home ${inShell(shown)}` };
}

/** Whether a week stands there, with which somebody may have gone on; what a demo has left is of no more use. */
export function holdsWeek({ home }: DemoHome): boolean {
  const badge = join(home.folder, BADGE);
  return existsSync(home.ledger) && existsSync(badge) && readFileSync(badge, "utf8").includes(`by \`${WEEK}\``);
}

/** Empties it for what this command makes. Throws CommandFailed when something runs there, or when it holds what no demo has made. */
export async function clearHome(
  { home, kaos }: DemoHome,
  { clock, note }: Context,
  by: "kaos demo" | typeof WEEK,
): Promise<void> {
  const onWait = () => note("Another kaos command is at work in the demo's home; waiting for it …");
  await alone({ home, clock, onWait }, async () => {
    const agents = readRoster().agents.map(({ name }) => name);
    if (await isInUse(home, createPm2({ home }), agents)) {
      throw new CommandFailed(
        `A demo runs in ${home.folder} already. \`${kaos} dashboard\` makes a link into it, \`${kaos} down\` stops it.`,
      );
    }
    resetHome(home, by);
  });
}

/** Nothing that a person has set, in the environment or in .env, changes a demo but what stands here. Empty means the default. */
export function demoSettings(own: RawEnv): RawEnv {
  const defaults = Object.fromEntries(describeVariables().map(({ name }) => [name, ""]));
  return { ...defaults, ...own };
}

function resetHome({ folder }: Home, by: string): void {
  const found = existsSync(folder) ? readdirSync(folder).filter((name) => !KEPT.test(name)) : [];
  if (found.length > 0 && !found.includes(BADGE)) {
    throw new CommandFailed(
      `${folder} holds files that the demo has not made, so they are not deleted. Move that folder away, or name another home with --home.`,
    );
  }
  for (const name of found) rmSync(join(folder, name), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(
    join(folder, BADGE),
    `Demo data, made by \`${by}\`. The next demo deletes this whole folder. Keep nothing here.\n`,
  );
}

function shortest(folder: string): string {
  const near = relative(process.cwd(), folder);
  return near !== "" && near.length < folder.length && !near.startsWith("..") ? near : folder;
}
