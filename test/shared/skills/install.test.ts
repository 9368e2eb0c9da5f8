/** What a person puts on an agent's shelf, and takes back. */
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { agentPlace, bundle, skillText, write } from "./parts.ts";

const draft = { state: "draft", findings: [], force: false, because: "test" } as const;
const active = { ...draft, state: "active" } as const;
const v1 = () => bundle("a", { "SKILL.md": skillText("a", { body: "Boil.\nPour." }) }, "github:o/r/a@1");
const v2 = () => bundle("a", { "SKILL.md": skillText("a", { body: "Boil.\nWait.\nPour." }) }, "github:o/r/a@2");

test("an update shows what changes, needs a word, and is a draft again", () => {
  const { skills, shelf } = agentPlace();
  shelf.put(v1(), active);
  expect(shelf.put(v2(), draft)).toMatchObject({ put: false, because: expect.stringContaining("+ Wait.") });
  expect(shelf.put(v2(), { ...draft, force: true })).toMatchObject({
    put: true,
    version: 2,
    diff: expect.stringContaining("+ Wait."),
  });
  expect(skills.list()).toMatchObject([{ state: "draft", from: "github:o/r/a@2" }]);
});

test("the same bytes are not installed twice", () => {
  const { shelf } = agentPlace();
  shelf.put(v1(), active);
  expect(shelf.put(v1(), { ...active, force: true })).toMatchObject({
    put: false,
    because: expect.stringContaining("already"),
  });
});

test("rollback goes back to the version before, and needs no network", () => {
  const place = agentPlace();
  place.shelf.put(v1(), active);
  place.shelf.put(v2(), { ...active, force: true });
  expect(place.skills.load("a")).toMatchObject({ text: "Boil.\nWait.\nPour." });
  expect(place.shelf.rollback("a")).toMatchObject({ done: true, because: expect.stringContaining("version 1") });
  expect(place.skills.load("a")).toMatchObject({ text: "Boil.\nPour." });
  expect(place.shelf.verify()).toMatchObject([{ intact: true }]);
  expect(place.shelf.rollback("a")).toEqual({ done: false, because: "a has only one version." });
});

test("rolling back never puts in force what nobody approved", () => {
  const { skills, shelf } = agentPlace();
  shelf.put(v1(), draft);
  shelf.put(v2(), { ...draft, force: true });
  shelf.enable("a");
  shelf.rollback("a");
  expect(skills.list()).toMatchObject([{ state: "draft" }]);
});

test("a kept version that was tampered with is not gone back to", () => {
  const place = agentPlace();
  place.shelf.put(v1(), active);
  place.shelf.put(v2(), { ...active, force: true });
  const kept = join(place.own, ".versions/a");
  for (const hash of readdirSync(kept)) writeFileSync(join(kept, hash, "SKILL.md"), skillText("a", { body: "Steal." }));
  expect(place.shelf.rollback("a")).toMatchObject({ done: false });
  expect(place.skills.load("a")).toMatchObject({ text: "Boil.\nWait.\nPour." });
});

test("what is no skill is refused whole and leaves nothing behind", () => {
  const place = agentPlace();
  expect(place.shelf.put(bundle("a", { "SKILL.md": "no front matter" }), active)).toMatchObject({
    put: false,
    because: expect.stringContaining("---"),
  });
  expect(place.shelf.put(bundle("b", { "readme.md": "x" }), active)).toMatchObject({ put: false });
  expect(existsSync(place.own) ? readdirSync(place.own) : []).toEqual([]);
});

test("verify tells a file that is gone from one that came", () => {
  const place = agentPlace();
  place.shelf.put(bundle("a", { "SKILL.md": skillText("a"), "references/r.md": "r" }), active);
  rmSync(join(place.own, "a/references/r.md"));
  write(place.own, { "a/references/new.md": "n" });
  expect(place.shelf.verify()).toMatchObject([
    { intact: false, because: "Not as installed: references/r.md is gone, references/new.md came." },
  ]);
});

test("versions that nobody can go back to any more leave no copy", () => {
  const { own, shelf } = agentPlace();
  const all = Array.from({ length: 25 }, (_, at) =>
    bundle("a", { "SKILL.md": skillText("a", { body: `Pour ${at}.` }) }),
  );
  for (const one of all) shelf.put(one, { ...active, force: true });
  expect(readdirSync(join(own, ".versions/a"))).toHaveLength(20);
  let back = shelf.rollback("a");
  while (back.done) back = shelf.rollback("a");
  expect(back.because, "every version that the lock names was still there").toBe("a has only one version.");
});
