/** What a lesson brought, as a finding: a proposal to decide on, or why there is none. */
import { type Lesson, learn } from "../learn.ts";
import type { Chore } from "./chore.ts";

export function proposalOf(lesson: Lesson): Chore {
  return async (speaking, { dryRun }, signal) => {
    const learnt = await learn(speaking, { lesson, dryRun }, signal);
    const { counters } = learnt;
    if (!learnt.proposed) return { changed: false, summary: learnt.because, counters };
    const { summary, evidence } = learnt;
    return {
      changed: true,
      severity: "info",
      summary,
      items: [
        { title: summary, text: "It waits for your word: kaos skills proposals, or Approvals in the control room." },
      ],
      evidence: [...evidence],
      counters,
    };
  };
}
