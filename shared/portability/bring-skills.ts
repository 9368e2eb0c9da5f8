/** Skills of an archive with what was decided about them: pinned to the same bytes, in force only if they were. */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { messageOf, secret } from "../base/index.ts";
import type { AgentHome } from "../config/index.ts";
import { readLock, type SkillsLock, writeLock } from "../skills/index.ts";
import type { Became, Bringing } from "./became.ts";
import { copyPlain, foldersIn, plainFilesBelow, treeHash } from "./files.ts";
import { namesOf } from "./layout.ts";
import { ArchiveRefused } from "./refused.ts";

/** Throws ArchiveRefused for what is no lock. */
export function lockOf(staged: string, agent: string): SkillsLock {
  const { skillsLock } = namesOf(agent);
  try {
    return readLock(join(staged, skillsLock));
  } catch (cause) {
    const because = messageOf(cause).split(" ").slice(1).join(" ");
    throw new ArchiveRefused(`${skillsLock} cannot be read: ${because}`, { cause });
  }
}

type Place = { staged: string; agent: string; own: Pick<AgentHome, "folder" | "skills"> };

export function bringSkills({ staged, agent, own }: Place, how: Bringing): { name: string; became: Became }[] {
  const names = namesOf(agent);
  const theirs = lockOf(staged, agent);
  const here = readLock(own.skills.lock);
  const brought = foldersIn(join(staged, names.skills)).map((name) => {
    const from = join(staged, names.skills, name);
    const target = join(own.skills.folder, name);
    const isThere = existsSync(target);
    if (isThere && treeHash(from) === treeHash(target)) return { name, became: "there" as const };
    if (isThere && !how.replace) {
      how.conflicts.push(`The skill ${name} of ${agent} is another one here; it stays as it is here.`);
      return { name, became: "kept" as const };
    }
    if (!how.dryRun) {
      if (isThere) moveAside(target, join(own.folder, "replaced", how.at, "skills"), name);
      putWhole(from, target, own.skills.folder);
      putVersions(join(staged, names.skillVersions, name), join(own.skills.folder, ".versions", name));
    }
    return { name, became: isThere ? ("replaced" as const) : ("added" as const) };
  });
  const taken = brought.filter(({ became }) => became === "added" || became === "replaced").map(({ name }) => name);
  // A skill of a pack has no folder here: whether it is off is all that is known of it.
  const off = theirs.off.filter((name) => taken.includes(name) || !brought.some((one) => one.name === name));
  const added = off.filter((name) => !here.off.includes(name));
  if (!how.dryRun && (taken.length > 0 || added.length > 0)) {
    const entries = taken.flatMap((name) => {
      const entry = Object.hasOwn(theirs.skills, name) ? theirs.skills[name] : undefined;
      return entry === undefined ? [] : [[name, entry] as const];
    });
    writeLock(own.skills.lock, {
      ...here,
      skills: { ...here.skills, ...Object.fromEntries(entries) },
      off: [...here.off, ...added],
    });
  }
  return brought;
}

function putWhole(from: string, target: string, own: string): void {
  const aside = join(own, `.new-${secret(6)}`);
  try {
    copyPlain(from, aside, plainFilesBelow(from));
    renameSync(aside, target);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function putVersions(from: string, to: string): void {
  for (const hash of foldersIn(from)) {
    if (existsSync(join(to, hash))) continue;
    mkdirSync(to, { recursive: true, mode: 0o700 });
    putWhole(join(from, hash), join(to, hash), to);
  }
}

function moveAside(folder: string, to: string, name: string): void {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  renameSync(folder, join(to, name));
}
