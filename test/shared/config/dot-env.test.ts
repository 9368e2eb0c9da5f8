/** A setting is written into `.env` in its place, and what a person wrote there stays. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { ConfigProblem, loadDotEnv, setInDotEnv } from "../../../shared/config/index.ts";

let file: string;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "kaos-env-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  file = join(folder, ".env");
});
const read = () => readFileSync(file, "utf8");

test("a new variable goes to the end, a known one is changed where it stands, comments and order stay", () => {
  writeFileSync(file, "# mine\nB=2 # two\n\n# A=9\nexport A = old\nC='x y'", { mode: 0o644 });
  setInDotEnv("A", "new", file);
  setInDotEnv("D", "it's #1", file);
  expect(read()).toBe("# mine\nB=2 # two\n\n# A=9\nA=new\nC='x y'\nD=\"it's #1\"\n");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  setInDotEnv("B", undefined, file);
  expect(read()).toBe("# mine\n\n# A=9\nA=new\nC='x y'\nD=\"it's #1\"\n");
});

test("the last of several lines is the one that counts, and the one that changes", () => {
  writeFileSync(file, "A=1\nA=2\n");
  setInDotEnv("A", "3", file);
  expect(read()).toBe("A=1\nA=3\n");
});

test("the first setting makes the file", () => {
  setInDotEnv("A", "1", file);
  expect(read()).toBe("A=1\n");
});

test("a value that spans lines is left alone, and nothing is changed", () => {
  const before = 'KEY="one\nA=2\nthree"\n';
  writeFileSync(file, before);
  expect(() => setInDotEnv("A", "3", file)).toThrow(ConfigProblem);
  expect(read()).toBe(before);
  expect(() => setInDotEnv("B", "one\ntwo", file)).toThrow("cannot stand in .env");
});

test("whatever is written is what is read, beside whatever else stands there", () => {
  const value = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 30 })
    .map((text) => text.trim())
    .filter((text) => text !== "");
  const names = fc.constantFrom("A", "LONG_NAME", "KAOS_X");
  fc.assert(
    fc.property(fc.array(fc.tuple(names, value), { maxLength: 6 }), (writes) => {
      writeFileSync(file, "# top\nFIRST='one # two'\n");
      const expected: Record<string, string> = { FIRST: "one # two" };
      for (const [name, text] of writes) {
        try {
          setInDotEnv(name, text, file);
          expected[name] = text;
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigProblem);
        }
      }
      expect({ ...loadDotEnv(file) }).toEqual(expected);
      expect(read().startsWith("# top\n")).toBe(true);
    }),
  );
});
