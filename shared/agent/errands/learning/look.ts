/** Looks through turns for one change that they give reason for: by rules, or by a model whose evidence is checked. */
import { noUsage, type Usage } from "../../../engine/index.ts";
import {
  type Correction,
  draftByRules,
  draftDutiesByRules,
  type Episode,
  isSaid,
  type ListedSkill,
  type NewProposal,
  plainCorrections,
  type Replayable,
  readPersona,
  replayableOf,
  skillTextOf,
} from "../../../skills/index.ts";
import type { Learner, Speaking } from "../../speaking.ts";
import { draftLesson, type LessonDraft } from "./draft-lesson.ts";

/** self-improve: the last day. skill-improve: a week, and only skills that are there. skill-create: a week, and only new ones. */
export type Lesson = "self-improve" | "skill-improve" | "skill-create";

/** A draft as it will be proposed, with what its turns are checked for. */
export type Draft = Omit<NewProposal, "baseHash" | "diff"> & { turns: readonly Replayable[] };
/** What was found: a draft, or why there is none; and which answers were corrected. */
export type Looked = {
  draft: Draft | undefined;
  because: string;
  corrections: readonly Correction[];
  usage: Usage;
  by: string | undefined;
};

const DAY_MS = 24 * 60 * 60_000;
/** A lesson from what did not work: by then somebody may have mended it. */
const FAILURE_LESSON_MS = 30 * DAY_MS;
/** So many calls of tools without a skill make a turn one to learn a procedure from. */
const NOTABLE_CALLS_MIN = 4;
/** How a persona's files are told to a model that may propose to change one. */
const PARTS = ["duties", "voice", "identity"] as const;

const GOALS: Readonly<Record<Lesson, string>> = {
  "self-improve":
    "one change that would have made yesterday's answers better: improve a skill, write one that is missing, or change one file of the persona",
  "skill-improve": "improve one skill that was loaded and whose answers were corrected",
  "skill-create": "write one skill for work that took many steps and has none",
};

/** Finds what was corrected twice in the same way. */
export function lookByRules(lesson: Lesson, episodes: readonly Episode[], { skills, personaFolder }: Learner): Looked {
  const corrections = plainCorrections(episodes);
  const base = { corrections, usage: noUsage, by: "rules" };
  if (lesson === "skill-create")
    return { ...base, draft: undefined, because: "without a model no new skill is written" };
  const ofSkill = draftByRules(episodes, corrections, activeOf(skills.list()));
  const ofPersona =
    ofSkill === undefined && lesson === "self-improve" && personaFolder !== undefined
      ? draftDutiesByRules(episodes, corrections, readPersona(personaFolder, "duties"))
      : undefined;
  const draft = ofSkill ?? ofPersona;
  if (draft === undefined) return { ...base, draft: undefined, because: "no skill was corrected twice" };
  const { skill, text, reason, evidence } = draft;
  const about = ofPersona === undefined ? "skill" : "persona";
  const turns = evidence.flatMap(({ turn }) =>
    episodes.filter((one) => one.turn === turn).map((one) => replayableOf(one)),
  );
  return {
    ...base,
    because: "",
    draft: { about, skill, kind: "improve", text, reason, evidence, expiresAt: null, turns },
  };
}

/** Asks the model, and keeps of its answer only what quotes somebody; a model that fails is a reason to propose nothing. */
export async function lookByModel(
  speaking: Speaking,
  lesson: Lesson,
  all: readonly Episode[],
  { skills, personaFolder }: Learner,
  signal: AbortSignal,
): Promise<Looked> {
  const plain = plainCorrections(all);
  const base = { corrections: plain, usage: noUsage, by: undefined };
  const episodes = all.filter((episode) => isWorthALook(lesson, episode));
  if (episodes.length === 0) return { ...base, draft: undefined, because: "no turn gives reason to learn from it" };
  const loaded = new Set(episodes.flatMap((episode) => episode.loaded));
  // What was loaded is told whole, so that it can be improved.
  const told = activeOf(skills.list()).toSorted((a, b) => Number(loaded.has(b.name)) - Number(loaded.has(a.name)));
  const model = speaking.purse("standard", { purpose: lesson, message: null, room: "" });
  const mayChange = lesson === "self-improve" && personaFolder !== undefined ? PARTS : [];
  const persona = mayChange.map((part) => ({ part, text: readPersona(personaFolder ?? "", part) }));
  const drafted = await draftLesson(model, { goal: GOALS[lesson], episodes, skills: told, persona }, signal);
  if ("failed" in drafted) return { ...base, usage: drafted.usage, draft: undefined, because: drafted.failed };
  const { usage, by } = drafted;
  const corrections = [...plain, ...drafted.drafted.corrected.filter((one) => isEvidence(one, all))];
  const found = { corrections: firstOfEach(corrections), usage, by };
  const draft = draftFrom(drafted.drafted, lesson, all, speaking);
  return typeof draft === "string" ? { ...found, draft: undefined, because: draft } : { ...found, draft, because: "" };
}

/** Turns in which everything went as usual are not told: they cost, and teach nothing. */
function isWorthALook(lesson: Lesson, { followUps, reactions, ended, tools, loaded }: Episode): boolean {
  if (lesson === "skill-improve") return loaded.length > 0;
  const notable = loaded.length === 0 && tools.length >= NOTABLE_CALLS_MIN;
  if (lesson === "skill-create") return notable;
  return notable || followUps.length + reactions.length > 0 || ended === "failed" || ended === "stopped";
}

/** The model's proposal with only the evidence that is really there; a sentence when nothing is left of it. */
function draftFrom(
  { proposal }: LessonDraft,
  lesson: Lesson,
  episodes: readonly Episode[],
  { clock, validate, learner }: Speaking,
): Draft | string {
  if (proposal === null) return "the turns give no reason for a change";
  const { skill, fromFailure } = proposal;
  const about = proposal.kind === "persona" ? "persona" : "skill";
  const kind = proposal.kind === "create" ? "create" : "improve";
  if (about === "persona" && (lesson !== "self-improve" || learner?.personaFolder === undefined))
    return "only skills are changed here";
  if (lesson === "skill-improve" && kind === "create") return "only skills that are there are improved here";
  if (lesson === "skill-create" && kind === "improve") return "only new skills are written here";
  const evidence = proposal.evidence
    .filter((one) => isEvidence(one, episodes))
    .map(({ turn, quote }) => ({ turn, shows: validate(quote) }));
  if (evidence.length === 0) return "what was proposed quotes nothing that anybody said";
  const turns = evidence.flatMap(({ turn }) => {
    const episode = episodes.find((one) => one.turn === turn);
    return episode === undefined
      ? []
      : [
          replayableOf(
            episode,
            proposal.checks.find((check) => check.turn === turn),
          ),
        ];
  });
  const expiresAt = fromFailure ? clock.now() + FAILURE_LESSON_MS : null;
  const [text, reason] = [validate(proposal.text), validate(proposal.reason)];
  return { about, skill, kind, text, reason, evidence, expiresAt, turns };
}

function activeOf(listed: readonly ListedSkill[]) {
  return listed
    .filter(({ state }) => state === "active")
    .map((one) => ({ name: one.name.toLowerCase(), description: one.description, text: skillTextOf(one) }));
}

function isEvidence({ turn, quote }: Correction, episodes: readonly Episode[]): boolean {
  return episodes.some((one) => one.turn === turn && isSaid(one, quote));
}

function firstOfEach(corrections: readonly Correction[]): Correction[] {
  return corrections.filter(({ turn }, at) => corrections.findIndex((one) => one.turn === turn) === at);
}
