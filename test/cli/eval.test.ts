/** Turns become scenarios, scenarios are played, and what changed is told. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kaos, newHome } from "./kaos.ts";

test("a turn is captured, behaves the same when played, and a change is seen", async () => {
  const home = newHome();
  const set = join(home, "evals");
  expect((await kaos(home, ["eval", "capture", "--last", "3", "--to", set])).stderr).toContain(
    "No turn has ended here",
  );
  await kaos(home, ["chat", "--agent", "nexus", "-p", "What is 15% of 80?"]);
  const captured = await kaos(home, ["eval", "capture", "--last", "3", "--to", set]);
  expect([captured.code, captured.stderr]).toEqual([0, ""]);
  const [file = ""] = readdirSync(set);
  const path = join(set, file);

  const same = await kaos(home, ["eval", "run", set, "--json"]);
  expect(same.code).toBe(0);
  expect(JSON.parse(same.stdout)).toMatchObject({ scenarios: 1, same: 1, played: [{ agent: "nexus" }] });
  expect((await kaos(home, ["eval", "run", set, "--offline"])).code).toBe(0);
  const before = join(home, "before.json");
  writeFileSync(before, same.stdout);

  // As if the answer, and with it the behaviour, had been another one.
  writeFileSync(path, readFileSync(path, "utf8").replaceAll("calculate", "current-time"));
  const changed = await kaos(home, ["eval", "run", set]);
  expect(changed.code).toBe(1);
  expect(changed.stdout).toMatch(/outcome of current-time \(call 1\): was ok, is bad arguments/);
  const differs = await kaos(home, ["eval", "diff", before, set]);
  expect([differs.code, differs.stdout]).toEqual([1, expect.stringContaining("tools: was calculate, is current-time")]);
  expect((await kaos(home, ["eval", "diff", set, set])).stdout).toContain("They behave the same.");
});

test("what is asked wrongly is told", async () => {
  const home = newHome();
  expect((await kaos(home, ["eval", "capture", "--to", home])).code).toBe(2);
  const nothing = await kaos(home, ["eval", "run", join(home, "none")]);
  expect([nothing.code, nothing.stderr]).toEqual([1, expect.stringContaining("There is no folder")]);
  expect((await kaos(home, ["eval", "diff", home, join(home, "x.json")])).stderr).toMatch(
    /holds no scenarios|There is no/,
  );
});
