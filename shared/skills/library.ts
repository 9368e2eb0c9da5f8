/** The skills of one agent: those its agent.json lists from the packs, and those installed for it; what the model may see of them. */
import { join } from "node:path";
import { messageOf, splitText } from "../base/index.ts";
import { type Catalogue, catalogueOf } from "./catalogue.ts";
import {
  type BadSkill,
  createSkillReader,
  isMainFile,
  type readSkill,
  readSkillsIn,
  readText,
  type Skill,
  UnusableSkill,
} from "./folder.ts";
import { BadSkillsLock, entryOf, type Finding, readLock, type SkillsLock } from "./lock.ts";
import { readPacks } from "./packs.ts";

/** Characters that one loading brings; it stays below what the engine lets a model read of one result. */
export const PART_CHARACTERS_MAX = 20_000;
const SKILLS_MAX = 500;

/** active: in the catalogue; draft: waits for a person; off: a person switched it off; changed: not as approved; bad: unreadable. */
export type SkillState = "active" | "draft" | "off" | "changed" | "bad";

export type ListedSkill = {
  name: string;
  directory: string;
  description: string;
  state: SkillState;
  /** A sentence for a person about the state; empty where there is nothing to say. */
  because: string;
  from: string;
  warnings: readonly string[];
  findings: readonly Finding[];
  /** Files that `reference` can load. */
  references: readonly string[];
  /** Undefined for a bad one. */
  skill: Skill | undefined;
};

export type Loaded =
  | { loaded: true; skill: string; text: string; part: number; parts: number }
  /** A sentence for the model. */
  | { loaded: false; because: string };

export interface Skills {
  /** Every skill, the unusable ones too, sorted by folder. Files that were touched are read anew. */
  list(): ListedSkill[];
  /** Of the active ones. `ranked` names the most relevant first; the others follow. */
  catalogue(options?: { tokensMax?: number; ranked?: readonly string[] }): Catalogue;
  /** The protocol of an active skill. Long ones come in parts, counted from 1. */
  load(name: string, part?: number): Loaded;
  /** A text file beside the protocol. */
  reference(name: string, path: string, part?: number): Loaded;
}

export type SkillsPlace = {
  /** The folder of the skills that were installed for this agent. */
  own: string;
  lock: string;
  /** The folder of the packs. */
  packs: string;
  /** Skills that the agent's agent.json lists from packs. */
  listed: readonly string[];
};

/** `readPacksOf` stands in for reading the packs anew each time. */
export function createSkills(
  place: SkillsPlace,
  { readPacksOf = readPacks }: { readPacksOf?: typeof readPacks } = {},
): Skills {
  const read = createSkillReader();
  const list = (): ListedSkill[] => listSkills(place, read, readPacksOf);
  const active = () => list().filter(({ state }) => state === "active");

  const find = (asked: string): { skill: Skill; listed: ListedSkill } | { because: string } => {
    const there = active();
    const wanted = asked.trim().toLowerCase();
    const listed = there.find(({ name, directory }) => name.toLowerCase() === wanted || directory === wanted);
    if (listed?.skill !== undefined) return { skill: listed.skill, listed };
    const names = there.map(({ name }) => name).join(", ");
    return { because: `There is no skill "${asked}". ${names === "" ? "You have none." : `You have: ${names}.`}` };
  };

  return {
    list,
    catalogue({ tokensMax, ranked = [] } = {}) {
      const rank = new Map(ranked.map((name, index) => [name, index]));
      const rankOf = ({ name }: { name: string }) => rank.get(name) ?? ranked.length;
      const sorted = active().toSorted((a, b) => rankOf(a) - rankOf(b));
      return catalogueOf(sorted, tokensMax === undefined ? {} : { tokensMax });
    },
    load(name, part = 1) {
      const found = find(name);
      if ("because" in found) return { loaded: false, because: found.because };
      return partOf(found.listed.name, bodyOf(found.listed, found.skill), part);
    },
    reference(name, path, part = 1) {
      const found = find(name);
      if ("because" in found) return { loaded: false, because: found.because };
      try {
        const file = found.skill.files.find((one) => one.path === path && found.listed.references.includes(path));
        if (file === undefined) throw new UnusableSkill(`it has no file ${path}`);
        return partOf(found.listed.name, readText(found.skill.folder, path, file.sha256), part);
      } catch (error) {
        if (!(error instanceof UnusableSkill)) throw error;
        const { references } = found.listed;
        const known = references.length === 0 ? "It has no references." : `It has: ${references.join(", ")}.`;
        return { loaded: false, because: `${found.listed.name}: ${error.message}. ${known}` };
      }
    },
  };
}

function listSkills(
  { own, lock: lockFile, packs, listed }: SkillsPlace,
  read: typeof readSkill,
  readPacksOf: typeof readPacks,
): ListedSkill[] {
  const { lock, problem } = lockOrProblem(lockFile);
  const installed = readSkillsIn(own, read)
    .slice(0, SKILLS_MAX)
    .map((skill) => listedOf(skill, installedState(skill, lock, problem), lock));
  // Only what a person approved stands before a pack's skill: a draft takes nothing out of force.
  const approved = ({ directory }: ListedSkill) => entryOf(lock, directory)?.state === "active";
  const taken = new Set(
    installed.filter((one) => problem !== undefined || approved(one)).map(({ directory }) => directory),
  );
  const packed = listed.length === 0 ? [] : readPacksOf(packs, read);
  const fromPacks = listed
    .filter((name) => !taken.has(name))
    .map((name) => {
      for (const pack of packed) {
        const skill = pack.skills.find(({ directory }) => directory === name);
        if (skill !== undefined) return listedOf(skill, { ...toggled(name, lock), from: `pack:${pack.name}` }, lock);
      }
      const because = `The agent.json lists "${name}", but no pack has a skill of this name.`;
      const missing: BadSkill = { readable: false, directory: name, folder: join(packs, name), because };
      return listedOf(missing, { state: "bad", because, from: "agent.json" }, lock);
    });
  const order = ({ directory, state }: ListedSkill) => `${directory}\0${state === "active" ? 0 : 1}`;
  return withoutDoubles([...fromPacks, ...installed].toSorted((a, b) => (order(a) < order(b) ? -1 : 1)));
}

type Judged = Pick<ListedSkill, "state" | "because" | "from">;

function installedState(skill: Skill | BadSkill, lock: SkillsLock, problem: string | undefined): Judged {
  const { directory } = skill;
  const entry = entryOf(lock, directory);
  const from = entry?.from ?? "put there by hand";
  if (problem !== undefined) return { state: "changed", because: problem, from };
  if (!skill.readable) return { state: "bad", because: sentence(skill.because), from };
  if (entry === undefined) return { state: "draft", because: "Nobody has approved it yet.", from };
  if (entry.hash !== skill.hash)
    return {
      state: "changed",
      because: "Its files are not those that were installed. Look at them, then enable it again.",
      from,
    };
  if (entry.state === "draft") return { state: "draft", because: "It waits for a person to approve it.", from };
  return { ...toggled(directory, lock), from };
}

function toggled(directory: string, lock: SkillsLock): Pick<Judged, "state" | "because"> {
  return lock.off.includes(directory)
    ? { state: "off", because: "A person switched it off." }
    : { state: "active", because: "" };
}

function listedOf(skill: Skill | BadSkill, judged: Judged, lock: SkillsLock): ListedSkill {
  const { directory } = skill;
  const bad = skill.readable ? judged : { ...judged, state: "bad" as const, because: sentence(skill.because) };
  return {
    name: skill.readable ? skill.name : directory,
    directory,
    description: skill.readable ? skill.description : "",
    ...bad,
    warnings: skill.readable ? skill.warnings : [],
    findings: entryOf(lock, directory)?.findings ?? [],
    references: skill.readable ? referencesOf(skill) : [],
    skill: skill.readable ? skill : undefined,
  };
}

/** Two skills of one name cannot both be asked for: the first folder in force keeps it, and nothing else takes it away. */
function withoutDoubles(all: readonly ListedSkill[]): ListedSkill[] {
  const holders = new Map<string, ListedSkill>();
  const keyOf = ({ name }: ListedSkill) => name.toLowerCase();
  for (const one of all) if (one.state === "active" && !holders.has(keyOf(one))) holders.set(keyOf(one), one);
  return all.map((one) => {
    const holder = holders.get(keyOf(one));
    if (holder === undefined || holder === one || one.state === "bad") return one;
    const because = `Its name "${one.name}" belongs to the skill in ${holder.directory} already.`;
    return one.state === "active"
      ? { ...one, state: "bad", because }
      : { ...one, because: `${one.because} ${because}` };
  });
}

function lockOrProblem(file: string): { lock: SkillsLock; problem: string | undefined } {
  try {
    return { lock: readLock(file), problem: undefined };
  } catch (error) {
    if (!(error instanceof BadSkillsLock)) throw error;
    return { lock: { version: 1, skills: {}, off: [] }, problem: messageOf(error) };
  }
}

/** Scenarios are for whoever checks a skill, not for the model that follows it. */
function referencesOf({ files }: Skill): string[] {
  return files.map(({ path }) => path).filter((path) => !isMainFile(path) && !path.startsWith("scenarios/"));
}

function bodyOf({ name, references }: ListedSkill, { body }: Skill): string {
  if (references.length === 0) return body;
  return `${body}\n\n---\nFiles of ${name} for \`load-skill-reference\`: ${references.join(", ")}`;
}

function partOf(skill: string, text: string, part: number): Loaded {
  const parts = splitText(text, PART_CHARACTERS_MAX);
  const wanted = parts[part - 1];
  if (wanted !== undefined) return { loaded: true, skill, text: wanted, part, parts: parts.length };
  return {
    loaded: false,
    because: parts.length === 0 ? "It is empty." : `It has ${parts.length} parts, counted from 1.`,
  };
}

function sentence(because: string): string {
  return `${because.charAt(0).toUpperCase()}${because.slice(1)}${/[.!?]$/u.test(because) ? "" : "."}`;
}
