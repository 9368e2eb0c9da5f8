/** A proposal's way into force: replayed on the scenarios before and after, then, on a person's yes, a new version. */
import { isMainFile, readText } from "../folder.ts";
import type { Done, Shelf } from "../install.ts";
import type { ListedSkill, Skills } from "../library.ts";
import { type Replayable, type Replayed, type ReplayPrompt, readScenarios, replay } from "../scenario.ts";
import { readSkillText } from "../skill.ts";
import { bundleOf } from "../sources.ts";
import type { Learning, ProposalStory, Side } from "./learning.ts";

/** An agent's skills, the shelf they lie on, and what was learnt about them. */
export type Desk = { learning: Learning; skills: Pick<Skills, "list">; shelf: Shelf };

type Replaying = {
  /** Recorded turns, beside the skill's own scenarios. */
  turns?: readonly Replayable[];
  answer: (prompt: ReplayPrompt) => Promise<string>;
  /** Which model has answered, asked for at the end. */
  by?: () => string;
};

/**
 * Runs the skill's scenarios, and `turns` (recorded ones), with the text that is and the one that
 * would be, and keeps both results. What `answer` throws goes through, and nothing is kept.
 */
export async function replayProposal(
  id: string,
  { learning, skills }: Pick<Desk, "learning" | "skills">,
  { turns = [], answer, by = () => "" }: Replaying,
): Promise<ProposalStory | undefined> {
  const proposal = await learning.get(id);
  if (proposal === undefined) return undefined;
  const skill = proposal.about === "skill" ? listedIn(skills, proposal.skill)?.skill : undefined;
  const scenarios = [...(skill === undefined ? [] : readScenarios(skill)), ...turns];
  const proposed = readSkillText(proposal.text, proposal.skill);
  const texts =
    proposal.about === "persona"
      ? { before: proposal.before, after: proposal.text }
      : { before: skill?.body ?? "", after: proposed.readable ? proposed.body : "" };
  const results: Record<Side, Replayed[]> = { before: [], after: [] };
  for (const side of ["before", "after"] as const) {
    const replayed: Replayed[] = [];
    for (const scenario of scenarios) replayed.push(await replay(texts[side], scenario, answer));
    results[side] = replayed;
  }
  for (const side of ["before", "after"] as const) await learning.keepReplay(id, side, results[side], by());
  return learning.get(id);
}

/** The whole SKILL.md of a skill as it lies there; empty for one that cannot be read. */
export function skillTextOf({ skill }: Pick<ListedSkill, "skill">): string {
  const main = skill?.files.find(({ path }) => isMainFile(path));
  return skill === undefined || main === undefined ? "" : readText(skill.folder, main.path, main.sha256);
}

/** Puts an open proposal in force as a new version. The version before stays to go back to, also that of a pack. */
export async function acceptProposal(id: string, by: string, { learning, skills, shelf }: Desk): Promise<Done> {
  const story = await learning.get(id);
  if (story === undefined) return { done: false, because: `There is no proposal ${id}.` };
  const listed = listedIn(skills, story.skill);
  const skill = listed?.skill;
  const hash = skill?.hash ?? "";
  // A process that died between the yes and the new version left the old bytes there: then the yes still counts.
  if (story.state !== "accepted" || hash !== story.baseHash) {
    const decided = await learning.accept(id, by, hash);
    if (!decided.decided) return { done: false, because: decided.because };
  }
  const how = { state: "active", findings: [], force: true } as const;
  const now = skill === undefined ? undefined : bundleOf(skill, listed?.from ?? "");
  if (now?.from.startsWith("pack:") === true) shelf.put(now, { ...how, because: "as it came with the pack" });
  const main = [...(now?.files.keys() ?? [])].find(isMainFile) ?? "SKILL.md";
  const files = new Map(now?.files).set(main, Buffer.from(story.text));
  const put = shelf.put({ directory: story.skill, from: `proposal:${id}`, files }, { ...how, because: story.reason });
  return put.put
    ? { done: true, because: `${story.skill} has version ${put.version}. \`kaos skills rollback\` takes it back.` }
    : { done: false, because: put.because };
}

function listedIn(skills: Pick<Skills, "list">, directory: string): ListedSkill | undefined {
  return skills.list().find((one) => one.directory === directory);
}
