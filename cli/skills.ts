/** `kaos skills …`: what agents know how to do; packs, skills from elsewhere, and what a person decides about them. */
import { existsSync } from "node:fs";
import { openLearning, type SkillFigures } from "../shared/skills/index.ts";
import type { Define } from "./command.ts";
import type { Context } from "./context.ts";
import { CommandFailed } from "./failures.ts";
import { chooseSkill, skillsOf, skillsOfOne } from "./skills/agent-skills.ts";
import { packCommands } from "./skills/install-skills.ts";
import { AGENT, finish, JSON_OUT, type Options, printed } from "./skills/options.ts";
import { proposalCommands } from "./skills/proposals.ts";
import { skillJson, tellList, tellSkill } from "./skills/tell-skills.ts";
import { widthOf } from "./terminal/layout.ts";

export const skills: Define = (command, context) => {
  command.action(() => command.help({ error: true }));

  command
    .command("list")
    .description("The skills of each agent, with their states.")
    .option(...AGENT)
    .option(...JSON_OUT)
    .action(({ agent, json }: Options) => {
      const here = context();
      const all = skillsOf(here, agent).map((one) => ({
        ...one,
        list: one.skills.list(),
        catalogue: one.skills.catalogue(),
      }));
      const told = () => all.map((one) => tellList(one.agent, one.list, one.catalogue, here.paint)).join("\n\n");
      printed(here, json, told, () =>
        all.map((one) => ({ agent: one.agent, catalogue: one.catalogue, skills: one.list.map(skillJson) })),
      );
    });

  command
    .command("show <skill>")
    .description("One skill: where it is from, what was found in it, how it fares, its text.")
    .option(...AGENT)
    .option(...JSON_OUT)
    .action(async (name: string, { agent, json }: Options) => {
      const here = context();
      const owner = skillsOfOne(here, agent);
      const one = chooseSkill(owner, name);
      const figures = await figuresOf(here, owner.agent, one.name);
      printed(
        here,
        json,
        () => tellSkill(one, figures, here.paint, widthOf(process.stdout)),
        () => ({ agent: owner.agent, ...skillJson(one), figures, text: one.skill?.body ?? null }),
      );
    });

  for (const act of ["enable", "disable"] as const) {
    command
      .command(`${act} <skill>`)
      .description(
        act === "enable"
          ? "Approve a draft as it lies there, or switch on what is off."
          : "Switch it off for this agent.",
      )
      .option(...AGENT)
      .option(...JSON_OUT)
      .action((name: string, { agent, json }: Options) => {
        const here = context();
        const owner = skillsOfOne(here, agent);
        finish(here, json, owner.shelf[act](chooseSkill(owner, name).directory));
      });
  }

  packCommands(command, context);
  proposalCommands(command, context);

  command
    .command("verify")
    .description("Are the installed skills, byte for byte, those that were approved?")
    .option(...AGENT)
    .option(...JSON_OUT)
    .action(({ agent, json }: Options) => {
      const here = context();
      const checked = skillsOf(here, agent).flatMap((one) =>
        one.shelf.verify().map((check) => ({ agent: one.agent, ...check })),
      );
      const told = () =>
        checked
          .map(
            ({ agent: owner, directory, intact, because }) =>
              `${intact ? here.paint.good("✓") : here.paint.bad("✗")} ${owner}  ${directory}  ${because}`,
          )
          .join("\n");
      printed(
        here,
        json,
        () => (checked.length === 0 ? "No skills were installed; those of packs come with the program." : told()),
        () => checked,
      );
      const wrong = checked.filter(({ intact }) => !intact).length;
      if (wrong > 0)
        throw new CommandFailed(
          `${wrong} of ${checked.length} skills are not as installed. Their agents do not use them.`,
        );
    });

  command
    .command("rollback <skill>")
    .description("Go back to the version before the one in force.")
    .option(...AGENT)
    .option(...JSON_OUT)
    .action((name: string, { agent, json }: Options) => {
      const here = context();
      const owner = skillsOfOne(here, agent);
      finish(here, json, owner.shelf.rollback(chooseSkill(owner, name).directory));
    });
};

/** Empty while nothing was learnt yet. */
async function figuresOf({ home, clock }: Context, agent: string, name: string): Promise<SkillFigures[]> {
  const path = home.agent(agent).skills.learning;
  if (!existsSync(path)) return [];
  const learning = await openLearning({ path, clock, readonly: true });
  try {
    return (await learning.figures()).filter(({ skill }) => skill === name);
  } finally {
    learning.close();
  }
}
