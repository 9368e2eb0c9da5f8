/** Loads the protocol of a skill whose line the agent has seen in its catalogue. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import type { Loaded, Skills } from "../../skills/index.ts";

const PARTS_MAX = 100;

/** Which stretch of a long text; both tools count alike. */
export const part = z.int().min(1).max(PARTS_MAX).default(1).describe("long texts come in parts, counted from 1");

export function loadSkill(skills: Pick<Skills, "load">): Tool {
  return defineTool({
    name: "load-skill",
    description: "The protocol of one of your skills. Load it before you begin what it is for, then follow it.",
    input: z.strictObject({ name: z.string().min(1).max(100).describe("as your catalogue has it"), part }),
    effects: "none",
    risk: "safe",
    // A person approved exactly these bytes; anything else is not loaded.
    source: "trusted",
    parallel: true,
    run: async (input) => ({ text: toldOf(skills.load(input.name, input.part)) }),
  });
}

/** The text as the model reads it, with what else there is. */
export function toldOf(loaded: Loaded): string {
  if (!loaded.loaded) return loaded.because;
  const { text, part: at, parts } = loaded;
  return at < parts ? `${text}\n\n(Part ${at} of ${parts}. Ask for part ${at + 1} to read on.)` : text;
}
