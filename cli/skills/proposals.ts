/** `kaos skills proposals|accept|decline`: what an agent would like to do otherwise, and a person's word on it. */
import { YOU } from "../../shared/ledger/index.ts";
import {
  createDesks,
  type Desks,
  isPersonaPart,
  PERSONA_FILES,
  type ProposalStory,
  scanSkill,
} from "../../shared/skills/index.ts";
import type { Define } from "../command.ts";
import type { Context } from "../context.ts";
import { localDay } from "../terminal/layout.ts";
import type { Paint } from "../terminal/paint.ts";
import { placesOf, skillsOf } from "./agent-skills.ts";
import { createTextChecks } from "./check-texts.ts";
import { AGENT, finish, JSON_OUT, type Options, printed } from "./options.ts";
import { tellFindings } from "./tell-skills.ts";

export const proposalCommands: Define = (command, context) => {
  const proposals = command
    .command("proposals")
    .description("Changes that wait for your word: with the turns they stand on, and what replays showed.")
    .option(...AGENT)
    .option(...JSON_OUT)
    .action(async ({ agent, json }: Options) => {
      const here = context();
      const owners = skillsOf(here, agent).map((one) => one.agent);
      const there = (await desksOf(here).open()).filter((one) => owners.includes(one.agent));
      const told = () =>
        there.length === 0
          ? "Nothing waits for your word."
          : there.map(({ agent: owner, story }) => tell(owner, story, here.paint)).join("\n\n");
      printed(here, json, told, () => there.map(({ agent: owner, story }) => ({ agent: owner, ...story })));
    });

  // `kaos skills accept P` and `kaos skills proposals accept P` are the same.
  for (const parent of [command, proposals]) {
    parent
      .command("accept <proposal>")
      .description("Put a replayed proposal in force as a new version of its skill, or of the file of a persona.")
      .option(...JSON_OUT)
      .action(async (id: string, { json }: Options) => {
        const here = context();
        finish(here, json, await desksOf(here).accept(id, YOU));
      });

    parent
      .command("takeback <proposal>")
      .description("Take back an accepted change to a persona; of a skill, `kaos skills rollback` does.")
      .option(...JSON_OUT)
      .action(async (id: string, { json }: Options) => {
        const here = context();
        finish(here, json, await desksOf(here).takeBack(id, YOU));
      });

    parent
      .command("decline <proposal> [because...]")
      .description("Refuse a proposal; the same will not be proposed again.")
      .option(...JSON_OUT)
      .action(async (id: string, because: string[], { json }: Options) => {
        const here = context();
        finish(here, json, await desksOf(here).decline(id, YOU, because.join(" ")));
      });
  }
};

function desksOf(here: Context): Desks {
  return createDesks(() => placesOf(here), here.clock);
}

function tell(
  agent: string,
  { id, about, kind, skill, reason, diff, text, evidence, replays, replayedBy, expiresAt }: ProposalStory,
  paint: Paint,
): string {
  const passed = (side: "before" | "after") =>
    `${replays[side].filter((one) => one.passed).length} of ${replays[side].length}`;
  // It was written by a model that had read what others wrote.
  const findings = scanSkill(new Map([["SKILL.md", Buffer.from(text)]]), createTextChecks());
  return [
    `${paint.bold(id)}  ${kind} ${isPersonaPart(skill) && about === "persona" ? PERSONA_FILES[skill] : skill}  ${paint.agent(agent)}`,
    reason,
    ...evidence.map(({ turn, shows }) => paint.soft(`- ${turn}: ${shows}`)),
    replays.after.length === 0
      ? paint.wait("not replayed yet")
      : `scenarios passed: ${passed("before")} before, ${passed("after")} after${replayedBy === "" ? "" : `, answered by ${replayedBy}`}`,
    ...(expiresAt === null ? [] : [`a lesson from a failure: until ${localDay(expiresAt)}`]),
    ...(findings.length === 0 ? [] : [tellFindings(findings, paint)]),
    diff,
  ].join("\n");
}
