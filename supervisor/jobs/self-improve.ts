import { eachMind } from "../each-mind.ts";
import type { Minds } from "../minds.ts";
import type { Job } from "./job.ts";

/** Each agent looks at its last day and proposes exactly one thing to do better, with evidence, or nothing. */
export function selfImprove(minds: Minds): Job {
  return eachMind(
    {
      name: "self-improve",
      schedule: { cron: "0 22 * * *" },
      purpose: "each agent looks at its last day and proposes one improvement with evidence, or none",
      withinMs: 30 * 60_000,
    },
    minds,
  );
}
