/** What `kaos import-from` found, kept and left where it is, for a person at a terminal. */
import type { ForeignReport, ForeignSource } from "../../shared/portability/index.ts";
import type { Context } from "../context.ts";
import { table, widthOf, wrap } from "../terminal/layout.ts";
import { shown } from "./shown.ts";

export function tellForeign(
  agent: string,
  { title }: ForeignSource,
  { dryRun, conversations, messages, notes, facts, skills, skipped }: ForeignReport,
  { paint, kaos }: Context,
): string {
  const rows = [
    ["conversations", figure(conversations), ""],
    [
      "  things said",
      figure(messages.added + messages.there + messages.forgotten),
      `${figure(messages.owners)} by you`,
    ],
    ["notes", figure(notes), ""],
    ["  facts of them", figure(facts.added + facts.there + facts.forgotten), ""],
    ["skills", figure(skills.length), skills.length === 0 ? "" : "as drafts, for you to read"],
  ];
  const width = widthOf(process.stdout);
  const sentence = (text: string, indent = "  ") => wrap(text, { width, indent, first: indent.slice(2) });
  const lines = [`${title} → ${paint.agent(agent)}`, "", table(rows, { right: [1] }), ""];
  const sum = (field: "added" | "there" | "forgotten" | "quarantined") => messages[field] + facts[field];
  lines.push(`${dryRun ? "Would be kept" : "Kept"}: ${figure(sum("added"))}. Here already: ${figure(sum("there"))}.`);
  if (sum("forgotten") > 0) lines.push(`Forgotten here once, and not brought back: ${figure(sum("forgotten"))}.`);
  if (sum("quarantined") > 0)
    lines.push(
      sentence(
        `${paint.wait("!")} ${figure(sum("quarantined"))} read like orders and are not recalled. \`${kaos} memory facts --agent ${agent} --standing quarantined\` lists them, \`${kaos} memory release <fact> --agent ${agent}\` lets one be recalled.`,
      ),
    );
  for (const { name, became } of skills)
    if (became !== "added")
      lines.push(`skill ${shown(name)}: ${became === "there" ? "here already" : "another one is here, and stays"}`);
  if (skipped.length > 0) {
    lines.push("", "Left where it is:");
    for (const { because, count, examples } of skipped.toSorted((a, b) => b.count - a.count))
      lines.push(sentence(`${figure(count)} × ${shown(because)} (${examples.map(shown).join(", ")})`, "    "));
  }
  lines.push(
    "",
    dryRun
      ? "Nothing was changed. With --apply it is kept."
      : sentence(`${paint.good("✓")} Search in it: \`${kaos} memory search "…" --agent ${agent}\`.`),
  );
  return lines.join("\n");
}

function figure(count: number): string {
  return count.toLocaleString("en");
}
