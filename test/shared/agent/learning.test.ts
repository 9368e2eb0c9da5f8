/** The learning loop from its first turn to its last: recorded, corrected, proposed, replayed, accepted, used, measured, rolled back. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { learn } from "../../../shared/agent/errands/learn.ts";
import type { Lesson } from "../../../shared/agent/errands/learning/look.ts";
import type { Learner, Speaking } from "../../../shared/agent/speaking.ts";
import { silentLog } from "../../../shared/base/index.ts";
import { type ModelRequest, noUsage } from "../../../shared/engine/index.ts";
import { createDesks, openLearning, plainCorrections } from "../../../shared/skills/index.ts";
import { skillTools } from "../../../shared/tools/index.ts";
import { MAIN_ROOM } from "../../../shared/transport/index.ts";
import { openTurns } from "../../../shared/turns/index.ts";
import { agentPlace, bundle, newFolder, skillText } from "../skills/parts.ts";
import { createWorld, type Thinking } from "./world.ts";

const scenario = {
  name: "tea for two",
  ask: "Tea, please.",
  expect: { mentions: ["warm the pot"] },
  good: "First warm the pot.",
  bad: [{ because: "forgets the pot", answer: "Pour." }],
};
const before = skillText("tea", { description: "Brew tea for people", body: "Pour." });
const after = skillText("tea", { description: "Brew tea for people", body: "Warm the pot. Pour." });
const active = { state: "active", findings: [], force: false, because: "test" } as const;

const told = ({ entries }: ModelRequest) => entries.map((entry) => ("text" in entry ? entry.text : "")).join("\n");

/** Loads the skill, then says what it says; without one it says so. */
const obedient: Thinking = (request) => {
  const loaded = request.entries.findLast((entry) => entry.role === "tool");
  if (loaded !== undefined) return `${"text" in loaded ? loaded.text.trim() : ""} Here you are.`;
  if (request.tools.some(({ name }) => name === "load-skill")) return { call: "load-skill", input: { name: "tea" } };
  return told(request).includes("Warm the pot.") ? "First warm the pot, then pour." : "Just pour it in.";
};

type Opening = { thinks?: boolean; think?: Thinking; personaFolder?: string };

async function open({ thinks = true, think = obedient, personaFolder }: Opening = {}) {
  const world = await createWorld(["kronos"]);
  const { clock, ledger } = world;
  const folder = newFolder();
  const place = agentPlace();
  place.shelf.put(bundle("tea", { "SKILL.md": before, "scenarios/two.json": JSON.stringify(scenario) }), active);
  const path = join(folder, "skills.db");
  /** What was learnt knows another time than the room: months pass there without anybody living through them. */
  let aheadMs = 0;
  const learning = await openLearning({ path, clock: { ...clock, now: () => clock.now() + aheadMs } });
  const turns = await openTurns({ path: join(folder, "turns.db"), clock });
  onTestFinished(() => {
    learning.close();
    turns.close();
  });
  const desks = createDesks(
    () => [
      { agent: "kronos", ...place, learning: path, ...(personaFolder !== undefined && { persona: personaFolder }) },
    ],
    clock,
  );
  const learner: Learner = {
    learning,
    skills: place.skills,
    thinks,
    ...(personaFolder !== undefined && { personaFolder }),
  };
  await world.start("kronos", think, {
    turns,
    learner,
    proposals: desks,
    tools: () => skillTools(place.skills),
    catalogue: () => place.skills.catalogue().text,
  });
  /** What the model says when it is asked for a lesson; anything else it answers as in a turn. */
  let lesson: unknown = { corrected: [], proposal: null };
  const asked: ModelRequest[] = [];
  const speaking = {
    ...{ agent: "kronos", members: [], ledger, clock, log: silentLog, turns, learner },
    validate: (text: string) => text,
    purse: () => ({
      async complete(request: ModelRequest) {
        asked.push(request);
        const thought = request.answer?.name === "lesson" ? JSON.stringify(lesson) : await think(request);
        return { kind: "completed", text: String(thought), calls: [], usage: noUsage, by: "scripted" };
      },
    }),
  } as unknown as Speaking;
  let number = 0;
  return {
    ...world,
    ...place,
    learning,
    desks,
    asked,
    monthsLater: (months: number) => {
      aheadMs += months * 31 * 86_400_000;
    },
    says: (next: unknown) => {
      lesson = next;
    },
    learn: (which: Lesson = "self-improve", dryRun = false) =>
      learn(speaking, { lesson: which, dryRun }, new AbortController().signal),
    /** Asks, is answered, and says something about it. */
    async talk(ask: string, then?: string): Promise<string> {
      const seq = await world.say(`@kronos ${ask}`, { messageId: `ask${++number}` });
      await world.settled(seq, "kronos");
      const [reply] = await world.replies(seq);
      if (then !== undefined) await world.say(then, { messageId: `then${number}`, replyTo: reply?.messageId ?? null });
      const claim = (await ledger.claims.ofRoot(seq))[0];
      return `claim ${claim?.id}`;
    },
  };
}

const proposalFor = (turns: readonly string[], more: object = {}) => ({
  corrected: turns.map((turn) => ({ turn, quote: "You forgot the pot." })),
  proposal: {
    kind: "improve",
    skill: "tea",
    text: after,
    reason: "People miss the warm pot.",
    fromFailure: false,
    evidence: turns.map((turn) => ({ turn, quote: "You forgot the pot." })),
    checks: [{ turn: turns[0], mentions: ["warm"], avoids: [] }],
    ...more,
  },
});

test("from corrected turns to a new version that is used, measured, and taken back", async () => {
  const { talk, says, learn: study, desks, learning, skills, shelf, say, pass, ledger } = await open();
  const first = await talk("Make tea!", "You forgot the pot.");
  const second = await talk("Tea again, please.", "You forgot the pot. Again.");
  await talk("And one more tea.", "Thank you!");

  says(proposalFor([first, second]));
  const learnt = await study();
  if (!learnt.proposed) throw new Error(learnt.because);
  expect(learnt).toMatchObject({ skill: "tea", counters: { corrected: 2 } });
  expect(learnt.evidence).toContain(`${first}: You forgot the pot.`);
  const [waiting] = await desks.open();
  expect(waiting).toMatchObject({
    agent: "kronos",
    story: {
      diff: expect.stringContaining("+ Warm the pot. Pour."),
      evidence: [{ turn: first }, { turn: second }],
      replayedBy: "scripted",
      replays: {
        before: [
          { scenario: "tea for two", passed: false },
          { scenario: `turn ${first}`, passed: false },
          { scenario: `turn ${second}`, passed: true },
        ],
        after: [{ passed: true }, { passed: true }, { passed: true }],
      },
    },
  });
  expect(await study(), "one at a time").toMatchObject({
    proposed: false,
    because: expect.stringContaining("open proposal"),
  });
  expect(skills.load("tea"), "nothing changes before a person's word").toMatchObject({ text: "Pour." });

  // In the room, by an owner's word.
  await say("/proposals");
  const accepted = await say(`/accept ${learnt.proposal}`);
  await pass(5_000);
  expect(await ledger.outcomes.ofMessage(accepted)).toMatchObject([
    { because: expect.stringContaining("tea has version 2") },
  ]);
  await talk("Tea, please!", "Perfect.");
  says({ corrected: [], proposal: null });
  await study();
  const hash = skills.list()[0]?.skill?.hash;
  const figures = await learning.figures();
  expect(figures.find((one) => one.hash !== hash)).toMatchObject({ skill: "tea", corrected: 2 });
  const now = figures.find((one) => one.hash === hash);
  expect(now).toMatchObject({ skill: "tea", corrected: 0 });
  expect([now?.offered, now?.followed]).toEqual([now?.loaded, now?.loaded]);
  expect(now?.loaded).toBeGreaterThan(0);

  expect(shelf.rollback("tea")).toMatchObject({ done: true });
  expect(skills.load("tea")).toMatchObject({ text: "Pour." });
});

test("a quote that nobody said is no evidence, and without evidence nothing is proposed", async () => {
  const { talk, says, learn: study } = await open();
  const turn = await talk("Make tea!", "Thank you, lovely.");
  says(proposalFor([turn]));
  expect(await study()).toMatchObject({ proposed: false, because: expect.stringContaining("quotes nothing") });
  says(proposalFor(["claim 999"]));
  expect(await study()).toMatchObject({ proposed: false });
  says({ corrected: [], proposal: null });
  expect(await study()).toMatchObject({ proposed: false, because: "the turns give no reason for a change" });
});

test("no second skill for the same, and none that is no skill", async () => {
  const { talk, says, learn: study } = await open();
  const turn = await talk("Make tea!", "You forgot the pot.");
  const chai = skillText("chai", { description: "Brew tea for people" });
  says(proposalFor([turn], { kind: "create", skill: "chai", text: chai }));
  expect(await study()).toMatchObject({ proposed: false, because: "The skill tea is for the same already." });
  says(proposalFor([turn], { text: "Just warm the pot." }));
  expect(await study()).toMatchObject({ proposed: false, because: expect.stringContaining("no skill") });
  expect(await study("skill-create")).toMatchObject({
    proposed: false,
    because: "no turn gives reason to learn from it",
  });
});

test("a lesson from a failure has an end", async () => {
  const { talk, says, learn: study, desks, clock, monthsLater } = await open();
  const turn = await talk("Make tea!", "You forgot the pot.");
  says(proposalFor([turn], { fromFailure: true }));
  await study();
  const [waiting] = await desks.open();
  expect(waiting?.story.expiresAt).toBeGreaterThan(clock.now() + 29 * 86_400_000);

  expect(await desks.accept(waiting?.story.id ?? "", "you")).toMatchObject({ done: true });
  says({ corrected: [], proposal: null });
  expect((await study()).lapsed, "it holds").toEqual([]);
  monthsLater(1);
  const asked = "tea was changed because something had failed: People miss the warm pot. That may be mended by now.";
  expect((await study()).lapsed, "its time has passed").toEqual([expect.stringContaining(asked)]);
  expect((await study()).lapsed, "asked once").toEqual([]);
});

test("a model that fails is a reason to propose nothing; a dry run asks nobody; a quiet day has nothing", async () => {
  const { talk, learn: study, says, asked } = await open();
  expect(await study()).toMatchObject({ proposed: false, because: "there were no turns" });
  await talk("Make tea!", "You forgot the pot.");
  expect(await study("self-improve", true)).toMatchObject({ because: "1 turns would be looked through" });
  expect(asked).toEqual([]);
  says("I would rather write a poem.");
  expect(await study()).toMatchObject({ proposed: false, because: expect.stringContaining("did not give the answer") });
});

test("without a model that thinks, rules quote what people said, and the figures are honest", async () => {
  const {
    talk,
    learn: study,
    desks,
    ledger,
  } = await open({
    thinks: false,
    think: (request) =>
      request.entries.some((entry) => entry.role === "tool") || !request.tools.some(({ name }) => name === "load-skill")
        ? "Pour the water over the leaves and wait."
        : { call: "load-skill", input: { name: "tea" } },
  });
  await talk("How long should green tea leaves steep?", "How long should green tea leaves steep, in minutes?");
  expect(await study()).toMatchObject({ proposed: false, because: "no skill was corrected twice" });
  await talk("Which water temperature for white tea?");
  const replies = (await ledger.messages.latest(MAIN_ROOM, 9)).filter(({ sender }) => sender.kind === "agent");
  const last = replies.at(-1);
  const by = { kind: "owner", id: "owner", name: "you" } as const;
  await ledger.reactions.heard({ room: MAIN_ROOM, messageId: last?.messageId ?? "", reactions: [{ by, emoji: "👎" }] });

  const learnt = await study("skill-improve");
  expect(learnt).toMatchObject({ proposed: true, by: "rules", summary: expect.stringContaining("figures say little") });
  const [waiting] = await desks.open();
  expect(waiting?.story.text).toContain("then told: “How long should green tea leaves steep, in minutes?”");
  const { replays } = waiting?.story ?? { replays: { before: [], after: [] } };
  expect(replays.after.map(({ passed }) => passed)).toEqual(replays.before.map(({ passed }) => passed));
  expect(await study("skill-create")).toMatchObject({ proposed: false });
});

/** The three files of a persona in a folder. */
function persona(): string {
  const folder = newFolder();
  for (const file of ["IDENTITY.md", "VOICE.md", "DUTIES.md"]) writeFileSync(join(folder, file), `# ${file}\n`);
  return folder;
}

test("a change to the persona that came from a failure is asked about once too, and can still be taken back", async () => {
  const personaFolder = persona();
  const { talk, says, learn: study, desks, monthsLater } = await open({ personaFolder });
  const turn = await talk("Make tea!", "You forgot the pot.");
  const text = "# DUTIES.md\n\nSay when the kettle is broken.\n";
  says(proposalFor([turn], { kind: "persona", skill: "duties", text, reason: "It was broken.", fromFailure: true }));
  await study();
  const [waiting] = await desks.open();
  const id = waiting?.story.id ?? "";
  expect(await desks.accept(id, "you")).toMatchObject({ done: true });
  says({ corrected: [], proposal: null });
  expect((await study()).lapsed).toEqual([]);
  monthsLater(1);
  expect((await study()).lapsed).toEqual([
    `duties was changed because something had failed: It was broken. That may be mended by now. Keep it, or take it back: kaos skills takeback ${id}`,
  ]);
  expect((await study()).lapsed).toEqual([]);
  expect(await desks.takeBack(id, "you")).toMatchObject({ done: true });
  expect(readFileSync(join(personaFolder, "DUTIES.md"), "utf8")).toBe("# DUTIES.md\n");
});

test("what is wrong in answers of every kind becomes a change to the persona, which a person accepts and takes back", async () => {
  const personaFolder = persona();
  const { talk, says, learn: study, desks } = await open({ personaFolder });
  const first = await talk("Make tea!", "You forgot the pot.");
  const text = "# DUTIES.md\n\n- Say what it takes before how it is done.\n";
  says(proposalFor([first], { kind: "persona", skill: "duties", text, reason: "It begins too late." }));
  expect(await study("skill-improve"), "of a week only skills").toMatchObject({ proposed: false });
  const learnt = await study();
  expect(learnt).toMatchObject({ proposed: true, summary: expect.stringContaining("A change to my duties") });
  const [waiting] = await desks.open();
  expect(waiting?.story).toMatchObject({
    ...{ about: "persona", before: "# DUTIES.md\n", evidence: [{ turn: first }] },
    diff: expect.stringContaining("+ - Say what it takes"),
  });
  const id = waiting?.story.id ?? "";
  expect(await desks.accept(id, "you")).toMatchObject({ done: true });
  expect(readFileSync(join(personaFolder, "DUTIES.md"), "utf8")).toBe(text);
  expect((await desks.inForce()).map(({ story }) => story.id)).toEqual([id]);
  expect(await desks.takeBack(id, "you")).toMatchObject({ done: true });
  expect(readFileSync(join(personaFolder, "DUTIES.md"), "utf8")).toBe("# DUTIES.md\n");
  expect(await desks.inForce()).toEqual([]);
});

test("without a model, answers that followed no skill and were corrected twice are quoted in the duties", async () => {
  const think: Thinking = () => "As I said.";
  const { talk, learn: study, desks } = await open({ thinks: false, think, personaFolder: persona() });
  for (const tea of ["green", "white"])
    await talk(`How long should ${tea} leaves steep?`, `How long should ${tea} leaves steep, in minutes?`);
  expect(await study()).toMatchObject({ proposed: true, by: "rules", skill: "duties" });
  const [waiting] = await desks.open();
  expect(waiting?.story.text).toContain("then told: “How long should white leaves steep, in minutes?”");
});

test("a correction is a reaction that says no, or the same asked again; thanks and new questions are none", () => {
  const episode = {
    turn: "t",
    at: 0,
    ask: "Book a table for four tomorrow",
    answer: "",
    ended: "answered",
    loaded: [],
    tools: [],
    followUps: [],
    reactions: [],
  } as const;
  const found = (more: object) => plainCorrections([{ ...episode, ...more }]).map(({ quote }) => quote);
  expect(found({ followUps: ["Book a table for FOUR people tomorrow"] })).toEqual([
    "Book a table for FOUR people tomorrow",
  ]);
  expect(found({ reactions: ["👎"] })).toEqual(["👎"]);
  expect(found({ followUps: ["Thanks!"], reactions: ["👍", "😢"] })).toEqual([]);
  expect(found({ followUps: ["And a taxi for nine, please"] })).toEqual([]);
});
