/** The lines that are always in a prompt: short, stable, within a budget that can be seen. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { catalogueOf, LINE_TOKENS_MAX, tokensIn } from "../../../shared/skills/catalogue.ts";
import { rankByUse } from "../../../shared/skills/index.ts";

const skill = fc.record({
  name: fc.stringMatching(/^[a-z][a-z0-9-]{0,40}$/u),
  description: fc.string({ unit: "grapheme", minLength: 1, maxLength: 1_024 }),
});

test("no line has more than fifty tokens, and none has a second line", () => {
  fc.assert(
    fc.property(fc.uniqueArray(skill, { selector: ({ name }) => name, maxLength: 30 }), (skills) => {
      const { text, shown, tokens } = catalogueOf(skills);
      const lines = text.split("\n").filter((line) => line.startsWith("- "));
      expect(lines.length).toBe(skills.length);
      for (const line of lines) expect(tokensIn(line)).toBeLessThanOrEqual(LINE_TOKENS_MAX);
      expect(tokens).toBe(shown.reduce((sum, one) => sum + one.tokens, 0));
    }),
  );
});

test("over the budget the least relevant are withheld, and named", () => {
  const skills = ["c", "a", "b"].map((name) => ({ name, description: "x".repeat(100) }));
  const { shown, withheld, text } = catalogueOf(skills, { tokensMax: 60 });
  expect(shown.map(({ name }) => name)).toEqual(["a", "c"]);
  expect(withheld).toEqual(["b"]);
  expect(text).toContain("Also there, by name only: b.");
});

test("the same skills give the same bytes, in whatever order of relevance", () => {
  const skills = ["б", "a", "Z", "ä"].map((name) => ({ name, description: "what it is for" }));
  expect(catalogueOf(skills.toReversed()).text).toBe(catalogueOf(skills).text);
  expect(catalogueOf([]).text).toBe("");
});

test("what was loaded most often is ranked first, over all versions of a skill", () => {
  const one = { hash: "h", offered: 9, followed: 0, corrected: 0 };
  const figures = [
    { ...one, skill: "rare", loaded: 1 },
    { ...one, skill: "often", loaded: 2 },
    { ...one, skill: "often", hash: "i", loaded: 2 },
    { ...one, skill: "never", loaded: 0 },
  ];
  expect(rankByUse(figures)).toEqual(["often", "rare", "never"]);
});
