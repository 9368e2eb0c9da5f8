/** Makes an agent of a template, or gives one that is there a new persona: checked whole before anything is replaced. */
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert, type Clock, OperationalError, secret } from "../../shared/base/index.ts";
import { type AgentConfig, ConfigProblem, loadAgent, slugPattern } from "../../shared/config/index.ts";
import { personaFiles, personaFor, type Template } from "./template.ts";

/** The agent cannot be made of this template. The message says what to do. */
export class TemplateRefused extends OperationalError {
  override readonly name = "TemplateRefused";
}

export type InstalledTemplate = {
  agent: AgentConfig;
  /** Where the files that were there before lie now; undefined for a new agent. */
  replaced: string | undefined;
};

export type TemplatePlace = {
  /** The folder that holds the agents. */
  agents: string;
  /** Where files that are replaced are kept. */
  keep: string;
  clock: Clock;
};

/** What an agent that is there keeps: who it is to others. */
const KEPT = ["aliases", "owns", "escalatesTo", "account", "models", "budgetUsdDaily", "mcpServers"] as const;
/** Folders in `agents/` that are none of an agent. */
const RESERVED = ["templates"];

/** Whether a folder in `agents/` can have this name. Ask before the name is part of any path. */
export function canBeAgent(name: string): boolean {
  return slugPattern.test(name) && !RESERVED.includes(name);
}

/** Throws TemplateRefused where an agent is there and `force` is not given. */
export function installTemplate(
  template: Template,
  name: string,
  { agents, keep, clock }: TemplatePlace,
  { force }: { force: boolean },
): InstalledTemplate {
  assert(canBeAgent(name), "the name was checked before");
  const target = join(agents, name);
  const there = existsSync(target);
  if (there && !force)
    throw new TemplateRefused(
      `${name} is there already. Add --force to give it this persona; its account, models and what it owns stay, the old files are kept.`,
    );

  const stage = join(agents, `.new-${secret(6)}`);
  try {
    const made = join(stage, name);
    mkdirSync(made, { recursive: true });
    const config = { name, ...(there ? keptOf(join(target, "agent.json")) : {}), ...template.agent };
    writeFileSync(join(made, "agent.json"), `${JSON.stringify(config, undefined, 2)}\n`);
    for (const file of personaFiles) writeFileSync(join(made, file), personaFor(template.files[file], name));
    // What the loader accepts here it accepts at the next start.
    loadAgent(made);

    const replaced = there ? join(keep, new Date(clock.now()).toISOString().replaceAll(":", "-")) : undefined;
    if (replaced !== undefined) cpSync(target, replaced, { recursive: true });
    mkdirSync(target, { recursive: true });
    for (const file of ["agent.json", ...personaFiles]) renameSync(join(made, file), join(target, file));
    return { agent: loadAgent(target), replaced };
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

function keptOf(file: string): Record<string, unknown> {
  try {
    const config = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    return Object.fromEntries(KEPT.flatMap((field) => (config[field] === undefined ? [] : [[field, config[field]]])));
  } catch (cause) {
    throw new ConfigProblem(`${file} cannot be read. Mend it first, so that nothing of it is lost.`, { cause });
  }
}
