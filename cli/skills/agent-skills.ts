/** The skills of an agent of this home: what it has, and the shelf on which a person puts them. */
import { join } from "node:path";
import { nearest } from "../../shared/base/index.ts";
import { type AgentConfig, type Home, isDemo, programRoot } from "../../shared/config/index.ts";
import {
  createShelf,
  createSkills,
  type DeskPlace,
  type ListedSkill,
  type Pack,
  readPacks,
  type Shelf,
  type Skills,
} from "../../shared/skills/index.ts";
import type { Context } from "../context.ts";
import { WrongUsage } from "../failures.ts";
import { chooseNames, readRoster } from "../processes/choose.ts";
import { listed } from "../terminal/layout.ts";

export type AgentSkills = { agent: string; skills: Skills; shelf: Shelf };

/** Of one agent, or of all of them when none is asked for. Throws WrongUsage at a name that nobody has. */
export function skillsOf(context: Context, asked?: string): AgentSkills[] {
  const { agents } = readRoster();
  const names = chooseNames(
    asked === undefined ? [] : [asked],
    agents.map(({ name }) => name),
  );
  return agents.filter(({ name }) => names.includes(name)).map((config) => openSkills(context, config));
}

/** Of the one agent that a command is about. Throws WrongUsage without one. */
export function skillsOfOne(context: Context, asked: string | undefined): AgentSkills {
  if (asked === undefined) {
    const names = readRoster().agents.map(({ name }) => name);
    throw new WrongUsage(`Say for which agent with --agent. There are ${listed(names)}.`);
  }
  const [one] = skillsOf(context, asked);
  if (one === undefined) throw new WrongUsage(`There is no agent "${asked}".`);
  return one;
}

/** One of its skills, by name or folder. Throws WrongUsage. */
export function chooseSkill({ agent, skills }: AgentSkills, asked: string): ListedSkill {
  const all = skills.list();
  const wanted = asked.toLowerCase();
  const wantedOnes = all.filter(({ name, directory }) => directory === wanted || name.toLowerCase() === wanted);
  // A draft may lie beside a pack's skill of the same folder: it is the one that a person has to look at.
  const found = wantedOnes.find(({ state }) => state === "draft" || state === "changed") ?? wantedOnes[0];
  if (found !== undefined) return found;
  const known = all.map(({ directory }) => directory);
  const near = nearest(wanted, known);
  const advice =
    near !== undefined ? `Did you mean ${near}?` : known.length === 0 ? "It has none." : `It has ${listed(known)}.`;
  throw new WrongUsage(`${agent} has no skill "${asked}". ${advice}`);
}

/** The packs that come with the program. */
export function packs(): Pack[] {
  return readPacks(packsFolder());
}

/** A pack by its name. Throws WrongUsage. */
export function choosePack(asked: string): Pack {
  const all = packs();
  const found = all.find(({ name }) => name === asked.toLowerCase());
  if (found !== undefined) return found;
  const names = all.map(({ name }) => name);
  const near = nearest(asked.toLowerCase(), names);
  throw new WrongUsage(
    `There is no pack "${asked}". ${near === undefined ? `There are ${listed(names)}.` : `Did you mean ${near}?`}`,
  );
}

/** Where the skills of every agent lie, and what was learnt about them. */
export function placesOf({ home }: Context): DeskPlace[] {
  return readRoster().agents.map((config) => placeOf(home, config));
}

function openSkills({ home, clock }: Context, config: AgentConfig): AgentSkills {
  const place = placeOf(home, config);
  return { agent: config.name, skills: createSkills(place), shelf: createShelf({ ...place, clock }) };
}

function placeOf(home: Home, { name, folder: persona, skills: listedSkills }: AgentConfig): DeskPlace {
  const { folder: own, lock, learning } = home.agent(name).skills;
  const place = { agent: name, own, lock, learning, packs: packsFolder(), listed: listedSkills };
  return isDemo(home) ? place : { ...place, persona };
}

function packsFolder(): string {
  return join(programRoot(), "skills");
}
