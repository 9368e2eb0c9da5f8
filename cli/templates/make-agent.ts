/** Makes an agent of a template in this installation: its persona, and what it knows from the start. */
import { join } from "node:path";
import { agentsFolder } from "../../shared/config/index.ts";
import { openMemory } from "../../shared/memory/index.ts";
import { takeLock } from "../../shared/sqlite/index.ts";
import type { Context } from "../context.ts";
import { CommandFailed, WrongUsage } from "../failures.ts";
import { readRoster } from "../processes/choose.ts";
import { canBeAgent, type InstalledTemplate, installTemplate } from "./install-template.ts";
import type { Template } from "./template.ts";

/** The name as agents have it. Throws WrongUsage for one that no agent can have, or by which people call another. */
export function agentName(asked: string): string {
  const agent = asked.toLowerCase();
  if (!canBeAgent(agent))
    throw new WrongUsage(
      `"${asked}" cannot be an agent's name. Write 2 to 31 small letters, digits or hyphens, such as atlas.`,
    );
  // A name that calls somebody else already would make two answer.
  const holder = readRoster().agents.find(({ name, aliases }) => name !== agent && aliases.includes(agent));
  if (holder !== undefined) throw new WrongUsage(`"${agent}" is what people call ${holder.name}. Choose another name.`);
  return agent;
}

/** Throws CommandFailed while the agent runs, TemplateRefused where it is there and `force` is not given. */
export async function makeAgent(
  here: Context,
  template: Template,
  agent: string,
  how: { force: boolean },
): Promise<InstalledTemplate> {
  const own = here.home.agent(agent);
  const lock = takeLock(own.lock);
  if (lock === undefined) throw new CommandFailed(`${agent} is running. Stop it with \`kaos down\`, then install.`);
  try {
    const place = { agents: agentsFolder(), keep: join(own.folder, "replaced"), clock: here.clock };
    const installed = installTemplate(template, agent, place, how);
    await remember(here, own.database, template, agent);
    return installed;
  } finally {
    lock.release();
  }
}

/** What it knows from the start, as facts of its memory; the same again adds nothing. */
async function remember({ clock }: Context, path: string, { name, memories }: Template, agent: string): Promise<void> {
  const memory = await openMemory({ path, clock });
  try {
    const source = { thread: null, message: null, by: `template ${name}`, quote: null };
    await memory.facts.keep(
      memories.map((text) => ({
        text,
        kind: "knowledge" as const,
        subject: agent,
        origin: "owner" as const,
        audience: "public" as const,
        source,
      })),
    );
  } finally {
    memory.close();
  }
}
