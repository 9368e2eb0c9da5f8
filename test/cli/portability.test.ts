/** `kaos export`, `import` and `import-from` as a person runs them. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../shared/base/index.ts";
import { homeAt } from "../../shared/config/index.ts";
import { openMemory } from "../../shared/memory/index.ts";
import { chatgptConversations, writeFiles } from "../shared/portability/foreign-samples.ts";
import { kaos, newHome } from "./kaos.ts";

async function livedHome(): Promise<string> {
  const home = newHome();
  const memory = await openMemory({
    path: homeAt(home).agent("kronos").database,
    clock: systemClock,
    durability: "off",
  });
  const person = { id: "owner", name: "you", isOwner: true };
  await memory.remember({
    thread: "room:main",
    message: "m1",
    person,
    audience: "owner",
    text: "The spare key is with Ines.",
    answer: { by: "kronos", text: "Noted.", model: "offline" },
  });
  memory.close();
  return home;
}

test("a home leaves as one file and comes back elsewhere: tried dry, brought in, found", async () => {
  const from = await livedHome();
  const file = join(newHome(), "me.tar");
  const out = await kaos(from, ["export", "--to", file]);
  expect([out.stderr, out.stdout]).toEqual(["", expect.stringMatching(/✓ .*me\.tar[\s\S]*kronos +2 facts/)]);
  const again = await kaos(from, ["export", "--to", file]);
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("is there already")]);

  const to = join(newHome(), "new");
  const dry = await kaos(to, ["import", file, "--dry-run"]);
  expect(dry.stdout).toMatch(/would be added: 2 facts, 2 things said[\s\S]*Nothing was changed/);
  expect(existsSync(to)).toBe(false);
  const real = JSON.parse((await kaos(to, ["import", file, "--json"])).stdout);
  expect(real).toMatchObject({ dryRun: false, conflicts: [] });
  const found = await kaos(to, ["memory", "search", "where is the spare key?"]);
  expect(found.stdout).toContain("The spare key is with Ines.");
});

test("an archive that is damaged is refused with one sentence", async () => {
  const home = newHome();
  const file = join(home, "bad.tar");
  writeFileSync(file, "no tar at all");
  const { code, stderr } = await kaos(join(home, "new"), ["import", file]);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^✗ Nothing was imported\. It is damaged, or no tar/)]);
  expect(existsSync(join(home, "new", "agents"))).toBe(false);
});

test("what was said to ChatGPT is told first, then kept and found; the same again adds nothing", async () => {
  const home = newHome();
  const folder = writeFiles(join(newHome(), "export"), { "conversations.json": JSON.stringify(chatgptConversations) });
  const dry = await kaos(home, ["import-from", "chatgpt", folder]);
  expect(dry.stdout).toMatch(/conversations +1[\s\S]*Would be kept: 5[\s\S]*read like orders[\s\S]*Left where it is/);
  expect(existsSync(homeAt(home).agent("kronos").database)).toBe(false);
  await kaos(home, ["import-from", "chatgpt", folder, "--apply"]);
  const found = await kaos(home, ["memory", "search", "which cabin on the ferry?"]);
  expect(found.stdout).toContain("porthole");
  const again = JSON.parse((await kaos(home, ["import-from", "chatgpt", folder, "--apply", "--json"])).stdout);
  expect(again).toMatchObject({ messages: { added: 0, there: 3 }, facts: { added: 0, there: 2 } });
});

test("a program that nobody can move from is wrong usage, and names the nearest", async () => {
  const { code, stderr } = await kaos(newHome(), ["import-from", "chatgtp", "x"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("Did you mean chatgpt?")]);
});
