/** What holds of commands whatever they do: words to copy can be copied, wrong usage is told as such, what is opened is closed, looking changes nothing. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { expect, onTestFinished, test } from "vitest";
import { backup } from "../../cli/backup.ts";
import type { Define } from "../../cli/command.ts";
import { type Context, createContext } from "../../cli/context.ts";
import { WrongUsage } from "../../cli/failures.ts";
import { jobs } from "../../cli/jobs.ts";
import { restore } from "../../cli/restore.ts";
import { withTurns } from "../../cli/turns/find-turn.ts";
import { withLifetime } from "../../cli/with-lifetime.ts";
import { systemClock } from "../../shared/base/index.ts";
import { findHome } from "../../shared/config/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { openDatabase } from "../../shared/sqlite/index.ts";
import { newHome } from "./kaos.ts";

/** A command of a home, in this process. */
async function run(home: string, define: Define, words: readonly string[], more: Partial<Context> = {}) {
  const program = new Command("kaos").exitOverride().configureOutput({ writeErr: () => {} });
  const printed: string[] = [];
  const print = (text: string) => void printed.push(text);
  define(program.command("it"), () => ({ ...createContext({ home }), print, note: print, ...more }));
  await program.parseAsync(["it", ...words], { from: "user" });
  return printed.join("\n");
}

test("a home with spaces is named so that a shell takes it as one word", () => {
  const kaosOf = (home: string) => createContext({ home }).kaos.replace(/^.* --home /, "");
  expect(kaosOf("/srv/kaos")).toBe("/srv/kaos");
  expect(kaosOf("/srv/my home")).toBe("'/srv/my home'");
  expect(kaosOf("/srv/it's; rm -rf")).toBe(String.raw`'/srv/it'\''s; rm -rf'`);
});

test("the home of a bug's log is the one that KAOS_HOME names", () => {
  const before = process.env["KAOS_HOME"];
  onTestFinished(() => {
    if (before === undefined) delete process.env["KAOS_HOME"];
    else process.env["KAOS_HOME"] = before;
  });
  process.env["KAOS_HOME"] = "/srv/elsewhere";
  expect(findHome().logs).toBe("/srv/elsewhere/logs");
  expect(findHome("/srv/said").logs).toBe("/srv/said/logs");
});

test.each([
  [restore, []],
  [jobs, ["add", "someday", "do", "it"]],
  [jobs, ["add", "every", "day", "8:00", "stretch", "--name", "no name!"]],
])("words that are wrong usage are told as that", async (define, words) => {
  await expect(run(newHome(), define, words)).rejects.toThrow(WrongUsage);
});

test("everything that was opened is closed, also when closing one part fails, and the failure is told", async () => {
  const closed: string[] = [];
  const ran = withLifetime(async ({ onClose }) => {
    onClose(() => void closed.push("ledger"));
    onClose(() => {
      throw new Error("the memory cannot be closed");
    });
    onClose(() => void closed.push("turns"));
  });
  await expect(ran).rejects.toThrow("the memory cannot be closed");
  expect(closed).toEqual(["turns", "ledger"]);
});

test("copies in a folder that a person named stay, whoever's they are", async () => {
  const [mine, yours, disk] = [newHome(), newHome(), newHome()];
  for (const home of [mine, yours]) (await openLedger({ path: join(home, "swarm.db"), clock: systemClock })).close();
  let now = Date.UTC(2026, 0, 5);
  const clock = { ...systemClock, now: () => now };
  const copy = (home: string, ...words: string[]) => {
    now += 1_000;
    return run(home, backup, words, { clock });
  };
  for (let time = 0; time < 4; time++) {
    await copy(mine, "--to", disk);
    await copy(yours, "--to", disk);
  }
  expect(readdirSync(disk)).toHaveLength(8);
});

test("who looks at the turns of an agent brings its file not up to date", async () => {
  const here = createContext({ home: newHome() });
  const path = here.home.agent("kronos").turns;
  const older = openDatabase(path, { durability: "normal" });
  older.exec("CREATE TABLE of_an_older_version (id TEXT) STRICT; PRAGMA wal_checkpoint(TRUNCATE)");
  older.close();
  const before = readFileSync(path);
  await expect(withTurns(here, "kronos", (turns) => turns.latest(9))).rejects.toThrow("an older version of KAOS");
  expect(readFileSync(path).equals(before)).toBe(true);
});
