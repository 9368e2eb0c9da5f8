/** The two jobs that propose: from turns that people corrected to a proposal that waits in Approvals, and is told. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../shared/base/index.ts";
import { createDesks, openLearning } from "../../shared/skills/index.ts";
import { skillTools } from "../../shared/tools/index.ts";
import { MAIN_ROOM } from "../../shared/transport/index.ts";
import { openTurns } from "../../shared/turns/index.ts";
import { said } from "../doubles/ledger.ts";
import { agentPlace, bundle, newFolder, skillText } from "../shared/skills/parts.ts";
import { createHousehold, type Thinking } from "./household.ts";

const before = skillText("tea", { description: "Brew tea for people", body: "Pour." });
const after = skillText("tea", { description: "Brew tea for people", body: "Warm the pot. Pour." });
const COMPLAINT = "You forgot the pot.";

/** Somebody who has a skill for tea, follows it to the letter, and draws the lesson when asked for one. */
async function teaHouse() {
  const place = agentPlace();
  place.shelf.put(bundle("tea", { "SKILL.md": before }), {
    state: "active",
    findings: [],
    force: false,
    because: "test",
  });
  const path = join(newFolder(), "skills.db");
  const learning = await openLearning({ path, clock: systemClock });
  const turns = await openTurns({ path: join(newFolder(), "turns.db"), clock: systemClock });
  onTestFinished(() => {
    learning.close();
    turns.close();
  });
  const desks = createDesks(() => [{ agent: "kronos", ...place, learning: path }], systemClock);

  const corrected: string[] = [];
  const think: Thinking = ({ entries, tools, answer }) => {
    const told = entries.map((entry) => ("text" in entry ? entry.text : "")).join("\n");
    if (answer?.name === "lesson") {
      const evidence = corrected.map((turn) => ({ turn, quote: COMPLAINT }));
      const checks = [{ turn: corrected[0], mentions: ["warm"], avoids: [] }];
      const reason = "People miss the warm pot.";
      const proposal = { kind: "improve", skill: "tea", text: after, reason, fromFailure: false, evidence, checks };
      return { corrected: evidence, proposal: corrected.length === 0 ? null : proposal };
    }
    if (entries.some(({ role }) => role === "tool")) return "Here you are.";
    if (tools.some(({ name }) => name === "load-skill")) return { call: "load-skill", input: { name: "tea" } };
    return told.includes("Warm the pot.") ? "First warm the pot, then pour." : "Just pour it in.";
  };
  const house = await createHousehold({
    think,
    tools: () => skillTools(place.skills),
    parts: {
      turns,
      learner: { learning, skills: place.skills, thinks: true },
      proposals: desks,
      catalogue: () => place.skills.catalogue().text,
    },
  });
  house.keepTime();

  /** Asks for tea, waits for the answer, and says what is wrong with it. */
  async function complain(): Promise<void> {
    const { messages, outcomes, claims } = house.ledger;
    const { seq } = await messages.record(said("@kronos Tea, please!", { room: MAIN_ROOM, saidAt: Date.now() }));
    const outcome = await house.until(async () => (await outcomes.ofMessage(seq))[0]);
    expect(outcome).toMatchObject({ outcome: "replied" });
    const reply = (await messages.thread(seq)).find(({ sender }) => sender.kind === "agent");
    await messages.record(said(COMPLAINT, { room: MAIN_ROOM, saidAt: Date.now(), replyTo: reply?.messageId ?? null }));
    corrected.push(`claim ${(await claims.ofRoot(seq))[0]?.id}`);
  }
  return { ...house, ...place, desks, complain };
}

test.each(["self-improve", "skill-improve"])(
  "%s proposes one change, with its evidence and what it would have changed",
  async (job) => {
    const { run, complain, desks, skills } = await teaHouse();
    await complain();
    await complain();

    expect(await run(job, "dry"), "a dry run asks nobody").toMatchObject({ state: "skipped", told: [] });
    expect(await desks.open()).toEqual([]);

    const { state, told } = await run(job);
    expect(state).toBe("ran");
    expect(told.join("\n")).toContain("A change to the skill tea: People miss the warm pot.");
    const [waiting, ...others] = await desks.open();
    expect(others).toEqual([]);
    expect(waiting).toMatchObject({
      agent: "kronos",
      story: {
        diff: expect.stringContaining("+ Warm the pot. Pour."),
        evidence: [{ shows: COMPLAINT }, { shows: COMPLAINT }],
        replays: { before: [{ passed: false }, { passed: true }], after: [{ passed: true }, { passed: true }] },
      },
    });
    expect(skills.load("tea"), "nothing changes before a person's word").toMatchObject({ text: "Pour." });

    expect(await run(job), "one open proposal at a time").toMatchObject({
      state: "skipped",
      because: expect.stringContaining("open proposal"),
      told: [],
    });
  },
);
