/** How a command ends that could not do what it was asked for. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { CommandFailed, tell, WrongUsage } from "../../cli/failures.ts";
import { BrokenPromise } from "../../shared/base/index.ts";

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kaos-failures-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("a failure of the world and wrong usage are their sentences alone, told apart by the exit code", () => {
  const logFolder = join(newFolder(), "logs");
  const quiet = { logFolder, debug: false };
  expect(tell(new CommandFailed("The disk is full."), quiet)).toEqual({ sentence: "The disk is full.", exitCode: 1 });
  expect(tell(new WrongUsage("No such name."), quiet)).toEqual({ sentence: "No such name.", exitCode: 2 });
  expect(tell(new CommandFailed("The disk is full."), { logFolder, debug: true }).sentence).toMatch(/full\.\n\s+at /);
});

test("a bug asks to be reported and keeps its stack where the sentence says", () => {
  const logFolder = join(newFolder(), "logs");
  const { sentence, exitCode } = tell(new BrokenPromise("a slot has one holder"), { logFolder, debug: false });
  const file = join(logFolder, "kaos.log");
  expect(sentence).toBe(
    `KAOS met a mistake of its own: it is not true that a slot has one holder. Please report it with ${file}.`,
  );
  expect(exitCode).toBe(1);
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
    msg: "bug",
    stack: expect.stringMatching(/\n\s+at /),
  });
});

test("a bug is told even where nothing can be written", () => {
  const folder = newFolder();
  writeFileSync(join(folder, "logs"), "a file where the folder should be");
  const { sentence } = tell(new TypeError("x is undefined"), { logFolder: join(folder, "logs"), debug: false });
  expect(sentence).toMatch(
    /x is undefined\. Please report it with the output of the same command with LOG_LEVEL=debug\.$/,
  );
});
