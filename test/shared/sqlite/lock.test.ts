import { join } from "node:path";
import { expect, test } from "vitest";
import { DatabaseUnusable, takeLock } from "../../../shared/sqlite/index.ts";
import { startChild } from "../child.ts";
import { temporaryFolder } from "./folder.ts";

test("a lock that one process holds, another does not get, until the holder is killed", async () => {
  const path = join(temporaryFolder(), "agents", "kronos", "agent.lock");
  const holder = startChild(new URL("lock-child.ts", import.meta.url), path);
  expect(await holder.line()).toBe("held");
  expect(takeLock(path)).toBeUndefined();
  holder.process.kill("SIGKILL");
  await holder.end();
  const lock = takeLock(path);
  expect(lock).toBeDefined();
  lock?.release();
});

test("a released lock can be taken again", () => {
  const path = join(temporaryFolder(), "agent.lock");
  const first = takeLock(path);
  expect(takeLock(path)).toBeUndefined();
  first?.release();
  const second = takeLock(path);
  expect(second).toBeDefined();
  second?.release();
});

test("a place where no lock file can be is a sentence", () => {
  expect(() => takeLock(temporaryFolder())).toThrow(DatabaseUnusable);
});
