/** `kaos templates …`: five agents to begin with, and making one's own of them. */
import { join } from "node:path";
import { nearest } from "../shared/base/index.ts";
import { programRoot } from "../shared/config/index.ts";
import { type Define, examples } from "./command.ts";
import type { Context } from "./context.ts";
import { WrongUsage } from "./failures.ts";
import { agentName, makeAgent } from "./templates/make-agent.ts";
import { readTemplates, type Template, withArticle } from "./templates/template.ts";
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
      const agent = agentName(asked);
      const { agent: made, replaced } = await makeAgent(here, template, agent, { force: force === true });
      if (json === true) {
        const { folder, skills } = made;
        const told = { agent, template: template.name, folder, skills, replaced: replaced ?? null };
        here.print(JSON.stringify(told, undefined, 2));
        return;
      }
      here.print(
        `${here.paint.good("✓")} ${here.paint.agent(agent)} is ${withArticle(template.title)} now, with ${listed(made.skills)}.`,
      );
      if (replaced !== undefined) here.print(`Its old files lie in ${replaced}.`);
      here.print(`Talk to it: \`${here.kaos} chat --agent ${agent}\`. For example: ${template.prompts[0] ?? ""}`);
    });
  examples(install, [
    ["kaos templates install research-agent atlas", "a new agent, atlas"],
    ["kaos templates install ops-assistant keystone --force", "keystone gets this persona and keeps its account"],
  ]);
};

/** Throws WrongUsage, with the nearest there is. */
export function chooseTemplate(asked: string): Template {
  const all = allTemplates();
  const found = all.find(({ name }) => name === asked.toLowerCase());
  if (found !== undefined) return found;
  const names = all.map(({ name }) => name);
  const near = nearest(asked.toLowerCase(), names);
  throw new WrongUsage(
    `There is no template "${asked}". ${near === undefined ? `There are ${listed(names)}.` : `Did you mean ${near}?`}`,
  );
}

/** The templates that come with the program. */
export function allTemplates(): Template[] {
  return readTemplates(join(programRoot(), "agents", "templates"));
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
