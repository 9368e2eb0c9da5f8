/** The skills of every agent: what lies there, what it costs in each prompt, and how it fares. */
import { join } from "node:path";
import type { Clock } from "../../shared/base/index.ts";
import { type Home, programRoot } from "../../shared/config/index.ts";
import {
  type Catalogue,
  catalogueOf,
  createDesks,
  createSkillReader,
  type Desks,
  type ListedSkill,
  type Pack,
  readPacks,
  type SkillFigures,
} from "../../shared/skills/index.ts";
import { told } from "../told.ts";
import type { AgentsRead } from "./agents.ts";

/** One skill of one agent; figures are those of the version that lies there. */
export type SkillShown = { listed: ListedSkill; tokens: number | undefined; figures: SkillFigures | undefined };

export type AgentSkills = {
  agent: string;
  catalogue: Catalogue;
  skills: readonly SkillShown[];
  /** Why nothing is known of how they fare. */
  problem: string | undefined;
};

/** How many skills wait for a person's word. It stands on every page, and counting them reads every folder of skills. */
export type Drafts = {
  /** As it is, or was within the last seconds. */
  count(): number;
  /** What was counted is no longer so: somebody has just decided something here. */
  forget(): void;
};

/** Who puts a draft there from elsewhere is seen this late. */
export const DRAFTS_KNOWN_MS = 5_000;

export function createDrafts(desks: Desks, clock: Clock): Drafts {
  let known: { at: number; count: number } | undefined;
  return {
    count() {
      if (known === undefined || Math.abs(clock.now() - known.at) >= DRAFTS_KNOWN_MS) {
        const all = desks.all().flatMap(({ skills }) => skills.list());
        known = { at: clock.now(), count: all.filter(({ state }) => isDraft(state)).length };
      }
      return known.count;
    },
    forget() {
      known = undefined;
    },
  };
}

export function isDraft(state: ListedSkill["state"]): boolean {
  return state === "draft" || state === "changed";
}

/** Every agent that has a folder, with its skills. */
export function readSkills(desks: Desks): Promise<AgentSkills[]> {
  return Promise.all(
    desks.all().map(async ({ agent, skills }) => {
      const all = skills.list();
      // From the list at hand: the catalogue itself would read every folder once more.
      const catalogue = catalogueOf(all.filter(({ state }) => state === "active"));
      const { figures, problem } = await figuresOf(agent, desks);
      return {
        problem,
        agent,
        catalogue,
        skills: all.map((listed) => ({
          listed,
          tokens: catalogue.shown.find(({ name }) => name === listed.name)?.tokens,
          figures: figures.find(({ skill, hash }) => skill === listed.name && hash === listed.skill?.hash),
        })),
      };
    }),
  );
}

/** A file of figures that cannot be read hides no skill. */
async function figuresOf(
  agent: string,
  desks: Desks,
): Promise<{ figures: readonly SkillFigures[]; problem: string | undefined }> {
  try {
    return { figures: await desks.figures(agent), problem: undefined };
  } catch (error) {
    return { figures: [], problem: told(error).sentence };
  }
}

/** The skills of all agents of this home, for as long as the control room runs. */
export function desksIn(
  { files, demo }: { files: Home; demo: boolean },
  clock: Clock,
  agents: () => AgentsRead,
): Desks {
  const places = () =>
    agents().agents.map(({ name, folder: persona, skills: listed }) => {
      const { folder: own, lock, learning } = files.agent(name).skills;
      return { agent: name, own, lock, learning, packs: packsFolder(), listed, ...(!demo && { persona }) };
    });
  return createDesks(places, clock);
}

/** The packs that come with the program. Files that nobody touched are not read again. */
export function createPacks(): () => readonly Pack[] {
  const read = createSkillReader();
  return () => readPacks(packsFolder(), read);
}

function packsFolder(): string {
  return join(programRoot(), "skills");
}
