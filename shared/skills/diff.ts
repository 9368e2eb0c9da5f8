/** What changed between two versions, line by line, as a person reads it: `-` went, `+` came, and a little around it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Skill } from "./folder.ts";

/** Lines around a change that stay in view. */
const AROUND_LINES = 2;
/** Lines of a text that are compared one by one; a larger one is shown as replaced whole. */
const LINES_MAX = 3_000;

/** The changed files of two versions, each with its lines. */
export function diffOfSkills(before: Pick<Skill, "folder" | "files">, after: Pick<Skill, "folder" | "files">): string {
  const paths = [...new Set([...before.files, ...after.files].map(({ path }) => path))].toSorted();
  return paths
    .flatMap((path) => {
      const [old, now] = [before, after].map(({ folder, files }) =>
        files.some((file) => file.path === path) ? readFileSync(join(folder, path), "utf8") : "",
      );
      const diff = diffLines(old ?? "", now ?? "");
      return diff === "" ? [] : [`${path}\n${diff}`];
    })
    .join("\n\n");
}

/** Empty when nothing changed. Myers' problem solved by the plain table of longest common subsequences: texts here are short. */
export function diffLines(before: string, after: string): string {
  if (before === after) return "";
  const [old, now] = [before.split("\n"), after.split("\n")];
  if (old.length > LINES_MAX || now.length > LINES_MAX) return `- ${old.length} lines\n+ ${now.length} lines`;
  const steps = stepsBetween(old, now);
  const near = steps.map((_, at) =>
    steps.slice(Math.max(0, at - AROUND_LINES), at + AROUND_LINES + 1).some((step) => step.mark !== " "),
  );
  const shown: string[] = [];
  for (const [at, { mark, line }] of steps.entries()) {
    if (near[at] === true) shown.push(`${mark} ${line}`.trimEnd());
    else if (near[at - 1] === true) shown.push("  …");
  }
  return shown.join("\n");
}

function stepsBetween(old: readonly string[], now: readonly string[]): { mark: " " | "-" | "+"; line: string }[] {
  const width = now.length + 1;
  // common[i][j]: how many lines the rests from i and from j have in common.
  const common = new Uint16Array((old.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      common[i * width + j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const steps: { mark: " " | "-" | "+"; line: string }[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const [was, is] = [old[i], now[j]];
    if (was !== undefined && was === is) {
      steps.push({ mark: " ", line: was });
      i++;
      j++;
    } else if (was !== undefined && (is === undefined || at(i + 1, j) >= at(i, j + 1))) {
      steps.push({ mark: "-", line: was });
      i++;
    } else if (is !== undefined) {
      steps.push({ mark: "+", line: is });
      j++;
    }
  }
  return steps;
}
