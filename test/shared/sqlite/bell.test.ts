import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createBell } from "../../../shared/sqlite/index.ts";
import { temporaryFolder } from "./folder.ts";

test("a bell is heard by everybody who listens beside the same file, until they are deaf again", async () => {
  const file = join(temporaryFolder(), "swarm.db");
  writeFileSync(file, "");
  const [one, other, ringer] = [createBell(file), createBell(file), createBell(file)];
  onTestFinished(() => {
    one.deafen();
    other.deafen();
  });
  const heard = [one, other].map((bell) => new Promise<void>((resolve) => bell.hear(resolve)));
  expect([one.heard(), other.heard()]).toEqual([false, false]);
  ringer.ring();
  await Promise.all(heard);
  expect([one.heard(), other.heard()]).toEqual([true, true]);

  one.deafen();
  const again = new Promise<void>((resolve) => other.hear(resolve));
  ringer.ring();
  await again;
  expect([one.heard(), other.heard()]).toEqual([false, true]);
});

test("where there is nothing to touch or to listen to, nobody hears anything, and nothing fails", () => {
  const file = join(temporaryFolder(), "swarm.db");
  const bell = createBell(file);
  bell.hear(() => expect.unreachable());
  bell.ring();
  writeFileSync(file, "");
  rmSync(file);
  bell.ring();
  expect(bell.heard()).toBe(false);
  bell.deafen();
});
