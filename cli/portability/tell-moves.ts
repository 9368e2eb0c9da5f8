/** What `kaos export` took along and what `kaos import` brought, for a person at a terminal. */
import type { Became, Exported, Imported } from "../../shared/portability/index.ts";
import type { Context } from "../context.ts";
import { bytes, listed, table, widthOf, wrap } from "../terminal/layout.ts";
import { shown } from "./shown.ts";

/** What the files of lines are called in a sentence. */
const WORDS: Readonly<Record<string, string>> = {
  facts: "facts",
  sessions: "things said",
  entities: "names",
  relations: "relations",
  suppositions: "suppositions",
  nights: "nights",
  forgotten: "marks of what was forgotten",
};

const PERSONA: Readonly<Record<Became, string>> = {
  added: "added",
  there: "as it is here",
  kept: "kept as it is here",
  replaced: "replaced",
  none: "none",
};

export function tellExport(file: string, { manifest, notes }: Exported, { paint, kaos }: Context): string {
  const { agents, counts, files } = manifest;
  const sizes = Object.values(files).reduce((sum, one) => sum + one.bytes, 0);
  const rows = agents.map((agent) => [
    paint.agent(agent),
    `${counted(counts, `agents/${agent}/memory/facts.jsonl`)} facts`,
    `${counted(counts, `agents/${agent}/memory/sessions.jsonl`)} things said`,
    `${skillsIn(files, agent)} skills`,
  ]);
  const more = [
    `${counted(counts, "shared/facts.jsonl")} shared facts`,
    `${counted(counts, "jobs.jsonl")} jobs`,
    `${Object.keys(files).filter((name) => name.startsWith("settings/")).length} settings`,
  ];
  return [
    `${paint.good("✓")} ${file}`,
    `  ${Object.keys(files).length} files, ${bytes(sizes)}: JSON Lines and Markdown in a tar.`,
    "",
    table(rows),
    more.join(", "),
    ...notes.map((note) => sentence(`${paint.wait("!")} ${shown(note)}`)),
    "",
    sentence(
      `Keys and accounts are not in it, what you told your agents is. Bring it in with \`${kaos} import ${file}\`.`,
    ),
  ].join("\n");
}

export function tellImport(imported: Imported, { paint, kaos }: Context): string {
  const { dryRun, manifest, agents, sharedFacts, jobs, settings, conflicts } = imported;
  const would = dryRun ? "would be " : "";
  const lines = [
    sentence(
      `Exported ${manifest.madeAt.slice(0, 16).replace("T", " ")} UTC by KAOS ${shown(manifest.kaos)}, with ${listed(manifest.agents)}.`,
    ),
    "",
  ];
  for (const { agent, persona, memory, skills } of agents) {
    const tallies = Object.entries(WORDS).flatMap(([kind, word]) => {
      const { added, there } = memory?.[kind as "facts"] ?? { added: 0, there: 0 };
      return added + there === 0
        ? []
        : [`${figure(added)} ${word}${there > 0 ? ` (${figure(there)} here already)` : ""}`];
    });
    const parts = [
      ...(persona === "none" ? [] : [`persona ${PERSONA[persona]}`]),
      ...(tallies.length === 0 ? [] : [`${would}added: ${tallies.join(", ")}`]),
      ...(memory !== null && memory.forgottenHere > 0 ? [`${figure(memory.forgottenHere)} facts stay forgotten`] : []),
      ...skills.map(({ name, became }) => `skill ${shown(name)} ${became}`),
    ];
    lines.push(sentence(`${paint.agent(agent)}: ${parts.length === 0 ? "nothing" : parts.join("; ")}`));
  }
  if (sharedFacts.added + sharedFacts.there > 0)
    lines.push(`shared facts: ${would}added: ${figure(sharedFacts.added)} (${figure(sharedFacts.there)} here already)`);
  for (const { name, became } of jobs) lines.push(`job ${name}: ${became}`);
  for (const { name, became } of settings) lines.push(`${name}: ${became}`);
  if (settings.some(({ name, became }) => /mcp|policy/.test(name) && (became === "added" || became === "replaced")))
    lines.push(
      sentence(
        `${paint.wait("!")} These settings say what may be started and used here: read them before \`${kaos} up\`.`,
      ),
    );
  lines.push(...conflicts.map((conflict) => sentence(`${paint.wait("!")} ${shown(conflict)}`)));
  lines.push(
    "",
    dryRun
      ? "Nothing was changed. Without --dry-run it is brought in."
      : sentence(`${paint.good("✓")} Brought in. Agents take it into their search when they start: \`${kaos} up\`.`),
  );
  return lines.join("\n");
}

function sentence(text: string): string {
  return wrap(text, { width: widthOf(process.stdout), indent: "  ", first: "" });
}

function counted(counts: Readonly<Record<string, number>>, name: string): string {
  return figure(counts[name] ?? 0);
}

function figure(count: number): string {
  return count.toLocaleString("en");
}

function skillsIn(files: Readonly<Record<string, unknown>>, agent: string): number {
  const prefix = `agents/${agent}/skills/`;
  return new Set(
    Object.keys(files)
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length).split("/")[0]),
  ).size;
}
