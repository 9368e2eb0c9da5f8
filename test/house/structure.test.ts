/** Modules, names, lists and sizes: what a reader relies on when looking for something. */
import { describe, expect, test } from "vitest";
import { exists, filesBelow, foldersIn, read } from "./tree.ts";

const production = ["agents", "shared", "supervisor", "dashboard", "cli", "bench"].flatMap(filesBelow);
const sources = production.filter((path) => path.endsWith(".ts"));
const tests = filesBelow("test").filter((path) => path.endsWith(".ts"));
const modules = foldersIn("shared").filter((folder) => filesBelow(folder).some((path) => path.endsWith(".ts")));

/** Folders whose index.ts is an explicit list, what counts as a part there, and what may stand beside the parts. */
const lists: { folder: string; isPart?: (source: string) => boolean }[] = [
  { folder: "shared/tools", isPart: (source) => /\bdefineTool\(/.test(source) },
  { folder: "shared/security/detectors" },
  { folder: "shared/memory/layers" },
  { folder: "shared/ledger/migrations" },
  { folder: "supervisor/jobs" },
  { folder: "dashboard/views" },
  { folder: "cli", isPart: (source) => /^export const \w+: Define\b/m.test(source) },
];

const linesMax = 250;

describe("a module in shared/", () => {
  test("there are modules to look at", () => expect(modules.length).toBeGreaterThan(10));

  test.each(modules)("%s has a front door and says what it is for", (folder) => {
    expect(exists(`${folder}/index.ts`), `${folder}/index.ts`).toBe(true);
    expect(read(`${folder}/README.md`).length, `${folder}/README.md`).toBeGreaterThan(80);
  });

  test.each(modules.filter((folder) => !lists.some((list) => list.folder === folder)))(
    "%s/index.ts holds exports and no code",
    (folder) => {
      const code = read(`${folder}/index.ts`).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      const rest = code.replaceAll(/export (type )?(\*|\{[^}]*\}) from "\.{1,2}\/[^"]+\.ts";/g, "").trim();
      expect(rest).toBe("");
    },
  );
});

describe("an explicit list is complete", () => {
  const present = lists.filter(({ folder }) => exists(`${folder}/index.ts`));

  test("the tools, the detectors, the jobs, the views and the commands have one", () => {
    expect(present.length).toBeGreaterThanOrEqual(5);
  });

  test.each(present)("$folder/index.ts names every part in its folder", ({ folder, isPart = () => true }) => {
    const files = sources.filter(
      (path) => path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes("/"),
    );
    const parts = files.filter((path) => !path.endsWith("/index.ts") && isPart(read(path)));
    const list = read(`${folder}/index.ts`);
    const missing = parts.filter((path) => !list.includes(`"./${path.slice(folder.length + 1)}"`));
    console.info(`${folder}: ${parts.length} parts`);
    expect(parts.length).toBeGreaterThan(0);
    expect(missing).toEqual([]);
  });
});

describe("names", () => {
  test("no file is called by a word that says nothing", () => {
    const empty = /(^|[/-])(utils?|helpers?|managers?|services?|misc|common)([-.]|$)/;
    expect([...sources, ...tests].filter((path) => empty.test(path))).toEqual([]);
  });

  test("nothing but a known top-level folder", () => {
    const known = /^(agents|shared|supervisor|dashboard|skills|test|cli|docs|bench|\.ci|\.github)\//;
    expect(filesBelow(".").filter((path) => path.includes("/") && !known.test(path))).toEqual([]);
  });
});

describe("a source file", () => {
  test("says what it is for", () => {
    // A part in a list says it in a field of its own; an index.ts is the list.
    const isPart = (path: string) =>
      path.endsWith("/index.ts") || lists.some(({ folder }) => path.startsWith(`${folder}/`));
    expect(sources.filter((path) => !isPart(path) && !/^(\/\*\*|\/\/) ?\S/m.test(read(path)))).toEqual([]);
  });

  test("has no unfinished corner", () => {
    expect(sources.filter((path) => /\b(TODO|FIXME|XXX)\b/.test(read(path)))).toEqual([]);
  });

  test("imports local files by their full name", () => {
    const importing = /(?:from|import\()\s*"(\.{1,2}\/[^"]+)"/g;
    const wrong = [...sources, ...tests].flatMap((path) =>
      [...read(path).matchAll(importing)]
        .filter(([, to = ""]) => !/\.(ts|cjs|json)$/.test(to))
        .map(([text]) => `${path}: ${text}`),
    );
    expect(wrong).toEqual([]);
  });

  test("reads the environment in config/env.ts alone", () => {
    const reading = sources.filter((path) => /\bprocess\.env\b|\bprocess\[["']env/.test(read(path)));
    // The second holds the text of programs that look from inside a sandbox whether there is anything to see.
    expect(reading).toEqual(["shared/config/env.ts", "shared/tools/dynamic/probes.ts"]);
  });

  test(`is rarely longer than ${linesMax} lines`, () => {
    const long = sources
      .map((path) => ({ path, lines: read(path).split("\n").length }))
      .filter(({ lines }) => lines > linesMax);
    for (const { path, lines } of long) console.info(`${path}: ${lines} lines. One thing told in order, or several?`);
    expect(long.length).toBeLessThan(sources.length / 10);
  });
});

describe("a test", () => {
  test("is neither skipped, nor singled out, nor postponed", () => {
    const bare = /\b(test|it|describe)(\.concurrent)?\.(skip|only|todo)\b|\b(xit|xtest|xdescribe|fit|fdescribe)\(/;
    expect(tests.filter((path) => bare.test(read(path)))).toEqual([]);
  });

  test("mocks no module", () => {
    const mocking = new RegExp(`\\b${"vi"}\\.(mock|doMock|hoisted)\\(`);
    expect(tests.filter((path) => mocking.test(read(path)))).toEqual([]);
  });

  test("that cannot run everywhere says in its name what it needs", () => {
    const silent = /\.(skipIf|runIf)\(.*\)\((?!\s*["`'][^"`']*\(needs [^)]+\))|\breturn skip\(/;
    expect(tests.filter((path) => silent.test(read(path)))).toEqual([]);
  });
});
