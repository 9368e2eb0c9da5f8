/** A night of this agent's memory: what is said twice becomes one, what nobody needs is put away, what follows is noted. */
import type { Chore } from "./chore.ts";

export const sleepCompute: Chore = async ({ memory }, { dryRun }, signal) => {
  if (memory === undefined) return { changed: false, summary: "it remembers nothing" };
  const night = await memory.consolidate({ dryRun, signal });
  const counters: Record<string, number> = {};
  for (const { step, changes, rolledBack } of night.steps) if (!rolledBack) counters[step] = changes.length;
  const changes = Object.values(counters).reduce((sum, count) => sum + count, 0);
  const taken = night.steps.filter(({ rolledBack }) => rolledBack).map(({ step }) => step);
  const told = Object.entries(counters)
    .filter(([, count]) => count > 0)
    .map(([step, count]) => `${step}: ${count}`);
  return {
    changed: changes > 0,
    summary: [
      changes === 0 ? "nothing to tidy" : `${dryRun ? "it would change " : ""}${told.join(", ")}`,
      ...(taken.length > 0 ? [`taken back, because memory answered worse: ${taken.join(", ")}`] : []),
    ].join("; "),
    // Housekeeping of a memory is nobody's news: what it found stands in the memory itself.
    evidence: [`recall before ${night.recallBefore.toFixed(2)}, after ${night.recallAfter.toFixed(2)}`],
    counters,
  };
};
