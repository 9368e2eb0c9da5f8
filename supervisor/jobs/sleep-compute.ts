import { eachMind } from "../each-mind.ts";
import type { Minds } from "../minds.ts";
import type { Job } from "./job.ts";

/** Each agent goes over its own memory: merges what is said twice, ages what nobody needs, draws what follows. */
export function sleepCompute(minds: Minds): Job {
  return eachMind(
    {
      name: "sleep-compute",
      schedule: { cron: "0 11 * * *" },
      purpose: "each agent goes over its own memory: merges, ages, and draws what follows",
      withinMs: 30 * 60_000,
    },
    minds,
  );
}
