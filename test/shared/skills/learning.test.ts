/** The learning loop: turns become a proposal, a replay, a person's yes, a new version, figures, and a way back. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { acceptProposal, openLearning, replayProposal } from "../../../shared/skills/index.ts";
import { agentPlace, bundle, newFolder, skillText, stillClock, write } from "./parts.ts";

const active = { state: "active", findings: [], force: false, because: "test" } as const;
const scenario = {
  name: "tea for two",
  ask: "Tea, please.",
  expect: { mentions: ["warm the pot"] },
  good: "First warm the pot.",
  bad: [{ because: "forgets the pot", answer: "Pour." }],
};
const before = skillText("tea", { description: "Brew tea for people", body: "Pour." });
const after = skillText("tea", { description: "Brew tea for people", body: "Warm the pot. Pour." });

async function begin() {
  const clock = stillClock();
  const learning = await openLearning({ path: join(newFolder(), "skills.db"), clock });
  onTestFinished(() => learning.close());
  const place = agentPlace();
  place.shelf.put(bundle("tea", { "SKILL.md": before, "scenarios/two.json": JSON.stringify(scenario) }), active);
  const skill = place.skills.list()[0]?.skill;
  if (skill === undefined) throw new Error("the skill is there");
  const proposal = {
    skill: "tea",
    kind: "improve" as const,
    baseHash: skill.hash,
    text: after,
    diff: "+ Warm the pot.",
    reason: "People corrected it twice.",
    expiresAt: null,
    evidence: [
      { turn: "t1", shows: "“You forgot the pot.”" },
      { turn: "t2", shows: "“Pot first!”" },
    ],
  };
  return { clock, learning, ...place, skill, proposal, existing: place.skills.list() };
}

/** Says what its instructions say: enough to see whether a change reaches an answer. */
const parrot = ({ instructions }: { instructions: string }) => Promise.resolve(instructions);

test("from corrected turns to a new version in force, and back", async () => {
  const { learning, proposal, existing, skill, shelf, skills } = await begin();
  const proposed = await learning.propose(proposal, existing);
  if (!proposed.proposed) throw new Error(proposed.because);
  const { id } = proposed;

  expect(await learning.accept(id, "you", skill.hash), "not before a replay").toMatchObject({
    decided: false,
    because: expect.stringContaining("not replayed"),
  });
  const turn = { name: "turn t1", ask: "Tea!", given: [], expect: { mentions: ["pot"], order: [], avoids: [] } };
  await replayProposal(id, { learning, skills }, { turns: [turn], answer: parrot });
  expect(await learning.get(id)).toMatchObject({
    evidence: [{ turn: "t1" }, { turn: "t2" }],
    replays: {
      before: [
        { scenario: "tea for two", passed: false, misses: ["It does not mention warm the pot."] },
        { scenario: "turn t1", passed: false },
      ],
      after: [{ passed: true }, { passed: true }],
    },
  });

  const done = await acceptProposal(id, "you", { learning, skills, shelf });
  expect(done).toMatchObject({ done: true, because: expect.stringContaining("version 2") });
  expect(skills.load("tea")).toMatchObject({ text: "Warm the pot. Pour." });

  const now = skills.list()[0]?.skill?.hash ?? "";
  const noted = { skill: "tea", hash: now, turn: "t3" };
  await learning.noteAll([{ ...noted, what: "loaded" }]);
  await learning.noteAll([
    { ...noted, what: "loaded" },
    { ...noted, what: "corrected" },
  ]);
  expect(await learning.figures()).toEqual([
    { skill: "tea", hash: now, offered: 0, loaded: 1, followed: 0, corrected: 1 },
  ]);

  shelf.rollback("tea");
  expect(skills.load("tea")).toMatchObject({ text: "Pour." });
});

test("nothing is proposed without evidence, twice, or for what is there already", async () => {
  const { learning, proposal, existing } = await begin();
  const refused = (because: string) => ({ proposed: false, because: expect.stringContaining(because) });
  expect(await learning.propose({ ...proposal, evidence: [] }, existing)).toEqual(refused("evidence"));
  expect(await learning.propose({ ...proposal, text: "no skill" }, existing)).toEqual(refused("no skill"));
  expect(await learning.propose({ ...proposal, skill: "none" }, [])).toEqual(refused("to improve"));
  const same = skillText("chai", { description: "Brew tea for people" });
  expect(await learning.propose({ ...proposal, skill: "chai", kind: "create", text: same }, existing)).toEqual(
    refused("for the same already"),
  );
  expect(await learning.propose(proposal, existing)).toMatchObject({ proposed: true });
  expect(await learning.propose({ ...proposal, text: `${after}More.` }, existing)).toEqual(refused("open proposal"));
});

test("an open proposal, and a change to a persona that can be taken back, are found however many came after them", async () => {
  const { clock, learning, proposal, existing } = await begin();
  const propose = async (one: typeof proposal & { about?: "persona"; before?: string }) => {
    clock.move(1);
    const proposed = await learning.propose(one, one.about === "persona" ? [] : existing);
    if (!proposed.proposed) throw new Error(proposed.because);
    return proposed.id;
  };
  const open = await propose(proposal);
  const persona = { ...proposal, about: "persona", skill: "duties", before: "", baseHash: "h" } as const;
  const inForce = await propose({ ...persona, text: "Be brief." });
  await learning.keepReplay(inForce, "after", [{ scenario: "turn t1", passed: true, misses: [] }]);
  expect(await learning.accept(inForce, "you", "h")).toMatchObject({ decided: true });
  for (let at = 0; at < 210; at++)
    await learning.decline(await propose({ ...persona, text: `Be brief, ${at}.` }), "you", "no");
  expect((await learning.list("open")).map(({ id }) => id)).toEqual([open]);
  expect((await learning.inForce()).map(({ id }) => id)).toEqual([inForce]);
});

test("outcomes of turns that nobody looks back at become numbers, and count on", async () => {
  const { clock, learning } = await begin();
  const day = 24 * 60 * 60_000;
  const outcome = (turn: number) => ({ skill: "tea", hash: "h", turn: `t${turn}`, what: "offered" as const });
  for (let turn = 0; turn < 30; turn++) {
    // Each turn is looked back at for a week.
    await learning.noteAll(Array.from({ length: Math.min(turn + 1, 8) }, (_, back) => outcome(turn - back)));
    clock.move(day);
  }
  expect(await learning.figures()).toMatchObject([{ skill: "tea", hash: "h", offered: 30, loaded: 0 }]);
});

test("a declined proposal does not come back", async () => {
  const { learning, proposal, existing } = await begin();
  const proposed = await learning.propose(proposal, existing);
  if (!proposed.proposed) throw new Error(proposed.because);
  await learning.decline(proposed.id, "you", "not worth it");
  expect(await learning.propose(proposal, existing)).toMatchObject({
    proposed: false,
    because: expect.stringContaining("declined"),
  });
  expect(await learning.accept(proposed.id, "you", proposal.baseHash)).toMatchObject({ decided: false });
});

test("a change that breaks a scenario, or was made for other bytes, is not accepted", async () => {
  const { learning, proposal, existing, skill } = await begin();
  const proposed = await learning.propose(proposal, existing);
  if (!proposed.proposed) throw new Error(proposed.because);
  const result = (passed: boolean) => [{ scenario: "tea for two", passed, misses: [] }];
  await learning.keepReplay(proposed.id, "before", result(true));
  await learning.keepReplay(proposed.id, "after", result(false));
  expect(await learning.accept(proposed.id, "you", skill.hash)).toMatchObject({
    because: expect.stringContaining("tea for two"),
  });
  await learning.keepReplay(proposed.id, "after", result(true));
  expect(await learning.accept(proposed.id, "you", "other")).toMatchObject({
    because: expect.stringContaining("has changed"),
  });
  expect(await learning.accept(proposed.id, "you", skill.hash)).toMatchObject({ decided: true });
});

test("a lesson from a failure ends when its time has come", async () => {
  const { learning, proposal, existing, clock } = await begin();
  await learning.propose({ ...proposal, expiresAt: clock.now() + 1_000 }, existing);
  await learning.expire();
  expect(await learning.list("open")).toHaveLength(1);
  clock.move(1_000);
  expect(await learning.expire(), "nobody had said yes to it").toEqual([]);
  expect(await learning.list("open")).toEqual([]);
  expect(await learning.list("expired")).toMatchObject([{ skill: "tea" }]);
});

test("a skill of a pack is improved for this agent alone, and can go back to the pack's", async () => {
  const { learning, proposal } = await begin();
  const place = agentPlace({ listed: ["tea"] });
  write(place.packs, {
    "kitchen/PACK.md": "---\ndescription: Kitchen\n---\n",
    "kitchen/tea/SKILL.md": before,
    "kitchen/tea/scenarios/two.json": JSON.stringify(scenario),
  });
  const [listed] = place.skills.list();
  const changed = { ...proposal, baseHash: listed?.skill?.hash ?? "" };
  const proposed = await learning.propose(changed, place.skills.list());
  if (!proposed.proposed) throw new Error(proposed.because);
  await replayProposal(proposed.id, { learning, ...place }, { answer: parrot });
  expect(await acceptProposal(proposed.id, "you", { learning, ...place })).toMatchObject({ done: true });
  expect(place.skills.load("tea")).toMatchObject({ text: "Warm the pot. Pour." });
  expect(readFileSync(join(place.packs, "kitchen/tea/SKILL.md"), "utf8")).toBe(before);
  expect(place.shelf.rollback("tea")).toMatchObject({ done: true });
  expect(place.skills.load("tea")).toMatchObject({ text: "Pour." });
});

test("a yes whose process died before the new version lay there still counts", async () => {
  const { learning, proposal, existing, skill, shelf, skills } = await begin();
  const proposed = await learning.propose(proposal, existing);
  if (!proposed.proposed) throw new Error(proposed.because);
  await replayProposal(proposed.id, { learning, skills }, { answer: parrot });
  await learning.accept(proposed.id, "you", skill.hash);
  expect(await acceptProposal(proposed.id, "you", { learning, skills, shelf })).toMatchObject({ done: true });
  const again = await acceptProposal(proposed.id, "you", { learning, skills, shelf });
  expect(again, "once is enough").toMatchObject({ done: false });
  expect(skills.load("tea")).toMatchObject({ text: "Warm the pot. Pour." });
});
