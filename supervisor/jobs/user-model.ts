import { eachMind } from "../each-mind.ts";
import type { Minds } from "../minds.ts";
import type { Job } from "./job.ts";

/** Each agent looks over what it supposes of the people it talks with, against what they said this week. */
export function userModel(minds: Minds): Job {
  return eachMind(
    {
      name: "user-model",
      schedule: { cron: "0 20 * * 3" },
      purpose: "each agent looks over what it supposes of you, against what you said this week",
      withinMs: 60 * 60_000,
    },
    minds,
  );
}
