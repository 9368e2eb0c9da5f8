/** What an agent sees of its skills, and what it does not. */
import { symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { agentPlace, bundle, newFolder, skillText, write } from "./parts.ts";

const active = { state: "active", findings: [], force: false, because: "test" } as const;

test("a skill of a pack is in the catalogue, loads, and brings the file beside it", () => {
  const place = agentPlace({ listed: ["brew"] });
  write(place.packs, {
    "kitchen/PACK.md": "---\ndescription: Kitchen\n---\n- Make tea\n",
    "kitchen/brew/SKILL.md": skillText("brew", { body: "Warm the pot." }),
    "kitchen/brew/references/leaves.md": "Two grams a cup.",
    "kitchen/brew/scenarios/one.json": "{}",
  });
  const { skills } = place;
  expect(skills.catalogue().text).toContain("- brew: What brew is for");
  expect(skills.load("Brew")).toMatchObject({ loaded: true, text: expect.stringContaining("Warm the pot.") });
  expect(skills.reference("brew", "references/leaves.md")).toMatchObject({ loaded: true, text: "Two grams a cup." });
  expect(skills.reference("brew", "scenarios/one.json"), "scenarios are for who checks a skill").toMatchObject({
    loaded: false,
  });
});

test.each(["../../secret.md", "/etc/passwd", "references/../../x", "references\\x", "references/none.md", ""])(
  "no file outside of a skill can be reached: %s",
  (path) => {
    const { skills, shelf } = agentPlace();
    shelf.put(bundle("a", { "SKILL.md": skillText("a") }), active);
    expect(skills.reference("a", path)).toMatchObject({ loaded: false });
  },
);

test("a draft is invisible to the model until a person enables it, and off means off", () => {
  const { skills, shelf } = agentPlace();
  shelf.put(bundle("a", { "SKILL.md": skillText("a") }), { ...active, state: "draft" });
  expect(skills.catalogue().text).toBe("");
  expect(skills.load("a")).toEqual({ loaded: false, because: 'There is no skill "a". You have none.' });
  shelf.enable("a");
  expect(skills.load("a")).toMatchObject({ loaded: true });
  shelf.disable("a");
  expect(skills.list()).toMatchObject([{ state: "off" }]);
  expect(skills.load("a")).toMatchObject({ loaded: false });
  shelf.enable("a");
  expect(skills.list()).toMatchObject([{ state: "active" }]);
});

test("a folder that somebody dropped there is a draft", () => {
  const place = agentPlace();
  write(place.own, { "found/SKILL.md": skillText("found") });
  expect(place.skills.list()).toMatchObject([
    { directory: "found", state: "draft", because: "Nobody has approved it yet." },
  ]);
});

test("approval is for exactly these bytes: a changed reference takes the skill out of use", () => {
  const place = agentPlace();
  place.shelf.put(bundle("a", { "SKILL.md": skillText("a"), "references/r.md": "one" }), active);
  expect(place.skills.list()).toMatchObject([{ state: "active" }]);
  writeFileSync(join(place.own, "a/references/r.md"), "two");
  // As somebody would who wants to go unnoticed: same length, old date.
  utimesSync(join(place.own, "a/references/r.md"), 1, 1);
  expect(place.skills.list()).toMatchObject([{ state: "changed" }]);
  expect(place.skills.load("a")).toMatchObject({ loaded: false });
  expect(place.skills.reference("a", "references/r.md")).toMatchObject({ loaded: false });
  expect(place.shelf.verify()).toMatchObject([
    { directory: "a", intact: false, because: "Not as installed: references/r.md was changed." },
  ]);
  place.shelf.enable("a");
  expect(place.skills.load("a")).toMatchObject({ loaded: true });
});

test("bad skills are listed with their error and break nothing", () => {
  const place = agentPlace({ listed: ["nowhere"] });
  place.shelf.put(bundle("good", { "SKILL.md": skillText("good") }), active);
  write(place.own, {
    "broken/SKILL.md": "---\nname: [\n---\n",
    "empty/notes.md": "no SKILL.md here",
    "huge/SKILL.md": Buffer.alloc(10_000_000, "a"),
    "binary/SKILL.md": Buffer.from([0xff, 0xfe, 0x00]),
    "escape/SKILL.md": skillText("../../etc"),
    "bomb/SKILL.md": `---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nname: bomb\ndescription: d\n---\n`,
    "linked/SKILL.md": skillText("linked"),
  });
  symlinkSync("/etc/hostname", join(place.own, "linked/secret.md"));
  symlinkSync(newFolder(), join(place.own, "link"));
  const all = new Map(place.skills.list().map(({ directory, state, because }) => [directory, { state, because }]));
  for (const directory of ["broken", "empty", "huge", "binary", "escape", "bomb", "linked", "link", "nowhere"]) {
    expect(all.get(directory)?.state, directory).toBe("bad");
    expect(all.get(directory)?.because, directory).toMatch(/^[A-Z].*\.$/u);
  }
  expect(place.skills.catalogue().shown.map(({ name }) => name)).toEqual(["good"]);
});

test("two skills of one name: the first folder keeps it", () => {
  const { skills, shelf } = agentPlace();
  shelf.put(bundle("a", { "SKILL.md": skillText("same", { body: "first" }) }), active);
  shelf.put(bundle("b", { "SKILL.md": skillText("same", { body: "second" }) }), active);
  expect(skills.list()).toMatchObject([
    { state: "active" },
    { state: "bad", because: expect.stringContaining("belongs to") },
  ]);
  expect(skills.load("same")).toMatchObject({ text: expect.stringContaining("first") });
});

test("a draft takes nothing out of force: neither a pack's skill of its folder, nor an approved one of its name", () => {
  const place = agentPlace({ listed: ["brew"] });
  write(place.packs, {
    "kitchen/PACK.md": "---\ndescription: Kitchen\n---\n- Make tea\n",
    "kitchen/brew/SKILL.md": skillText("brew", { body: "Warm the pot." }),
  });
  const draft = { ...active, state: "draft" } as const;
  place.shelf.put(bundle("brew", { "SKILL.md": skillText("brew", { body: "Pour it away." }) }), draft);
  place.shelf.put(bundle("toast", { "SKILL.md": skillText("toast", { body: "Brown it." }) }), active);
  place.shelf.put(bundle("a-toast", { "SKILL.md": skillText("toast", { body: "Burn it." }) }), draft);
  expect(place.skills.list().map(({ directory, state }) => [directory, state])).toEqual([
    ["a-toast", "draft"],
    ["brew", "active"],
    ["brew", "draft"],
    ["toast", "active"],
  ]);
  expect(place.skills.list()[0]?.because).toContain("belongs to the skill in toast");
  expect(place.skills.load("brew")).toMatchObject({ text: expect.stringContaining("Warm the pot.") });
  expect(place.skills.load("toast")).toMatchObject({ text: expect.stringContaining("Brown it.") });
  place.shelf.enable("brew");
  expect(place.skills.list().map(({ directory }) => directory)).toEqual(["a-toast", "brew", "toast"]);
  expect(place.skills.load("brew")).toMatchObject({ text: expect.stringContaining("Pour it away.") });
});

test("a lock that cannot be read puts nothing in force", () => {
  const place = agentPlace();
  place.shelf.put(bundle("a", { "SKILL.md": skillText("a") }), active);
  writeFileSync(place.lock, "{");
  expect(place.skills.list()).toMatchObject([{ state: "changed", because: expect.stringContaining("skills.lock") }]);
});

test("a long protocol comes in parts and loses nothing", () => {
  const heard: string[] = [];
  const { skills, shelf } = agentPlace();
  const body = Array.from({ length: 3_000 }, (_, line) => `Step ${line} of many.`).join("\n");
  shelf.put(bundle("long", { "SKILL.md": skillText("long", { body }) }), active);
  const first = skills.load("long");
  if (!first.loaded) throw new Error(first.because);
  const parts = Array.from({ length: first.parts }, (_, at) => skills.load("long", at + 1));
  heard.push(...parts.map((part) => (part.loaded ? part.text : "")));
  expect(first.parts).toBeGreaterThan(2);
  expect(heard.join("\n")).toBe(body);
  expect(skills.load("long", first.parts + 1)).toMatchObject({
    loaded: false,
    because: expect.stringContaining("parts"),
  });
});
