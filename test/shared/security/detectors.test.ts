import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findSecrets } from "../../../shared/security/detector.ts";
import { detectors } from "../../../shared/security/index.ts";
import { slowOn } from "../../growth.ts";

test("every file is in the list, under its own name", () => {
  const files = readdirSync(new URL("../../../shared/security/detectors/", import.meta.url)).filter(
    (file) => file !== "index.ts",
  );
  expect(detectors.map(({ name }) => `${name}.ts`).sort()).toEqual(files.sort());
});

describe.each(detectors)("$name", (detector) => {
  const { examples, pattern } = detector;

  test("has examples of both kinds, and a pattern that says where it found something", () => {
    expect(examples.catches.length).toBeGreaterThan(0);
    expect(examples.passes.length).toBeGreaterThan(0);
    expect([...pattern.flags].sort().join("")).toMatch(/^dgi?$/);
  });

  test.each(examples.catches)("catches %s", (text) => {
    expect(findSecrets(text, detector)).toHaveLength(1);
  });

  test.each(examples.passes)("lets pass %s", (text) => {
    expect(findSecrets(text, detector)).toEqual([]);
  });
});

describe("no text makes the detectors slow", () => {
  const beginnings = detectors
    .flatMap(({ examples }) => examples.catches)
    .flatMap((text) => [text.slice(0, 12), text.slice(0, 30), text.slice(0, -1)]);
  const hostile = [
    ...new Set(beginnings),
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----a",
    "-",
    "A",
    "eyJ",
    "eyJaaaaaaaaaa.",
    "a:",
    "a://b:",
    "http://",
    "password",
    "password=",
    "token: ",
    "bearer ",
    "xoxa-",
    "M.",
    "1:",
    "\\n",
    "\n",
    "sk-",
    " sk-a",
    "ab: ",
    "ab: \n",
    "a-\n",
  ];

  test.each(hostile)("not %j over and over", async (piece) => {
    for (const begin of ["", "-----BEGIN PRIVATE KEY-----\n"]) {
      const read = (text: string) => detectors.map((detector) => findSecrets(begin + text, detector));
      expect(await slowOn(read, piece)).toBeUndefined();
    }
  });
});
