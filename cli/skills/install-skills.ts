/** `kaos skills packs|show-pack|install-pack|install`: giving an agent skills that it does not have. */
import { createEgress } from "../../shared/security/index.ts";
import {
  type Bundle,
  bundleOf,
  fetchBundle,
  type Pack,
  parseSource,
  type Skill,
  scanSkill,
  UnusableSkill,
} from "../../shared/skills/index.ts";
import { type Define, examples } from "../command.ts";
import { CommandFailed, WrongUsage } from "../failures.ts";
import { table, widthOf } from "../terminal/layout.ts";
import { choosePack, packs, skillsOfOne } from "./agent-skills.ts";
import { createTextChecks } from "./check-texts.ts";
import { AGENT, JSON_OUT, type Options, printed } from "./options.ts";
import { tellFindings, tellPack } from "./tell-skills.ts";

export const packCommands: Define = (command, context) => {
  command
    .command("packs")
    .description("The packs that come with KAOS.")
    .option(...JSON_OUT)
    .action(({ json }: Options) => {
      const here = context();
      const rows = () =>
        packs().map(({ name, skills: inside }) => [
          here.paint.bold(name),
          inside.map(({ directory }) => directory).join(", "),
        ]);
      printed(
        here,
        json,
        () => table(rows()),
        () => packs().map(packJson),
      );
    });

  command
    .command("show-pack <pack>")
    .description("A pack's skills, and what to ask an agent that has them.")
    .option(...JSON_OUT)
    .action((name: string, { json }: Options) => {
      const here = context();
      const pack = choosePack(name);
      printed(
        here,
        json,
        () => tellPack(pack, here.paint, widthOf(process.stdout)),
        () => packJson(pack),
      );
    });

  command
    .command("install-pack <pack>")
    .description("Give an agent the skills of a pack.")
    .option(...AGENT)
    .option("--force", "replace skills that are there; their versions are kept")
    .option(...JSON_OUT)
    .action((name: string, { agent, force, json }: Options) => {
      const here = context();
      const pack = choosePack(name);
      const { shelf, agent: owner } = skillsOfOne(here, agent);
      const put = pack.skills
        .filter((skill): skill is Skill => skill.readable)
        .map((skill) => ({
          skill: skill.directory,
          ...shelf.put(bundleOf(skill, `pack:${pack.name}`), {
            state: "active",
            findings: [],
            force: force === true,
            because: `pack ${pack.name}`,
          }),
        }));
      const told = () =>
        put
          .map((one) =>
            one.put
              ? `${here.paint.good("✓")} ${owner} has ${one.skill}, version ${one.version}`
              : `${here.paint.wait("!")} ${one.because}`,
          )
          .join("\n");
      printed(here, json, told, () => put);
      if (put.every((one) => !one.put))
        throw new CommandFailed(`Nothing of the pack ${pack.name} was installed for ${owner}.`);
    });

  const install = command
    .command("install <source>")
    .description("Fetch a skill from elsewhere; it stays a draft until you enable it.")
    .option(...AGENT)
    .option("--force", "replace the skill that is there; its version is kept")
    .option(...JSON_OUT)
    .action(async (source: string, { agent, force, json }: Options) => {
      const here = context();
      const owner = skillsOfOne(here, agent);
      const bundle = await fetched(source);
      const findings = scanSkill(bundle.files, createTextChecks());
      const put = owner.shelf.put(bundle, {
        state: "draft",
        findings,
        force: force === true,
        because: `installed from ${bundle.from}`,
      });
      if (!put.put) throw new CommandFailed(put.because);
      const told = [
        `${here.paint.good("✓")} ${put.directory} lies there as a draft, from ${bundle.from}.`,
        findings.length === 0
          ? "Nothing suspicious was found in it; that is no proof."
          : tellFindings(findings, here.paint),
        ...(put.diff === "" ? [] : ["What changed:", put.diff]),
        `Read it: \`${here.kaos} skills show ${put.directory} --agent ${owner.agent}\`. Approve it: \`${here.kaos} skills enable ${put.directory} --agent ${owner.agent}\`.`,
      ];
      printed(
        here,
        json,
        () => told.join("\n"),
        () => ({ ...put, from: bundle.from }),
      );
    });
  examples(install, [
    ["kaos skills install ./my-skill --agent nexus", "a folder with a SKILL.md"],
    ["kaos skills install github:owner/repo/path@commit --agent nexus", "pinned to the commit"],
  ]);
};

async function fetched(text: string): Promise<Bundle> {
  const source = parseSource(text);
  if (source === undefined)
    throw new WrongUsage(
      `"${text}" is no place of a skill. Write ./folder, github:owner/repo/path@commit or https://…/SKILL.md.`,
    );
  const { fetch } = createEgress();
  try {
    return await fetchBundle(source, { fetch, signal: new AbortController().signal });
  } catch (error) {
    if (error instanceof UnusableSkill)
      throw new CommandFailed(`Nothing was installed: ${error.message}.`, { cause: error });
    throw error;
  }
}

function packJson({ name, description, examples: asks, skills: inside }: Pack): unknown {
  return {
    name,
    description,
    examples: asks,
    skills: inside.map((skill) =>
      skill.readable
        ? { name: skill.name, description: skill.description }
        : { name: skill.directory, because: skill.because },
    ),
  };
}
