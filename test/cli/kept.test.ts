/** What the tests of the command line rely on: a kept process is to a command what a process of its own would be. */
import { realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newHome } from "./kaos.ts";
import { runInKept } from "./kept.ts";

/** A program of one file, run in a folder of its own. */
function programOf(source: string) {
  const folder = realpathSync(newHome());
  const program = join(folder, "main.mjs");
  writeFileSync(program, source);
  return (words: readonly string[], env: Record<string, string>, input = "") =>
    runInKept({ program, words, env, input, folder, restMaxMs: 100 });
}

test("a command has its own words, environment, input, folder, pipes and exit code, and nothing of the one before", async () => {
  const run = programOf(`
    import { text } from "node:stream/consumers";
    const seen = { words: process.argv.slice(2), mine: process.env.MINE, input: await text(process.stdin), code: process.exitCode };
    process.stdout.write(JSON.stringify({ ...seen, listening: process.listenerCount("SIGTERM") }));
    process.stderr.write(process.cwd());
    process.on("SIGTERM", () => {});
    process.exitCode = 3;
  `);
  const first = await run(["one"], { MINE: "yes" }, "piped");
  const second = await run(["two"], {});
  expect(JSON.parse(first.stdout)).toEqual({ words: ["one"], mine: "yes", input: "piped", listening: 0 });
  expect(JSON.parse(second.stdout)).toEqual({ words: ["two"], input: "", listening: 0 });
  expect(first.stderr).toMatch(/kaos-/);
  expect([first.code, second.code]).toEqual([3, 3]);
});

test("what a command begins is waited for, as the end of a process would be", async () => {
  const run = programOf(`setTimeout(() => process.stdout.write("late"), 20);`);
  expect(await run([], {})).toEqual({ stdout: "late", stderr: "", code: 0 });
});

test("a command that would keep a process alive is told of", async () => {
  const run = programOf("setInterval(() => {}, 1_000);");
  await expect(run(["watch"], {})).rejects.toThrow("watch leaves open: Timeout");
});

test("two at once do not meet", async () => {
  const run = programOf(`
    await new Promise((done) => setTimeout(done, 20));
    process.stdout.write(process.argv[2]);
  `);
  const both = await Promise.all([run(["one"], {}), run(["two"], {})]);
  expect(both.map(({ stdout }) => stdout)).toEqual(["one", "two"]);
});
