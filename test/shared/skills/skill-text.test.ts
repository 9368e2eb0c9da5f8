/** SKILL.md files as people and other systems write them. */
import { describe, expect, test } from "vitest";
import { readSkillText } from "../../../shared/skills/index.ts";

const good: Record<string, [string, { name: string; description: string }]> = {
  "a folded description": [
    "---\nname: tea\ndescription: >-\n  Brew\n  tea\n---\nPour.",
    { name: "tea", description: "Brew tea" },
  ],
  "a colon in quotes": [
    '---\nname: tea\ndescription: "Tea: brew it"\n---\n',
    { name: "tea", description: "Tea: brew it" },
  ],
  "lines of Windows": [
    "---\r\nname: tea\r\ndescription: Brew\r\n---\r\nPour.\r\n",
    { name: "tea", description: "Brew" },
  ],
  "a byte order mark": ["\uFEFF---\nname: tea\ndescription: Brew\n---\n", { name: "tea", description: "Brew" }],
  "fields of other systems": [
    "---\nname: tea\ndescription: Brew\nversion: 1.0\nmetadata:\n  openclaw: { emoji: x, requires: [y] }\ntriggers: [a, b]\n---\n",
    { name: "tea", description: "Brew" },
  ],
  "a name in Russian": ["---\nname: мой-навык\ndescription: Чай\n---\n", { name: "мой-навык", description: "Чай" }],
  "a name with a space": ["---\nname: My Tea\ndescription: Brew\n---\n", { name: "My Tea", description: "Brew" }],
  "a number for a name": ["---\nname: 2026\ndescription: The year\n---\n", { name: "2026", description: "The year" }],
  "a rule in the body": ["---\nname: tea\ndescription: Brew\n---\nA\n\n---\n\nB", { name: "tea", description: "Brew" }],
};

test.each(Object.entries(good))("reads %s", (_what, [text, wanted]) => {
  expect(readSkillText(text, "tea")).toMatchObject({ readable: true, ...wanted });
});

const bad: Record<string, [string, string]> = {
  "no front matter": ["# Tea", "does not begin"],
  "front matter that never ends": ["---\nname: tea\ndescription: Brew\n", "missing"],
  "a list": ["---\n- tea\n---\n", "no list of"],
  "no YAML": ["---\nname: tea\ndescription: a: b: c\n---\n", "no YAML"],
  "a field twice": ["---\nname: a\nname: b\ndescription: c\n---\n", "no YAML"],
  "no name": ["---\ndescription: Brew\n---\n", "no `name`"],
  "no description": ["---\nname: tea\n---\n", "no `description`"],
  "an empty description": ['---\nname: tea\ndescription: "  "\n---\n', "no `description`"],
  "a name that is a path": ["---\nname: ../tea\ndescription: Brew\n---\n", "no name may have"],
  "a name that hides": ["---\nname: te\u200ba\ndescription: Brew\n---\n", "no name may have"],
  "a name that is too long": [`---\nname: ${"x".repeat(65)}\ndescription: Brew\n---\n`, "65 characters"],
  "a description that is too long": [`---\nname: tea\ndescription: ${"x".repeat(1_025)}\n---\n`, "1025 characters"],
  "too much front matter": [`---\nname: tea\ndescription: b\nx: ${"y".repeat(40_000)}\n---\n`, "characters"],
};

test.each(Object.entries(bad))("reports %s", (_what, [text, because]) => {
  expect(readSkillText(text, "tea")).toEqual({ readable: false, because: expect.stringContaining(because) });
});

describe("what the public format advises", () => {
  test("a tidy skill has no warnings, and its wishes are read", () => {
    const text =
      "---\nname: tea\ndescription: Brew\nlicense: MIT\ncompatibility: needs water\nallowed-tools: Bash(git:*) Read\n---\nPour.";
    expect(readSkillText(text, "tea")).toMatchObject({
      warnings: [],
      license: "MIT",
      compatibility: "needs water",
      allowedTools: ["Bash(git:*)", "Read"],
    });
  });

  test("an untidy one loads and says what is", () => {
    const read = readSkillText("---\nname: My_Tea\ndescription: Brew\n---\n", "tea");
    expect(read).toMatchObject({
      readable: true,
      warnings: [
        expect.stringContaining('folder "tea"'),
        expect.stringContaining("small letters"),
        expect.stringContaining("no text"),
      ],
    });
  });
});
