/** `kaos skills proposals|accept|decline`: what an agent would like to do otherwise, and a person's word on it. */
import { existsSync } from "node:fs";
import {
  acceptProposal,
  type Learning,
  openLearning,
  type ProposalStory,
  scanSkill,
} from "../../shared/skills/index.ts";
import type { Define } from "../command.ts";
import type { Context } from "../context.ts";
import { CommandFailed } from "../failures.ts";
import type { Paint } from "../terminal/paint.ts";
import { type AgentSkills, skillsOfOne } from "./agent-skills.ts";
import { createTextChecks } from "./check-texts.ts";
import { AGENT, JSON_OUT, type Options, printed } from "./options.ts";
import { tellFindings } from "./tell-skills.ts";

/** The person at this terminal. */
const BY = "you";

export const proposalCommands: Define = (command, context) => {
  command
    .command("proposals")
    .description("Changes that wait for your word: with the turns they stand on, and what replays showed.")
    .option(...AGENT)
    .option(...JSON_OUT)
    .action(async ({ agent, json }: Options) => {
      const here = context();
      const stories = await withLearning(here, agent, async ({ learning }) => {
        const open = await learning.list("open");
        return Promise.all(open.map(({ id }) => learning.get(id)));
      });
      const there = (stories ?? []).filter((story) => story !== undefined);
      const told = () =>
        there.length === 0
          ? "Nothing waits for your word."
          : there.map((story) => tell(story, here.paint)).join("\n\n");
      printed(here, json, told, () => there);
    });

  command
    .command("accept <proposal>")
    .description("Put a replayed proposal in force as a new version.")
    .option(...AGENT)
    .option(...JSON_OUT)
    .action(async (id: string, { agent, json }: Options) => {
      const here = context();
      const done = await withLearning(here, agent, (desk) => acceptProposal(id, BY, desk));
      if (done?.done !== true) throw new CommandFailed(done?.because ?? `There is no proposal ${id}.`);
      printed(
        here,
        json,
        () => `${here.paint.good("✓")} ${done.because}`,
        () => done,
      );
    });

  command
    .command("decline <proposal> [because]")
    .description("Refuse a proposal; the same will not be proposed again.")
    .option(...AGENT)
    .option(...JSON_OUT)
    .action(async (id: string, because: string | undefined, { agent, json }: Options) => {
      const here = context();
      const decided = await withLearning(here, agent, ({ learning }) => learning.decline(id, BY, because ?? ""));
      if (decided?.decided !== true) throw new CommandFailed(decided?.because ?? `There is no proposal ${id}.`);
      printed(
        here,
        json,
        () => `${here.paint.good("✓")} declined`,
        () => decided.proposal,
      );
    });
};

/** Undefined while this agent has learnt nothing yet. */
async function withLearning<Result>(
  here: Context,
  agent: string | undefined,
  work: (desk: AgentSkills & { learning: Learning }) => Promise<Result>,
): Promise<Result | undefined> {
  const owner = skillsOfOne(here, agent);
  const path = here.home.agent(owner.agent).skills.learning;
  if (!existsSync(path)) return undefined;
  const learning = await openLearning({ path, clock: here.clock });
  try {
    return await work({ ...owner, learning });
  } finally {
    learning.close();
  }
}

function tell({ id, kind, skill, reason, diff, text, evidence, replays }: ProposalStory, paint: Paint): string {
  const passed = (side: "before" | "after") =>
    `${replays[side].filter((one) => one.passed).length} of ${replays[side].length}`;
  // It was written by a model that had read what others wrote.
  const findings = scanSkill(new Map([["SKILL.md", Buffer.from(text)]]), createTextChecks());
  return [
    `${paint.bold(id)}  ${kind} ${skill}`,
    reason,
    ...evidence.map(({ turn, shows }) => paint.soft(`- ${turn}: ${shows}`)),
    replays.after.length === 0
      ? paint.wait("not replayed yet")
      : `scenarios passed: ${passed("before")} before, ${passed("after")} after`,
    ...(findings.length === 0 ? [] : [tellFindings(findings, paint)]),
    diff,
  ].join("\n");
}
