/** Skills as a person reads them in a terminal. */
import {
  type Catalogue,
  type Finding,
  LINE_TOKENS_MAX,
  type ListedSkill,
  type Pack,
  type SkillFigures,
} from "../../shared/skills/index.ts";
import { table, wrap } from "../terminal/layout.ts";
import type { Paint } from "../terminal/paint.ts";

/** What a program reads of a skill. */
export function skillJson({ skill, ...told }: ListedSkill): Record<string, unknown> {
  return {
    ...told,
    hash: skill?.hash ?? null,
    allowedTools: skill?.allowedTools ?? [],
    files: skill?.files.map(({ path, bytes }) => ({ path, bytes })) ?? [],
  };
}

/** One agent's skills with their states, and how many tokens their catalogue takes. */
export function tellList(agent: string, all: readonly ListedSkill[], catalogue: Catalogue, paint: Paint): string {
  if (all.length === 0) return `${paint.agent(agent)} has no skills.`;
  const rows = all.map(({ directory, state, from }) => [directory, paintState(state, paint), paint.soft(from)]);
  const troubles = all.filter(({ state }) => state === "bad" || state === "changed" || state === "draft");
  const { shown, withheld, tokens } = catalogue;
  const lines = [
    paint.agent(agent),
    table(rows),
    paint.soft(`${shown.length} in the catalogue, ${tokens} tokens; at most ${LINE_TOKENS_MAX} each`),
  ];
  if (withheld.length > 0) lines.push(paint.wait(`Told by name only, the catalogue is full: ${withheld.join(", ")}`));
  return [...lines, ...troubles.map(({ directory, because }) => `${paint.wait("!")} ${directory}: ${because}`)].join(
    "\n",
  );
}

/** All about one skill, its text last. */
export function tellSkill(one: ListedSkill, figures: readonly SkillFigures[], paint: Paint, width: number): string {
  const { name, state, because, from, description, warnings, findings, references, skill } = one;
  const lines = [`${paint.bold(name)}  ${paintState(state, paint)}  ${paint.soft(from)}`];
  if (because !== "") lines.push(because);
  if (description !== "") lines.push(wrap(description, { width }));
  lines.push(...warnings.map((warning) => paint.soft(`note: ${warning}`)));
  if (findings.length > 0) lines.push(tellFindings(findings, paint));
  if (skill !== undefined) lines.push(paint.soft(`pinned to ${skill.hash}`));
  if (references.length > 0) lines.push(`with ${references.join(", ")}`);
  for (const { hash, offered, loaded, followed, corrected } of figures)
    lines.push(
      paint.soft(
        `${hash.slice(0, 12)}: offered ${offered}, loaded ${loaded}, followed ${followed}, corrected ${corrected}`,
      ),
    );
  if (skill !== undefined) lines.push("", skill.body);
  return lines.join("\n");
}

export function tellPack({ name, description, examples, skills }: Pack, paint: Paint, width: number): string {
  const lines = [paint.bold(name), wrap(description, { width }), ""];
  for (const skill of skills)
    lines.push(
      skill.readable
        ? wrap(skill.description, { width, indent: "  ", first: `  ${skill.name}: ` })
        : `  ${skill.directory}: ${skill.because}`,
    );
  return [
    ...lines,
    "",
    "Ask it for",
    ...examples.map((example) => wrap(example, { width, indent: "  ", first: "- " })),
  ].join("\n");
}

export function tellFindings(findings: readonly Finding[], paint: Paint): string {
  return findings
    .map(
      ({ kind, file, line, because }) =>
        `${paint.wait("!")} ${kind}  ${line > 0 ? `${file}:${line}` : file}  ${because}`,
    )
    .join("\n");
}

function paintState(state: ListedSkill["state"], paint: Paint): string {
  if (state === "active") return paint.good(state);
  return state === "off" ? paint.soft(state) : state === "draft" ? paint.wait(state) : paint.bad(state);
}
