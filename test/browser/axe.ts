/** What axe finds wrong with a page for people who see, hear or move differently. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

type Finding = { id: string; impact: string; nodes: { html: string }[] };

/** Serious and critical findings on this page, as lines; `rules` are all, or those that other colours can break. */
export async function findingsOf(page: Page, rules: "all" | "contrast" = "all"): Promise<string[]> {
  // Run by the debugger's door: the page's own policy lets no foreign script in, and that is as it should be.
  await page.evaluate(axe);
  const runOnly = rules === "contrast" ? ", runOnly: ['color-contrast', 'link-in-text-block']" : "";
  const { violations } = (await page.evaluate(`axe.run({ resultTypes: ['violations']${runOnly} })`)) as {
    violations: Finding[];
  };
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}
