/** Rule 12: dependencies are pinned, few, argued for, and none runs a script that nobody named. More of it: test/house/repository.test.ts. */
import { expect, test } from "vitest";
import { read } from "../house/tree.ts";

const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<string, Record<string, string>>;
const direct = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !name.startsWith("@types/"));

test("each has its sentence in docs/dependencies.md", () => {
  const argued = read("docs/dependencies.md");
  expect(direct.filter((name) => !argued.includes(`\`${name}\``))).toEqual([]);
});

test("each version is exact and in the lockfile with a checksum", () => {
  const { packages } = JSON.parse(read("package-lock.json")) as {
    packages: Record<string, { version?: string; integrity?: string }>;
  };
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    const locked = packages[`node_modules/${name}`];
    expect(version, name).toMatch(/^(npm:.*@)?\d+\.\d+\.\d+/);
    expect(locked?.integrity, name).toMatch(/^sha\d+-/);
  }
});

test("the workflow that forks run asks for known holes", () => {
  expect(read(".github/workflows/ci.yml")).toMatch(/npm audit\b.*--audit-level=high/);
});
