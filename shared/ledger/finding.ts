/** What a job found, in words that a person reads: made by a job or by an agent for it, judged by the delivery layer. */
import { z } from "zod";

/** More is not read, and a job that floods is a broken one. */
const ITEMS_MAX = 100;

const item = z.object({
  title: z.string().min(1).max(500),
  url: z.string().max(2_000).optional(),
  text: z.string().max(4_000).optional(),
});

/** As it stands in the result of a `job` assignment, as JSON. */
export const findingSchema = z.object({
  /** Whether there was anything to do or to tell. Without items nobody is told of it. */
  changed: z.boolean(),
  summary: z.string().max(2_000),
  severity: z.enum(["info", "notable", "urgent"]).optional(),
  items: z.array(item).max(ITEMS_MAX).optional(),
  /** What shows that it is so: addresses, figures, rows. */
  evidence: z.array(z.string().max(2_000)).max(500).optional(),
  counters: z.record(z.string(), z.number()).optional(),
});

export type Finding = z.infer<typeof findingSchema>;

/** What an agent is asked to do for a job: the task of a `job` assignment, as JSON. */
export const orderSchema = z.object({
  job: z.string().min(1),
  /** The due instant. */
  dueAt: z.number(),
  /** Look, and say what would be done; change nothing. */
  dryRun: z.boolean(),
  /** What the job hands over, as it and its chore agree. */
  data: z.unknown(),
});

export type Order = z.infer<typeof orderSchema>;
