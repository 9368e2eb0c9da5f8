/** What a run of all benches says of one: its figures, and whether it kept its promises; a process without figures is named. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { measure } from "../../bench/all/measure.ts";
import { measured } from "../../bench/soak/months.ts";
import type { Sample } from "../../bench/soak/witness.ts";

test("a bench that broke a promise has figures, and has not kept it; one without figures did not run", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kaos-bench-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const bench = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return measure(join(folder, name), ["--minutes", "1"]);
  };
  const print = "console.log(JSON.stringify({ violations: 3, words: process.argv.slice(2) }));";
  const figures = { violations: 3, words: ["--minutes", "1", "--json"] };
  expect(await bench("good.cjs", print)).toMatchObject({ ran: true, kept: true, figures });
  expect(await bench("broken.cjs", `${print} process.exitCode = 1;`)).toMatchObject({
    ran: true,
    kept: false,
    figures,
  });
  expect(await bench("mute.cjs", "console.error('no disk'); process.exitCode = 1;")).toMatchObject({
    ran: false,
    because: "no disk",
  });
  expect(await measure(join(folder, "none.cjs"), [])).toMatchObject({ ran: false });
});

test("a process that never lived long enough is named as not measured", () => {
  const life = (name: string, looks: number): Sample[] =>
    Array.from({ length: looks }, (_, index) => ({
      ...{ at: index * 4_000, name, pid: 1, liveBytes: 1, codeBytes: 0, rssBytes: 1, handles: 1 },
      ...{ delayP99Ms: 0, delayMaxMs: 0 },
    }));
  const size = { at: 0, messages: 1, ledgerBytes: 1, walBytes: 1, agentsBytes: 1, agentsWalBytes: 1, logBytes: 1 };
  const samples = new Map([
    ["kronos", life("kronos", 200)],
    ["nexus", life("nexus", 7)],
  ]);
  const { processes, notMeasured } = measured(["kronos", "nexus", "supervisor"], samples, [{ ...size, facts: {} }]);
  expect(processes.map(({ name }) => name)).toEqual(["kronos"]);
  expect(notMeasured).toEqual([
    expect.stringContaining("the memory of nexus: it never lived long enough"),
    expect.stringContaining("the memory of supervisor"),
  ]);
});
