import { eachMind } from "../each-mind.ts";
import type { Minds } from "../minds.ts";
import type { Job } from "./job.ts";

/** Each agent proposes what to change in a skill that it loaded and was corrected after; a person accepts it or does not. */
export function skillImprove(minds: Minds): Job {
  return eachMind(
    {
      name: "skill-improve",
      schedule: { cron: "0 20 * * 0" },
      purpose: "each agent proposes how to change a skill that served badly this week",
      withinMs: 60 * 60_000,
    },
    minds,
  );
}
