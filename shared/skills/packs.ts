/** The packs that come with KAOS: a folder each under `skills/`, with a PACK.md and the skills that belong together. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type BadSkill, readSkill, readSkillsIn, type Skill } from "./folder.ts";
import { readFrontMatter } from "./front-matter.ts";

export type Pack = {
  name: string;
  description: string;
  /** What people may ask an agent that has it, one line each. */
  examples: readonly string[];
  skills: readonly (Skill | BadSkill)[];
};

/** Every pack in this folder, sorted by name. A folder without a PACK.md is none. */
export function readPacks(folder: string, read = readSkill): Pack[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, "PACK.md")))
    .map(({ name }) => readPack(join(folder, name), name, read))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function readPack(folder: string, name: string, readOne: typeof readSkill): Pack {
  const read = readFrontMatter(readFileSync(join(folder, "PACK.md"), "utf8"));
  const description = read.readable ? read.fields["description"] : undefined;
  const body = read.readable ? read.body : "";
  return {
    name,
    description: typeof description === "string" ? description : "",
    examples: [...body.matchAll(/^- (.+)$/gmu)].map(([, example = ""]) => example),
    skills: readSkillsIn(folder, readOne),
  };
}
