/** The templates that come with KAOS: a persona with its skills, jobs, gates, first memories and questions to ask it. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { assert } from "../../shared/base/index.ts";

const schema = z.strictObject({
  title: z.string(),
  summary: z.string(),
  /** Fields of an agent.json; what is not here stays as the agent has it. */
  agent: z.strictObject({
    role: z.string(),
    keywords: z.record(z.string(), z.array(z.string())),
    skills: z.array(z.string()),
    jobs: z.array(z.string()),
    gates: z.array(z.string()),
    slaMinutes: z.int(),
    dissent: z.enum(["allow", "require"]),
  }),
  /** What the agent knows from the start, a sentence each. */
  memories: z.array(z.string().min(1)),
  /** What to say to it first. */
  prompts: z.array(z.string().min(1)),
});

export const personaFiles = ["IDENTITY.md", "VOICE.md", "DUTIES.md"] as const;

export type Template = z.output<typeof schema> & {
  name: string;
  /** With `{Name}` where the agent's name goes. */
  files: Readonly<Record<(typeof personaFiles)[number], string>>;
};

/** Every template in this folder, sorted by name. They come with the program, so a bad one is a bug. */
export function readTemplates(folder: string): Template[] {
  return readdirSync(folder)
    .filter((name) => statSync(join(folder, name)).isDirectory())
    .toSorted()
    .map((name) => {
      const parsed = schema.safeParse(JSON.parse(readFileSync(join(folder, name, "template.json"), "utf8")));
      assert(parsed.success, `the template ${name} is well-formed`);
      const [identity = "", voice = "", duties = ""] = personaFiles.map((file) =>
        readFileSync(join(folder, name, file), "utf8"),
      );
      return { ...parsed.data, name, files: { "IDENTITY.md": identity, "VOICE.md": voice, "DUTIES.md": duties } };
    });
}

/** A file of the persona for the agent of this name. */
export function personaFor(text: string, agent: string): string {
  return text.replaceAll("{Name}", `${agent.charAt(0).toUpperCase()}${agent.slice(1)}`);
}

/** "a Research Agent", "an Ops Assistant": titles are plain English words, so the letter decides. */
export function withArticle(title: string): string {
  return `${/^[aeiou]/i.test(title) ? "an" : "a"} ${title}`;
}
