/** What a night did, as it is told and as it is kept. */
import { z } from "zod";

export type StepReport = { step: string; changes: { id: string; because: string }[]; rolledBack: boolean };

const kept = z.array(
  z.object({ step: z.string(), changes: z.array(z.object({ id: z.string() })), rolledBack: z.boolean() }),
);
const factId = /f[0-9a-f]{12}/gu;

/** As it is kept: which facts by their ids, and no word of what they say, so that forgetting need not look here. What is no report is an empty one. */
export function keptReport(report: unknown): string {
  const read = kept.safeParse(report);
  if (!read.success) return "[]";
  return JSON.stringify(
    read.data.map(({ step, changes, rolledBack }) => ({
      step,
      changes: changes.flatMap(({ id }) => id.match(factId) ?? []).map((id) => ({ id })),
      rolledBack,
    })),
  );
}
