/** The proposals of every agent of a home in one place, for whoever decides about them: in a terminal, the control room or a chat. */
import { existsSync, statSync } from "node:fs";
import type { Clock } from "../../base/index.ts";
import { createShelf, type Done, type Shelf } from "../install.ts";
import { createSkills, type Skills, type SkillsPlace } from "../library.ts";
import { type Pack, readPacks } from "../packs.ts";
import { acceptProposal, type Desk } from "./apply.ts";
import { openLearning, type ProposalStory } from "./learning.ts";
import type { SkillFigures } from "./outcomes.ts";
import { acceptPersona, type PersonaDesk, takeBackPersona } from "./persona.ts";

/** Where one agent's skills lie, and what was learnt about them. */
export type DeskPlace = SkillsPlace & {
  agent: string;
  learning: string;
  /** The folder of its persona; undefined where nobody may change it from here. */
  persona?: string;
};

export interface Desks {
  /** Opens what an agent has learnt for the length of `work`; undefined while it has learnt nothing. */
  at<Result>(agent: string, work: (desk: Desk) => Promise<Result>): Promise<Result | undefined>;
  /** Every agent's skills. Files that nobody touched are not read again. */
  all(): { agent: string; skills: Skills; shelf: Shelf }[];
  /** How each version of each skill of an agent fares. */
  figures(agent: string): Promise<readonly SkillFigures[]>;
  /** What waits for a person, of all agents. */
  open(): Promise<{ agent: string; story: ProposalStory }[]>;
  /** The changes to personas that are in force and can be taken back, newest first. */
  inForce(): Promise<{ agent: string; story: ProposalStory }[]>;
  /** Takes one of them back. */
  takeBack(id: string, by: string): Promise<Done>;
  /** A person's yes: a new version of the skill, or of the file of a persona, is in force. */
  accept(id: string, by: string): Promise<Done>;
  /** A person's no; the same is not proposed again. */
  decline(id: string, by: string, because: string): Promise<Done>;
}

/** What was learnt is read again after this, whatever its files say: a write may fall into the moment of reading. */
const AGAIN_MS = 60_000;

/** Packs come with the program, and all agents list from the same: they are read once in this time. */
const PACKS_KNOWN_MS = 5_000;

type Read = {
  mark: string;
  at: number;
  open: readonly ProposalStory[];
  inForce: readonly ProposalStory[];
  figures: readonly SkillFigures[];
};

/** `places` is asked each time: agents come and go. Holds no file open. */
export function createDesks(places: () => readonly DeskPlace[], clock: Clock): Desks {
  const libraries = new Map<string, { skills: Skills; shelf: Shelf }>();
  const reads = new Map<string, Read>();
  const packs = new Map<string, { at: number; found: Pack[] }>();

  function readPacksOf(folder: string): Pack[] {
    const known = packs.get(folder);
    if (known !== undefined && Math.abs(clock.now() - known.at) < PACKS_KNOWN_MS) return known.found;
    const found = readPacks(folder);
    packs.set(folder, { at: clock.now(), found });
    return found;
  }

  function libraryOf(place: DeskPlace): { skills: Skills; shelf: Shelf } {
    const key = JSON.stringify(place);
    const library = libraries.get(key) ?? {
      skills: createSkills(place, { readPacksOf }),
      shelf: createShelf({ ...place, clock }),
    };
    libraries.set(key, library);
    return library;
  }

  async function at<Result>(agent: string, work: (desk: Desk) => Promise<Result>): Promise<Result | undefined> {
    const place = places().find((one) => one.agent === agent);
    if (place === undefined || !existsSync(place.learning)) return undefined;
    const learning = await openLearning({ path: place.learning, clock });
    try {
      return await work({ learning, ...libraryOf(place) });
    } finally {
      learning.close();
    }
  }

  async function readOf({ agent, learning: path }: DeskPlace): Promise<Read> {
    const known = reads.get(agent);
    const now = clock.now();
    if (known !== undefined && known.mark === markOf(path) && Math.abs(now - known.at) < AGAIN_MS) return known;
    const found = await at(agent, async ({ learning }) => {
      const told = async (proposals: readonly { id: string }[]) =>
        (await Promise.all(proposals.map(({ id }) => learning.get(id)))).filter((story) => story !== undefined);
      return {
        open: await told(await learning.list("open")),
        inForce: await told(await learning.inForce()),
        figures: await learning.figures(),
      };
    });
    const read = { open: [], inForce: [], figures: [], ...found, mark: markOf(path), at: now };
    reads.set(agent, read);
    return read;
  }

  async function all(of: (read: Read) => readonly ProposalStory[]): Promise<{ agent: string; story: ProposalStory }[]> {
    const found: { agent: string; story: ProposalStory }[] = [];
    for (const place of places())
      for (const story of of(await readOf(place))) found.push({ agent: place.agent, story });
    return found;
  }

  /** At whichever agent's desk this proposal lies. */
  async function where(
    id: string,
    work: (desk: Desk, story: ProposalStory, persona: PersonaDesk) => Promise<Done>,
  ): Promise<Done> {
    for (const { agent, persona: folder } of places()) {
      const done = await at(agent, async (desk) => {
        const story = await desk.learning.get(id);
        return story === undefined ? undefined : work(desk, story, { agent, learning: desk.learning, folder });
      });
      reads.delete(agent);
      if (done !== undefined) return done;
    }
    return { done: false, because: `There is no proposal ${id}.` };
  }

  return {
    at,
    all: () => places().map((place) => ({ agent: place.agent, ...libraryOf(place) })),
    async figures(agent) {
      const place = places().find((one) => one.agent === agent);
      return place === undefined ? [] : (await readOf(place)).figures;
    },
    open: () => all(({ open }) => open),
    inForce: () => all(({ inForce }) => inForce),
    takeBack: (id, by) => where(id, (_desk, _story, persona) => takeBackPersona(id, by, persona)),
    accept: (id, by) =>
      where(id, (desk, { about }, persona) =>
        about === "persona" ? acceptPersona(id, by, persona) : acceptProposal(id, by, desk),
      ),
    decline: (id, by, because) =>
      where(id, async ({ learning }) => {
        const decided = await learning.decline(id, by, because);
        if (!decided.decided) return { done: false, because: decided.because };
        return { done: true, because: `${decided.proposal.skill} stays as it is.` };
      }),
  };
}

/** What tells without opening a database whether it was written. */
function markOf(path: string): string {
  return [path, `${path}-wal`]
    .map((file) => statSync(file, { throwIfNoEntry: false }))
    .map((found) => (found === undefined ? "none" : `${found.size} ${found.mtimeMs}`))
    .join(" ");
}

/** Skills by how often they were loaded, the most first: over the catalogue's budget the others are told by name only. */
export function rankByUse(figures: readonly SkillFigures[]): string[] {
  const loaded = new Map<string, number>();
  for (const { skill, loaded: times } of figures) loaded.set(skill, (loaded.get(skill) ?? 0) + times);
  return [...loaded].toSorted(([, a], [, b]) => b - a).map(([skill]) => skill);
}
