/** What is read before an agent can begin. Seven processes start at once, so whatever one of them reads costs seven times. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { programFile, programRoot } from "../../shared/config/index.ts";

/** The built files that Node links before the first line of `program` runs, and the packages these import. */
function readBy(program: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set([program]);
  const packages = new Set<string>();
  for (const file of files) {
    for (const [, from = ""] of readFileSync(file, "utf8").matchAll(/^(?:import|export)\b[^"\n]*"([^"\n]+)";$/gm)) {
      if (from.startsWith(".")) files.add(join(dirname(file), from));
      else packages.add(from);
    }
  }
  return { files, packages };
}

test("an agent starts from few files, and without what it needs later or never", () => {
  const { files, packages } = readBy(join(programRoot(), "dist/agents/main.js"));
  expect(files.size).toBeGreaterThan(5);
  expect(files.size).toBeLessThan(60);
  // `import "node:http"` evaluates all of fetch, though nobody fetches.
  const forLater = [
    "node:http",
    "node:https",
    "undici",
    "openai",
    "telegram",
    "discord.js",
    "playwright-core",
    "linkedom",
  ];
  expect([...packages].filter((name) => forLater.includes(name))).toEqual([]);
  expect(packages).toContain("better-sqlite3");
});

test("the thread that reads pages is found, as written and as built", () => {
  expect(programFile("agents/page-worker")).toBe(join(programRoot(), "agents/page-worker.ts"));
  expect(readBy(join(programRoot(), "dist/agents/page-worker.js")).packages).toContain("node:worker_threads");
});
