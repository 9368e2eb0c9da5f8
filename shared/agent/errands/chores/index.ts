import type { Chore } from "./chore.ts";
import { emailExpenses } from "./email-expenses.ts";
import { expenseDigest } from "./expense-digest.ts";
import { followUp } from "./follow-up.ts";
import { marketReview } from "./market-review.ts";
import { metricsPulse } from "./metrics-pulse.ts";
import { peopleScout } from "./people-scout.ts";
import { selfImprove } from "./self-improve.ts";
import { skillImprove } from "./skill-improve.ts";
import { sleepCompute } from "./sleep-compute.ts";
import { userModel } from "./user-model.ts";

/** What agents do for jobs, by the job's name: one file and one line each. */
export const chores: Readonly<Record<string, Chore>> = {
  "email-expenses": emailExpenses,
  "expense-digest": expenseDigest,
  "follow-up": followUp,
  "market-review": marketReview,
  "metrics-pulse": metricsPulse,
  "people-scout": peopleScout,
  "self-improve": selfImprove,
  "skill-improve": skillImprove,
  "sleep-compute": sleepCompute,
  "user-model": userModel,
};
