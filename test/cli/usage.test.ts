/** What a person reads who does not know yet, or has mistyped: help on stdout, one sentence on stderr, an exit code for scripts. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commands } from "../../cli/index.ts";
import { kaos, kaosAlone, newHome } from "./kaos.ts";

describe("kaos", () => {
  test("lists every command with what it does, and ends well", async () => {
    const { stdout, stderr, code } = await kaosAlone(newHome(), ["--help"]);
    const words = stdout.replaceAll(/\s+/g, " ");
    for (const { name, summary } of commands) expect(words).toContain(` ${name} ${summary} `);
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });

  test.each(commands)("tells of $name alone when asked, without touching a home", async ({ name }) => {
    const { stdout, code } = await kaos(newHome(), [name, "--help"], { env: { SWARM_PACE: "not a number" } });
    expect(stdout).toMatch(new RegExp(`^Usage: kaos ${name} `));
    expect(code).toBe(0);
  });

  test.each([
    [[], /^Usage: kaos/],
    [["statsu"], /^✗ unknown command 'statsu'\n\(Did you mean status\?\)\n/],
    [["status", "--jsno"], /^✗ unknown option '--jsno'/],
    [["--home"], /^✗ option '--home <folder>' argument missing/],
    [["logs", "-n", "x"], /Write a whole number from 0 to 10000\./],
    [["up", "krnos"], /^✗ There is no agent "krnos"\. Did you mean kronos\?\n$/],
    [["up", "somebody"], /Known are impulse, keystone, kronos, lacuna, nexus and resonant\./],
    [["swarm"], /^Usage: kaos swarm/],
  ])("ends with 2 on wrong usage: %j", async (words, sentence) => {
    const { stdout, stderr, code } = await kaos(newHome(), words);
    expect(stdout).toBe("");
    expect(stderr).toMatch(sentence);
    expect(code).toBe(2);
  });

  test("names the variable that cannot be used, and shows a stack only when debugging", async () => {
    const plain = await kaos(newHome(), ["status"], { env: { SWARM_PACE: "fast" } });
    expect(plain.stderr).toMatch(/^✗ SWARM_PACE="fast" cannot be used: .+\n$/);
    expect(plain.code).toBe(1);
    const debugging = await kaos(newHome(), ["status"], { env: { SWARM_PACE: "fast", LOG_LEVEL: "debug" } });
    expect(debugging.stderr).toMatch(/\n\s+at /);
  });

  test.each([
    [["why", "last"], /^✗ Nothing has run in .+ yet\. Start the swarm with `kaos up`/],
    [["dashboard"], /^✗ Nothing has run in /],
    [["logs"], /^✗ There are no logs in /],
  ])("says what to do in a home where nothing has run: %j", async (words, sentence) => {
    const { stdout, stderr, code } = await kaos(newHome(), words);
    expect(stdout).toBe("");
    expect(stderr).toMatch(sentence);
    expect(code).toBe(1);
  });

  test("shows no colour where nobody sees it", async () => {
    const { stdout } = await kaosAlone(newHome(), ["status"]);
    expect(stdout).toMatch(/^process +state/);
    expect(stdout).not.toContain("\u001b");
  });

  test("leaves a ledger alone that a newer version wrote, and one that is none", async () => {
    const home = newHome();
    await kaos(home, ["room", "hello"]);
    const { default: Sqlite } = await import("better-sqlite3");
    const db = new Sqlite(join(home, "swarm.db"));
    db.prepare("INSERT INTO migrations (name, applied_at) VALUES ('9999-later', 0)").run();
    db.close();
    const newer = await kaos(home, ["up"]);
    expect(newer.stderr).toMatch(/^✗ The ledger .+ was written by a newer version of KAOS .+ Nothing was changed\./);
    expect(newer.code).toBe(1);

    const other = newHome();
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, "swarm.db"), "this is a letter, not a database");
    const unreadable = await kaos(other, ["up"]);
    expect(unreadable.stderr).toMatch(/^✗ Cannot open the database .+: file is not a database\./);
    expect(unreadable.code).toBe(1);
    expect(readFileSync(join(other, "swarm.db"), "utf8")).toBe("this is a letter, not a database");
  });
});
