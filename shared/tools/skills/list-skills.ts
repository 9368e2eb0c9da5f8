/** Lists every skill that the agent can load, those too that its catalogue only names because it is full. */
import { z } from "zod";
import { cut, oneLine } from "../../base/index.ts";
import { defineTool, type Tool } from "../../engine/index.ts";
import type { Skills } from "../../skills/index.ts";

const DESCRIPTION_CHARACTERS_MAX = 200;

export function listSkills(skills: Pick<Skills, "list">): Tool {
  return defineTool({
    name: "list-skills",
    description: "Your skills with what each is for, also those that your catalogue has by name only.",
    input: z.strictObject({}),
    effects: "none",
    risk: "safe",
    // Only what a person approved is listed.
    source: "trusted",
    parallel: true,
    async run() {
      const active = skills.list().filter(({ state }) => state === "active");
      if (active.length === 0) return { text: "You have no skills." };
      const lines = active.map(
        ({ name, description }) => `${name}: ${cut(oneLine(description), DESCRIPTION_CHARACTERS_MAX)}`,
      );
      return { text: lines.join("\n") };
    },
  });
}
