/** Scenarios of a skill: a person's request with its material, and what a good answer has; replayed before and after a change. */
import { z } from "zod";
import { parseJson, wordsOf } from "../base/index.ts";
import { readText, type Skill, UnusableSkill } from "./folder.ts";

const schema = z.strictObject({
  name: z.string().min(1),
  /** What the person says. */
  ask: z.string().min(1),
  /** Files, notes or results that lie before the model. */
  given: z.array(z.strictObject({ name: z.string(), text: z.string() })).default([]),
  expect: z.strictObject({
    /** Each must occur; ` | ` parts what may stand for the same. Case does not count. */
    mentions: z.array(z.string()).default([]),
    /** As `mentions`, and one after the other. */
    order: z.array(z.string()).default([]),
    /** None may occur: what would be invented, or against the protocol. */
    avoids: z.array(z.string()).default([]),
    wordsMax: z.int().positive().optional(),
  }),
  /** An answer that meets all of it: shows that it can be met. */
  good: z.string().min(1),
  /** Answers that must not pass, each with the mistake it makes: show that the checks can tell. */
  bad: z.array(z.strictObject({ because: z.string(), answer: z.string() })).min(1),
});

export type Scenario = z.output<typeof schema>;
/** What a replay needs: also a recorded turn is one, with what the person wanted of its answer. */
export type Replayable = Pick<Scenario, "name" | "ask" | "given" | "expect">;
export type Replayed = { scenario: string; passed: boolean; misses: readonly string[] };

/** What a model is given in a replay; its answer is judged by the scenario alone. */
export type ReplayPrompt = { instructions: string; given: Scenario["given"]; ask: string };

/** The scenarios beside a skill, sorted by file. Throws UnusableSkill, naming the file, for one that cannot be read. */
export function readScenarios(skill: Pick<Skill, "folder" | "files">): Scenario[] {
  return skill.files
    .filter(({ path }) => /^scenarios\/[^/]+\.json$/u.test(path))
    .map(({ path, sha256 }) => {
      const parsed = schema.safeParse(parseJson(readText(skill.folder, path, sha256)));
      if (parsed.success) return parsed.data;
      const [issue] = parsed.error.issues;
      throw new UnusableSkill(
        `${path} is no scenario: ${issue?.path.join(".") ?? ""} ${issue?.message ?? "it is no JSON"}`,
      );
    });
}

/** One request under these instructions. `answer` is a model of any kind; what it throws goes through. */
export async function replay(
  instructions: string,
  scenario: Replayable,
  answer: (prompt: ReplayPrompt) => Promise<string>,
): Promise<Replayed> {
  const said = await answer({ instructions, given: scenario.given, ask: scenario.ask });
  const misses = missesOf(scenario, said);
  return { scenario: scenario.name, passed: misses.length === 0, misses };
}

/** What an answer lacks, a sentence each; empty for a good one. */
export function missesOf({ expect }: Pick<Scenario, "expect">, answer: string): string[] {
  const said = answer.toLowerCase();
  const misses: string[] = [];
  for (const wanted of expect.mentions)
    if (placeOf(said, wanted, 0) === -1) misses.push(`It does not mention ${wanted}.`);
  let from = 0;
  for (const wanted of expect.order) {
    const at = placeOf(said, wanted, from);
    if (at === -1)
      misses.push(from === 0 ? `It does not have ${wanted}.` : `It does not have ${wanted} where it belongs.`);
    else from = at;
  }
  for (const unwanted of expect.avoids) if (placeOf(said, unwanted, 0) !== -1) misses.push(`It says ${unwanted}.`);
  const words = wordsOf(answer).length;
  if (expect.wordsMax !== undefined && words > expect.wordsMax)
    misses.push(`It has ${words} words, at most ${expect.wordsMax} were wanted.`);
  return misses;
}

/** Where the first of the alternatives begins at or after `from`; -1 for nowhere. */
function placeOf(said: string, wanted: string, from: number): number {
  const places = wanted.split(" | ").map((one) => said.indexOf(one.trim().toLowerCase(), from));
  const found = places.filter((place) => place !== -1);
  return found.length === 0 ? -1 : Math.min(...found);
}
