/** Learns from recorded turns: how each skill fared, and at most one proposal with evidence, replayed before and after. A person decides on it. */
import { noUsage, type Usage } from "../../engine/index.ts";
import {
  type Correction,
  type Episode,
  isPersonaPart,
  type Proposal,
  plainCorrections,
  readPersona,
  skillTextOf,
} from "../../skills/index.ts";
import type { Learner, Speaking } from "../speaking.ts";
import { gatherEpisodes } from "./learning/gather-episodes.ts";
import { type Lesson, lookByModel, lookByRules } from "./learning/look.ts";
import { propose } from "./learning/propose.ts";

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

/** Lessons whose time has passed and whose text is still the skill's, or the persona's. */
async function lapsedOf({ learning, skills, personaFolder }: Learner): Promise<string[]> {
  const listed = skills.list();
  const textNow = ({ about, skill }: Proposal) => {
    if (about === "persona")
      return isPersonaPart(skill) && personaFolder !== undefined ? readPersona(personaFolder, skill) : undefined;
    const there = listed.find(({ directory }) => directory === skill);
    return there === undefined ? undefined : skillTextOf(there);
  };
  const lapsed = await learning.expire();
  return lapsed
    .filter((lesson) => textNow(lesson) === lesson.text)
    .map(({ about, id, skill, reason }) => {
      const back = about === "persona" ? `takeback ${id}` : `rollback ${skill}`;
      return `${skill} was changed because something had failed: ${reason} That may be mended by now. Keep it, or take it back: kaos skills ${back}`;
    });
}

/** Notes what is plain without a model: which skills were offered and loaded, what came of it, what people refused. */
export async function noteTurns(speaking: Speaking, since: number): Promise<void> {
  const { learner, turns } = speaking;
  if (learner === undefined || turns === undefined) return;
  const episodes = await gatherEpisodes(speaking, turns, since);
  await noteOutcomes(learner, episodes, plainCorrections(episodes));
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
