/** The Skills view and proposals: what each agent can do and what it costs, drafts with findings, and a person's word. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DRAFTS_KNOWN_MS } from "../../dashboard/read/skills.ts";
import { createShelf, createSkills, openLearning } from "../../shared/skills/index.ts";
import { bundle, skillText } from "../shared/skills/parts.ts";
import { member, openTestHome, type TestHome } from "./home.ts";

const EVIL = `<img src=x onerror=alert(1)>`;
let home: TestHome;
let person: Awaited<ReturnType<typeof member>>;

beforeEach(async () => {
  home = await openTestHome();
  person = await member(home);
});
afterEach(() => home.close());

const post = (path: string, form: Record<string, string>) => person.post(path, { csrf: person.csrf, ...form });

async function read(path: string): Promise<string> {
  const page = await (await person.get(path)).text();
  expect(page).not.toContain("<img");
  return page.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

function nexus() {
  const { folder: own, lock, learning } = home.files.agent("nexus").skills;
  const place = { own, lock, packs: join(own, "none"), listed: [] };
  return {
    ...place,
    learning,
    shelf: createShelf({ own, lock, clock: home.clock }),
    skills: () => createSkills(place).list(),
  };
}

test("each agent's skills stand with their tokens, state and how they fare; drafts with what was found in them", async () => {
  const { shelf, skills, learning: path } = nexus();
  const how = { state: "active", findings: [], force: false, because: "test" } as const;
  shelf.put(bundle("tea", { "SKILL.md": skillText("tea", { description: `Brew tea ${EVIL}` }) }), how);
  const finding = { kind: "secrets", file: "SKILL.md", line: 7, because: `It asks for a password ${EVIL}` };
  shelf.put(bundle("odd", { "SKILL.md": skillText("odd", { body: EVIL }) }), {
    ...how,
    state: "draft",
    findings: [finding],
  });
  const learning = await openLearning({ path, clock: home.clock });
  const hash = skills().find(({ name }) => name === "tea")?.skill?.hash ?? "";
  const all = ["offered", "loaded", "followed", "corrected"] as const;
  await learning.noteAll(all.map((what) => ({ skill: "tea", hash, turn: "t1", what })));
  learning.close();
  home.clock.tick(DRAFTS_KNOWN_MS);

  const text = await read("/skills");
  expect(text).toMatch(
    /tea github:o\/r\/x@1 active \d+ tokens loaded in 1 of 1 turn, followed in 1, corrected after 1/,
  );
  expect(text).toContain("odd: It waits for a person to approve it.");
  expect(text).toContain("It asks for a password");
  expect(text, "a draft waits for somebody").toMatch(/Skills 1/);

  const hashOf = (name: string) => skills().find(({ directory }) => directory === name)?.skill?.hash ?? "";
  expect(await (await person.get("/skills")).text()).toContain(`name="hash" value="${hashOf("odd")}"`);
  await post("/skills/states", { agent: "nexus", skill: "odd", act: "enable", hash: hashOf("odd") });
  await post("/skills/states", { agent: "nexus", skill: "tea", act: "disable" });
  expect(skills().map(({ directory, state }) => [directory, state])).toEqual([
    ["odd", "active"],
    ["tea", "off"],
  ]);
  shelf.put(bundle("odd", { "SKILL.md": skillText("odd", { body: "Better." }) }), { ...how, force: true });
  await post("/skills/states", { agent: "nexus", skill: "odd", act: "rollback" });
  expect(skills()[0]?.skill?.body).toBe(EVIL);
});

test("a yes is to what stood on the page: for other bytes it is refused, and so is one that names none", async () => {
  const { own, shelf, skills } = nexus();
  const draft = { state: "draft", findings: [], force: false, because: "test" } as const;
  shelf.put(bundle("tea", { "SKILL.md": skillText("tea"), "references/pot.md": "Warm it." }), draft);
  const shown = skills()[0]?.skill?.hash ?? "";
  writeFileSync(join(own, "tea/references/pot.md"), "Pour it away.");
  for (const form of [{ hash: shown }, {}] as const) {
    const answer = await post("/skills/states", { agent: "nexus", skill: "tea", act: "enable", ...form });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain("tea is not what you were shown any more. Read it again, then decide.");
  }
  expect(skills()).toMatchObject([{ state: "changed" }]);
  await post("/skills/states", { agent: "nexus", skill: "tea", act: "enable", hash: skills()[0]?.skill?.hash ?? "" });
  expect(skills()).toMatchObject([{ state: "active" }]);
});

test("a pack is installed for one agent, once", async () => {
  expect((await post("/skills/packs", { agent: "nexus", pack: "finance-lite" })).status).toBe(303);
  expect(
    nexus()
      .skills()
      .map(({ directory, state }) => `${directory} ${state}`),
  ).toEqual(["decision-memo active", "expense-review active", "finance-summary active"]);
  expect((await post("/skills/packs", { agent: "nexus", pack: "finance-lite" })).status).toBeGreaterThanOrEqual(400);
});

test.each([
  { agent: "nexus", skill: "../../etc", act: "enable" },
  { agent: "../nexus", skill: "tea", act: "enable" },
  { agent: "nexus", skill: "tea", act: "delete" },
  {},
])("nonsense changes nothing: %j", async (form) => {
  expect((await post("/skills/states", form as Record<string, string>)).status).toBeGreaterThanOrEqual(400);
  expect(nexus().skills()).toEqual([]);
});

test("a skill with broken front matter is listed with its error, and the others stand", async () => {
  const { own } = nexus();
  mkdirSync(join(own, "broken"), { recursive: true });
  writeFileSync(join(own, "broken/SKILL.md"), "---\nname: [\n---\n");
  await post("/skills/packs", { agent: "nexus", pack: "ops" });
  const text = await read("/skills");
  expect(text).toContain("broken:");
  expect(text).toContain("incident-review");
});

test("a proposal stands in Approvals with its evidence and replays; accepted it is a new version, declined it stays away", async () => {
  const { shelf, skills, learning: path } = nexus();
  const put = shelf.put(bundle("tea", { "SKILL.md": skillText("tea", { description: "Brew tea", body: "Pour." }) }), {
    ...{ state: "active", findings: [], force: false, because: "test" },
  });
  if (!put.put) throw new Error(put.because);
  const learning = await openLearning({ path, clock: home.clock });
  const base = { skill: "tea", kind: "improve", baseHash: skills()[0]?.skill?.hash ?? "", expiresAt: null } as const;
  const evidence = [{ turn: "claim 7", shows: `You forgot the pot ${EVIL}` }];
  const propose = async (body: string) => {
    const text = skillText("tea", { description: "Brew tea", body });
    const proposal = { ...base, text, diff: `+ ${body}`, reason: "People miss it.", evidence };
    const proposed = await learning.propose(proposal, skills());
    if (!proposed.proposed) throw new Error(proposed.because);
    return proposed.id;
  };
  const first = await propose("Sing to it.");
  expect(await read("/approvals")).toMatch(/nexus tea .*People miss it\..*claim 7.*not replayed yet.*\+ Sing to it\./);
  expect(
    (await post("/approvals/proposals", { proposal: first, decision: "accept" })).status,
    "not before a replay",
  ).toBe(422);
  await post("/approvals/proposals", { proposal: first, decision: "decline", because: "no singing" });
  const second = await propose("Warm the pot. Pour.");
  await learning.keepReplay(second, "before", [{ scenario: "turn claim 7", passed: false, misses: [] }], "offline");
  await learning.keepReplay(second, "after", [{ scenario: "turn claim 7", passed: true, misses: [] }], "offline");
  learning.close();
  expect(await read("/approvals")).toMatch(/turn claim 7 fails passes .*Answered by offline\./);
  expect((await post("/approvals/proposals", { proposal: second, decision: "accept" })).status).toBe(303);
  expect(skills()[0]?.skill?.body).toContain("Warm the pot.");
  expect((await post("/approvals/proposals", { proposal: second, decision: "accept" })).status).toBeGreaterThanOrEqual(
    400,
  );
});
