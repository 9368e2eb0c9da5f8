/** Learns from recorded turns: how each skill fared, and at most one proposal with evidence, replayed before and after. A person decides on it. */
import { messageOf, OperationalError } from "../../base/index.ts";
import { type Entry, noUsage, type Usage } from "../../engine/index.ts";
import {
  type Correction,
  diffLines,
  draftByRules,
  draftDutiesByRules,
  type Episode,
  hashOfPersona,
  isPersonaPart,
  isSaid,
  type ListedSkill,
  type NewProposal,
  plainCorrections,
  type Replayable,
  type ReplayPrompt,
  readPersona,
  replayableOf,
  replayProposal,
  skillTextOf,
} from "../../skills/index.ts";
import type { Learner, Speaking } from "../speaking.ts";
import { draftLesson, type LessonDraft } from "./learning/draft-lesson.ts";
import { gatherEpisodes } from "./learning/gather-episodes.ts";

/** self-improve: the last day. skill-improve: a week, and only skills that are there. skill-create: a week, and only new ones. */
export type Lesson = "self-improve" | "skill-improve" | "skill-create";

export type Learnt = {
  counters: Readonly<Record<string, number>>;
  usage: Usage;
  by: string | undefined;
  /** Lessons from failures that are in force although their time has passed: each a sentence. */
  lapsed: readonly string[];
} & (
  | { proposed: true; proposal: string; skill: string; summary: string; evidence: readonly string[] }
  | { proposed: false; because: string }
);

const DAY_MS = 24 * 60 * 60_000;
const BACK_MS: Readonly<Record<Lesson, number>> = {
  "self-improve": DAY_MS,
  "skill-improve": 7 * DAY_MS,
  "skill-create": 7 * DAY_MS,
};
/** A lesson from what did not work: by then somebody may have mended it. */
const FAILURE_LESSON_MS = 30 * DAY_MS;
/** Turns of the evidence that are replayed; each is answered twice. */
const REPLAYED_TURNS_MAX = 3;
/** So many calls of tools without a skill make a turn one to learn a procedure from. */
const NOTABLE_CALLS_MIN = 4;
const ANSWER_TOKENS_MAX = 2_000;

/** How a persona's files are told to a model that may propose to change one. */
const PARTS = ["duties", "voice", "identity"] as const;

const GOALS: Readonly<Record<Lesson, string>> = {
  "self-improve":
    "one change that would have made yesterday's answers better: improve a skill, write one that is missing, or change one file of the persona",
  "skill-improve": "improve one skill that was loaded and whose answers were corrected",
  "skill-create": "write one skill for work that took many steps and has none",
};

/** A draft as it will be proposed, with what its turns are checked for. */
type Draft = Omit<NewProposal, "baseHash" | "diff"> & { turns: readonly Replayable[] };
type Looked = {
  draft: Draft | undefined;
  because: string;
  corrections: readonly Correction[];
  usage: Usage;
  by: string | undefined;
};

/** Rejects when the signal says stop, and with bugs; a model that fails is a reason to propose nothing. */
export async function learn(
  speaking: Speaking,
  { lesson, dryRun }: { lesson: Lesson; dryRun: boolean },
  signal: AbortSignal,
): Promise<Learnt> {
  const { learner, turns, clock } = speaking;
  const none = { usage: noUsage, by: undefined, lapsed: [] };
  if (learner === undefined || turns === undefined)
    return { proposed: false, because: "nothing is recorded here", counters: {}, ...none };
  const episodes = await gatherEpisodes(speaking, turns, clock.now() - BACK_MS[lesson]);
  const counters = { turns: episodes.length, withSkill: episodes.filter(({ loaded }) => loaded.length > 0).length };
  if (dryRun && episodes.length > 0)
    return { proposed: false, because: `${episodes.length} turns would be looked through`, counters, ...none };
  if (episodes.length === 0) {
    const lapsed = dryRun ? [] : await lapsedOf(learner);
    return { proposed: false, because: "there were no turns", counters, ...none, lapsed };
  }

  const looked = learner.thinks
    ? await lookByModel(speaking, lesson, episodes, learner, signal)
    : lookByRules(lesson, episodes, learner);
  await noteOutcomes(learner, episodes, looked.corrections);
  // Last, for it is told once: what fails before is tried again.
  const lapsed = await lapsedOf(learner);
  const { corrections, usage, by } = looked;
  const told = { counters: { ...counters, corrected: corrections.length }, usage, by, lapsed };
  if (looked.draft === undefined) return { proposed: false, because: looked.because, ...told };
  return { ...told, ...(await propose(speaking, learner, looked.draft, signal)) };
}

/** Lessons whose time has passed and whose text is still the skill's. */
async function lapsedOf({ learning, skills }: Learner): Promise<string[]> {
  const listed = skills.list();
  const lapsed = await learning.expire();
  return lapsed
    .filter(({ skill, text }) => listed.some((one) => one.directory === skill && skillTextOf(one) === text))
    .map(
      ({ skill, reason }) =>
        `${skill} was changed because something had failed: ${reason} That may be mended by now. Keep it, or take it back: kaos skills rollback ${skill}`,
    );
}

/** Notes what is plain without a model: which skills were offered and loaded, what came of it, what people refused. */
export async function noteTurns(speaking: Speaking, since: number): Promise<void> {
  const { learner, turns } = speaking;
  if (learner === undefined || turns === undefined) return;
  const episodes = await gatherEpisodes(speaking, turns, since);
  await noteOutcomes(learner, episodes, plainCorrections(episodes));
}

function lookByRules(lesson: Lesson, episodes: readonly Episode[], { skills, personaFolder }: Learner): Looked {
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

async function lookByModel(
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
  return { about, skill, kind, text, reason, evidence, expiresAt: about === "persona" ? null : expiresAt, turns };
}

async function propose(
  speaking: Speaking,
  { learning, skills, thinks, personaFolder }: Learner,
  { turns, ...draft }: Draft,
  signal: AbortSignal,
): Promise<
  | { proposed: false; because: string }
  | { proposed: true; proposal: string; skill: string; summary: string; evidence: string[] }
> {
  const listed = skills.list();
  const { before, ...now } = standsNow(draft, listed, personaFolder);
  const directory = now.skill;
  const kept = draft.about === "persona" ? { before } : {};
  const proposal = { ...draft, ...now, ...kept, diff: diffLines(before, draft.text) };
  const proposed = await learning.propose(proposal, listed);
  if (!proposed.proposed) return { proposed: false, because: proposed.because };
  let failed = "";
  try {
    await replayProposal(
      proposed.id,
      { learning, skills },
      {
        turns: turns.slice(0, REPLAYED_TURNS_MAX),
        ...answerer(speaking, signal),
      },
    );
  } catch (error) {
    // It can be replayed later, and is not accepted before.
    if (!(error instanceof OperationalError) || signal.aborted) throw error;
    failed = ` It was not replayed: ${messageOf(error)}`;
  }
  const until = draft.expiresAt === null ? "" : " It comes from a failure, so you are asked again after 30 days.";
  const how = thinks
    ? ""
    : " The offline model replayed it; it does not follow instructions, so the figures say little.";
  return {
    proposed: true,
    proposal: proposed.id,
    skill: directory,
    summary: `${draft.about === "persona" ? "A change to my" : draft.kind === "create" ? "A new skill" : "A change to the skill"} ${directory}: ${draft.reason}${until}${failed}${how}`,
    evidence: draft.evidence.map(({ turn, shows }) => `${turn}: ${shows}`),
  };
}

/** What a draft would change, as it is now; a new skill has nothing before it. */
function standsNow(
  { about, skill }: Omit<Draft, "turns">,
  listed: readonly ListedSkill[],
  personaFolder: string | undefined,
): { skill: string; before: string; baseHash: string } {
  if (about === "persona" && isPersonaPart(skill) && personaFolder !== undefined) {
    const before = readPersona(personaFolder, skill);
    return { skill, before, baseHash: hashOfPersona(before) };
  }
  const there = listed.find(({ name, directory }) => name === skill || directory === skill);
  const before = there === undefined ? "" : skillTextOf(there);
  return { skill: there?.directory ?? skill, before, baseHash: there?.skill?.hash ?? "" };
}

/** A replay could not be answered. */
class ReplayFailed extends OperationalError {
  override readonly name = "ReplayFailed";
}

/** Answers a replay without the persona, so that only the skill's text makes a difference. */
function answerer(speaking: Speaking, signal: AbortSignal) {
  const model = speaking.purse("standard", { purpose: "replay", message: null, room: "" });
  let by = "";
  return {
    by: () => by,
    async answer({ instructions, given, ask }: ReplayPrompt): Promise<string> {
      const entries: Entry[] = [
        {
          role: "system",
          text: instructions === "" ? "Answer the person." : `Follow this procedure.\n\n${instructions}`,
        },
        ...given.map(({ name, text }): Entry => ({ role: "system", text: `${name}\n${text}` })),
        { role: "user", text: ask },
      ];
      const said = await model.complete({ entries, tools: [], tokensMax: ANSWER_TOKENS_MAX }, { signal });
      if (said.kind === "failed") throw new ReplayFailed(said.because);
      by = said.by;
      return said.text;
    },
  };
}

/** Once for each skill and turn. Followed: loaded, and the turn came to an answer. */
async function noteOutcomes(
  { learning, skills }: Learner,
  episodes: readonly Episode[],
  corrections: readonly Correction[],
): Promise<void> {
  const corrected = new Set(corrections.map(({ turn }) => turn));
  const active = skills.list().filter(({ state }) => state === "active");
  const outcomes = episodes.flatMap(({ turn, loaded, ended }) =>
    active.flatMap(({ name, skill }) => {
      const wasLoaded = loaded.includes(name.toLowerCase());
      const what = [
        "offered" as const,
        ...(wasLoaded ? ["loaded" as const] : []),
        ...(wasLoaded && ended === "answered" ? ["followed" as const] : []),
        ...(wasLoaded && corrected.has(turn) ? ["corrected" as const] : []),
      ];
      return what.map((one) => ({ skill: name, hash: skill?.hash ?? "", turn, what: one }));
    }),
  );
  await learning.noteAll(outcomes);
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
