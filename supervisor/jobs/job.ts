/** Scheduled work of the supervisor: when, what it needs, and what a run tells of itself. */
import type { Finding, Note } from "../../shared/ledger/index.ts";
import type { Schedule } from "../../shared/schedule/index.ts";
import type { MissedPolicy } from "../schedule/missed.ts";

/** What a run found and did: `changed: false` means that there was nothing to do. Texts from elsewhere are plain by the time they stand here. */
export type JobResult = Finding & {
  /** What the job knows from now on. It is written with the finding, so that nothing is known that nobody was told. */
  notes?: readonly Note[];
  /** Purchases that the finding asks the person about. */
  asks?: readonly number[];
};

/** One thing that a person may want to know. */
export type Item = NonNullable<Finding["items"]>[number];

export type Run = {
  /** The due instant, or when a person asked. */
  dueAt: number;
  /** Look, and say what would be done; change nothing. */
  dryRun: boolean;
};

export type Job = {
  /** verb-noun, as the file is called. */
  name: string;
  schedule: Schedule;
  /** IANA name, when it is not the installation's own. */
  timeZone?: string;
  /** One sentence for the timetable. */
  purpose: string;
  /** A run that takes longer is stopped and has failed. */
  timeoutMs: number;
  /** For instants that nobody was there for; without it they are missed. */
  missed?: MissedPolicy;
  /** Starts up to so much later, each instant its own: not all at the same second. */
  jitterMs?: number;
  /** Further tries after a failure; the first after `firstMs`, each next one after twice as long. */
  retries?: { max: number; firstMs: number };
  /** Jobs of one lane never run beside each other; without it, the job alone. */
  lane?: string;
  /** What it needs, each with what to set when it is missing. */
  needs?: readonly Need[];
  /** Run again for the same instant it finds what it has done: an interrupted run goes on instead of having failed. */
  goesOn?: boolean;
  /** In whose voice it speaks; without it, or where there is no such agent, the swarm's first. */
  agent?: string;
  /** Where it speaks; without it, where all jobs do. */
  room?: string;
  run(signal: AbortSignal, run: Run): Promise<JobResult>;
};

/** `missing` is what a person sets: a variable, or a field of automations.json. */
export type Need = { what: string; missing(): string | undefined };

/** Why it cannot run, as a sentence; undefined when it can. */
export function blockedBecause(job: Job): string | undefined {
  const missing = (job.needs ?? []).flatMap((need) => need.missing() ?? []);
  return missing.length === 0 ? undefined : `blocked: set ${missing.join(" and ")}`;
}
