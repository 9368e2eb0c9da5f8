/** Loads a file that lies beside a skill's protocol: a checklist, a form, a table. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import type { Skills } from "../../skills/index.ts";
import { part, toldOf } from "./load-skill.ts";

export function loadSkillReference(skills: Pick<Skills, "reference">): Tool {
  return defineTool({
    name: "load-skill-reference",
    description: "A file of a skill that its protocol points to.",
    input: z.strictObject({
      skill: z.string().min(1).max(100),
      file: z.string().min(1).max(200).describe("for example references/checklist.md"),
      part,
    }),
    effects: "none",
    risk: "safe",
    // Part of what the person approved with the skill.
    source: "trusted",
    parallel: true,
    run: async (input) => ({ text: toldOf(skills.reference(input.skill, input.file, input.part)) }),
  });
}
