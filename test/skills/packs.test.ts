/** The packs that come with KAOS: complete, short in the catalogue, each with scenarios that can tell good from bad. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createTextChecks } from "../../cli/skills/check-texts.ts";
import { programRoot } from "../../shared/config/index.ts";
import { catalogueOf, LINE_TOKENS_MAX } from "../../shared/skills/catalogue.ts";
import { missesOf, readPacks, readScenarios, type Skill, scanSkill } from "../../shared/skills/index.ts";

const packs = readPacks(join(programRoot(), "skills"));
const skills = packs.flatMap((pack) => pack.skills).filter((skill): skill is Skill => skill.readable);

const promised = {
  research: ["research-brief", "source-check", "deep-compare"],
  productivity: ["task-breakdown", "weekly-review", "meeting-notes"],
  ops: ["incident-review", "runbook-summary", "change-plan"],
  content: ["content-digest", "release-notes", "editorial-pass"],
  "finance-lite": ["finance-summary", "expense-review", "decision-memo"],
};

test("five packs, with the skills that were promised", () => {
  const there = Object.fromEntries(
    packs.map((pack) => [pack.name, pack.skills.map(({ directory }) => directory).toSorted()]),
  );
  expect(there).toEqual(Object.fromEntries(Object.entries(promised).map(([name, names]) => [name, names.toSorted()])));
  for (const pack of packs) expect(pack.examples.length, pack.name).toBeGreaterThanOrEqual(3);
});

test("the catalogue has every description whole, in at most fifty tokens", () => {
  const { text, shown, withheld } = catalogueOf(skills);
  expect(withheld).toEqual([]);
  expect(text).not.toContain("…");
  expect(Math.max(...shown.map(({ tokens }) => tokens))).toBeLessThanOrEqual(LINE_TOKENS_MAX);
});

describe.each(skills.map((skill) => [skill.name, skill] as const))("%s", (_name, skill) => {
  test("is by the book", () => {
    expect(skill.warnings).toEqual([]);
    expect(skill.body.split(/\s+/u).length).toBeGreaterThan(200);
  });

  test("names only files that it has, and has only files that it names", () => {
    const named = [...skill.body.matchAll(/references\/[\w-]+\.md/gu)].map(([path]) => path);
    const there = skill.files.map(({ path }) => path).filter((path) => path.startsWith("references/"));
    expect(there.length).toBeGreaterThan(0);
    expect([...new Set(named)].toSorted()).toEqual(there);
  });

  test("names only skills that there are", () => {
    const others = [...skill.body.matchAll(/`([a-z]+-[a-z]+)`/gu)].map(([, name = ""]) => name);
    for (const name of others) expect([...skills.map((one) => one.name), "no date"], name).toContain(name);
  });

  test("its scenarios can be passed, and tell a mistake", () => {
    const scenarios = readScenarios(skill);
    expect(scenarios.length).toBeGreaterThan(0);
    for (const scenario of scenarios) {
      expect(missesOf(scenario, scenario.good)).toEqual([]);
      for (const { because, answer } of scenario.bad) expect(missesOf(scenario, answer), because).not.toEqual([]);
    }
  });

  test("its own scan finds nothing that hides or commands", () => {
    const texts = skill.files.filter(({ path }) => path.endsWith(".md"));
    const files = new Map(texts.map(({ path }) => [path, readFileSync(join(skill.folder, path))]));
    expect(scanSkill(files, createTextChecks())).toEqual([]);
  });
});
