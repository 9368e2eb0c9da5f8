/** The demo's own home: made anew each time, badged, and never mixed with anything real. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Home, homeAt } from "../../shared/config/index.ts";
import { CommandFailed } from "../failures.ts";

const BADGE = "DEMO.txt";
const BADGE_TEXT =
  "Demo data, made by `kaos demo`. The next `kaos demo` deletes this whole folder. Keep nothing here.\n";
/** The lock under which a home is reset lies in it. */
const KEPT = /^processes\.lock/;

/** The folder `demo` inside this home, so that a real home next to it is never touched. */
export function demoHome({ folder }: Home): Home {
  return homeAt(join(folder, "demo"));
}

/** Empties it. Nothing may run there. Throws CommandFailed when it holds something that no demo has made. */
export function resetHome({ folder }: Home): void {
  const found = existsSync(folder) ? readdirSync(folder).filter((name) => !KEPT.test(name)) : [];
  if (found.length > 0 && !found.includes(BADGE)) {
    throw new CommandFailed(
      `${folder} holds files that the demo has not made, so they are not deleted. Move that folder away, or name another home with --home.`,
    );
  }
  for (const name of found) rmSync(join(folder, name), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, BADGE), BADGE_TEXT);
}
