/** The persona of an archive's agent: checked by the same loader that starts agents, then put where personas are. */
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secret } from "../base/index.ts";
import { type AgentHome, ConfigProblem, loadRoster } from "../config/index.ts";
import type { Became, Bringing } from "./became.ts";
import { copyPlain, foldersIn } from "./files.ts";
import { namesOf, personaFiles } from "./layout.ts";
import { ArchiveRefused } from "./refused.ts";

type Checking = { agents: readonly string[]; staged: string; agentsFolder: string; replace: boolean };

/** Throws ArchiveRefused when the agents that would be here could not start together: a name twice, cover that is missing, a bad file. */
export function checkPersonas({ agents, staged, agentsFolder, replace }: Checking): void {
  const aside = mkdtempSync(join(tmpdir(), "kaos-personas-"));
  try {
    for (const agent of foldersIn(agentsFolder)) copyThere(join(agentsFolder, agent), join(aside, agent));
    let isChanged = false;
    for (const agent of agents) {
      const from = join(staged, namesOf(agent).persona);
      if (!existsSync(from) || (existsSync(join(aside, agent)) && !replace)) continue;
      copyThere(from, join(aside, agent));
      isChanged = true;
    }
    if (!isChanged) return;
    writeFileSync(join(aside, "COMMON.md"), "Rules that are not read here.\n");
    loadRoster(aside);
  } catch (cause) {
    if (!(cause instanceof ConfigProblem)) throw cause;
    const because = cause.message.replaceAll(`${aside}/`, "");
    throw new ArchiveRefused(`With its personas the agents could not start. ${because}`, { cause });
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function copyThere(from: string, to: string): void {
  const files = personaFiles.filter((file) => lstatSync(join(from, file), { throwIfNoEntry: false })?.isFile());
  if (files.length > 0) copyPlain(from, to, files);
}

type Place = { staged: string; agent: string; agentsFolder: string; own: Pick<AgentHome, "folder"> };

export function bringPersona(
  { staged, agent, agentsFolder, own }: Place,
  { dryRun, replace, at, conflicts }: Bringing,
): Became {
  const from = join(staged, namesOf(agent).persona);
  const target = join(agentsFolder, agent);
  if (!existsSync(from)) return "none";
  const isThere = existsSync(target);
  if (isThere && personaFiles.every((file) => saysTheSame(join(from, file), join(target, file)))) return "there";
  if (isThere && !replace) {
    conflicts.push(`The persona of ${agent} is another one here; it stays as it is here.`);
    return "kept";
  }
  if (dryRun) return isThere ? "replaced" : "added";
  if (isThere) cpSync(target, join(own.folder, "replaced", at, "persona"), { recursive: true });
  const aside = join(agentsFolder, `.new-${secret(6)}`);
  try {
    copyPlain(from, aside, personaFiles);
    if (!isThere) renameSync(aside, target);
    else {
      mkdirSync(target, { recursive: true });
      for (const file of personaFiles) renameSync(join(aside, file), join(target, file));
    }
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return isThere ? "replaced" : "added";
}

function saysTheSame(one: string, other: string): boolean {
  return existsSync(one) && existsSync(other) && readFileSync(one).equals(readFileSync(other));
}
