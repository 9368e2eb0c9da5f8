/** What a lesson brought, as a finding: a proposal to decide on, or why there is none. */
import { learn } from "../learn.ts";
import type { Lesson } from "../learning/look.ts";
import type { Chore } from "./chore.ts";

export function proposalOf(lesson: Lesson): Chore {
  return async (speaking, { dryRun }, signal) => {
    const learnt = await learn(speaking, { lesson, dryRun }, signal);
    const { counters, lapsed } = learnt;
    const ended = lapsed.map((text) => ({ title: "A lesson whose time has passed", text }));
    if (!learnt.proposed) {
      if (ended.length === 0) return { changed: false, summary: learnt.because, counters };
      return { changed: true, severity: "info", summary: lapsed.join(" "), items: ended, counters };
    }
    const { summary, evidence } = learnt;
    const waits = "It waits for your word: kaos skills proposals, or Approvals in the control room.";
    return {
      changed: true,
      severity: "info",
      summary,
      items: [{ title: summary, text: waits }, ...ended],
      evidence: [...evidence],
      counters,
    };
  };
}
