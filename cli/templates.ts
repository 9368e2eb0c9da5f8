/** `kaos templates …`: five agents to begin with, and making one's own of them. */
import { join } from "node:path";
import { programRoot } from "../shared/config/index.ts";
import { openMemory } from "../shared/memory/index.ts";
import { takeLock } from "../shared/sqlite/index.ts";
import { type Define, examples } from "./command.ts";
import type { Context } from "./context.ts";
import { CommandFailed, WrongUsage } from "./failures.ts";
import { nearest } from "./nearest.ts";
import { readRoster } from "./processes/choose.ts";
import { canBeAgent, installTemplate } from "./templates/install-template.ts";
import { readTemplates, type Template } from "./templates/template.ts";
import { listed, table, widthOf, wrap } from "./terminal/layout.ts";

export const templates: Define = (command, context) => {
  command.action(() => command.help({ error: true }));

  command
    .command("list")
    .description("The templates that come with KAOS.")
    .option("--json", "print it as JSON")
    .action(({ json }: { json?: boolean }) => {
      const { print, paint } = context();
      const all = allTemplates();
      if (json === true) print(JSON.stringify(all.map(jsonOf), undefined, 2));
      else print(table(all.map(({ name, summary }) => [paint.bold(name), summary])));
    });

  command
    .command("show <template>")
    .description("What an agent of this template is, does and knows.")
    .option("--json", "print it as JSON")
    .action((name: string, { json }: { json?: boolean }) => {
      const here = context();
      const template = chooseTemplate(name);
      here.print(json === true ? JSON.stringify(jsonOf(template), undefined, 2) : tell(template, here));
    });

  const install = command
    .command("install <template> <agent>")
    .description("Make an agent of it, or give an agent that is there this persona.")
    .option("--force", "replace the persona of an agent that is there; its old files are kept")
    .option("--json", "print it as JSON")
    .action(async (name: string, asked: string, { force, json }: { force?: boolean; json?: boolean }) => {
      const here = context();
      const template = chooseTemplate(name);
      const agent = asked.toLowerCase();
      if (!canBeAgent(agent))
        throw new WrongUsage(
          `"${asked}" cannot be an agent's name. Write 2 to 31 small letters, digits or hyphens, such as atlas.`,
        );
      refuseAlias(agent);
      const own = here.home.agent(agent);
      const lock = takeLock(own.lock);
      if (lock === undefined) throw new CommandFailed(`${agent} is running. Stop it with \`kaos down\`, then install.`);
      try {
        const place = { agents: agentsFolder(), keep: join(own.folder, "replaced"), clock: here.clock };
        const { agent: made, replaced } = installTemplate(template, agent, place, { force: force === true });
        await remember(here, own.database, template, agent);
        if (json === true) {
          here.print(
            JSON.stringify(
              { agent, template: template.name, folder: made.folder, skills: made.skills, replaced: replaced ?? null },
              undefined,
              2,
            ),
          );
          return;
        }
        here.print(
          `${here.paint.good("✓")} ${here.paint.agent(agent)} is a ${template.title} now, with ${listed(made.skills)}.`,
        );
        if (replaced !== undefined) here.print(`Its old files lie in ${replaced}.`);
        here.print(`Talk to it: \`${here.kaos} chat --agent ${agent}\`. For example: ${template.prompts[0] ?? ""}`);
      } finally {
        lock.release();
      }
    });
  examples(install, [
    ["kaos templates install research-agent atlas", "a new agent, atlas"],
    ["kaos templates install ops-assistant keystone --force", "keystone gets this persona and keeps its account"],
  ]);
};

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

/** A name that calls somebody else already would make two answer. */
function refuseAlias(agent: string): void {
  const holder = readRoster().agents.find(({ name, aliases }) => name !== agent && aliases.includes(agent));
  if (holder !== undefined) throw new WrongUsage(`"${agent}" is what people call ${holder.name}. Choose another name.`);
}

function chooseTemplate(asked: string): Template {
  const all = allTemplates();
  const found = all.find(({ name }) => name === asked.toLowerCase());
  if (found !== undefined) return found;
  const names = all.map(({ name }) => name);
  const near = nearest(asked.toLowerCase(), names);
  throw new WrongUsage(
    `There is no template "${asked}". ${near === undefined ? `There are ${listed(names)}.` : `Did you mean ${near}?`}`,
  );
}

function allTemplates(): Template[] {
  return readTemplates(join(agentsFolder(), "templates"));
}

function agentsFolder(): string {
  return join(programRoot(), "agents");
}

function tell({ name, title, summary, agent, memories, prompts, files }: Template, { paint }: Context): string {
  const width = widthOf(process.stdout);
  const list = (items: readonly string[]) =>
    items.map((item) => wrap(item, { width, indent: "  ", first: "- " })).join("\n");
  const facts = [
    ["role", agent.role],
    ["skills", agent.skills.join(", ")],
    ["jobs", agent.jobs.join(", ")],
    ["gates", agent.gates.length === 0 ? "none" : `${agent.gates.join(", ")} (where open)`],
    ["a colleague reads each answer", agent.dissent === "require" ? "yes" : "no"],
  ];
  return [
    `${paint.bold(title)}  ${paint.soft(name)}`,
    wrap(summary, { width }),
    "",
    table(facts),
    "",
    "It knows from the start",
    list(memories),
    "",
    "Say to it",
    list(prompts),
    "",
    files["IDENTITY.md"].replaceAll("{Name}", title).trim(),
  ].join("\n");
}

function jsonOf({ name, title, summary, agent, memories, prompts }: Template): unknown {
  return { name, title, summary, ...agent, memories, prompts };
}
