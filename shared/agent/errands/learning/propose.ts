/** Puts a draft before a person: what it would change, and how turns of its evidence are answered before and after. */
import { messageOf, OperationalError } from "../../../base/index.ts";
import type { Entry } from "../../../engine/index.ts";
import {
  diffLines,
  hashOfPersona,
  isPersonaPart,
  type ListedSkill,
  type ReplayPrompt,
  readPersona,
  replayProposal,
  skillTextOf,
} from "../../../skills/index.ts";
import type { Learner, Speaking } from "../../speaking.ts";
import type { Draft } from "./look.ts";

/** Turns of the evidence that are replayed; each is answered twice. */
const REPLAYED_TURNS_MAX = 3;
const ANSWER_TOKENS_MAX = 2_000;

/** Keeps the draft as a proposal unless it may not be one, and replays it; one that could not be replayed says so. Rejects when the signal says stop. */
export async function propose(
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
