/** Work of a job that needs an agent's mind or memory: given as assignments, waited for, and put together. */
import { type Clock, messageOf } from "../shared/base/index.ts";
import {
  type Assignment,
  type Finding,
  findingSchema,
  type Giving,
  type Ledger,
  type Order,
} from "../shared/ledger/index.ts";
import type { Run } from "./jobs/job.ts";

export type Asked = {
  job: string;
  /** What the agents do, when it is not called like the job. */
  chore?: string;
  /** Who does it, each for itself. */
  agents: readonly string[];
  /** What it needs to know; the job and its chore agree on the shape. */
  data?: unknown;
  /** Whose text `data` holds, besides the standing order of the owner. */
  sources?: Assignment["sources"];
  withinMs: number;
};

export interface Minds {
  /** All agents that were here within a day: whose minds a job for each of them needs. */
  everyone(): Promise<string[]>;
  /**
   * Whose mind a job needs, of those that were here within a day: an agent whose agent.json names the job, else the preferred one,
   * else the first of the swarm, else any; undefined while there is none at all.
   */
  nearest(preferred: string, job: string): Promise<string | undefined>;
  /**
   * What they found, as one. Asking again for the same instant waits for the same work. Rejects when nobody did it, with
   * the reasons.
   */
  ask(asked: Asked, run: Run, signal: AbortSignal): Promise<Finding>;
}

type Deps = {
  ledger: Pick<Ledger, "assignments" | "agents" | "changes">;
  clock: Clock;
  /** Whoever speaks when nobody in particular is meant. */
  first: string;
};

/** An agent that was away for longer may never come back. */
export const HERE_WITHIN_MS = 24 * 3_600_000;
/** So often the same work is given at most, when it fails. */
const GIVEN_MAX = 5;
/** Without a change of the ledger it is looked at again after this: leases and deadlines run out by themselves. */
const LOOK_EVERY_MS = 30_000;

export function createMinds({ ledger: { assignments, agents, changes }, clock, first }: Deps): Minds {
  async function here() {
    const since = clock.now() - HERE_WITHIN_MS;
    return (await agents.roster()).filter(({ beatAt }) => beatAt >= since);
  }

  return {
    everyone: async () => (await here()).map(({ name }) => name),
    async nearest(preferred, job) {
      const present = await here();
      const named = present.find(({ jobs }) => jobs?.includes(job));
      const known = [preferred, first].find((name) => present.some((agent) => agent.name === name));
      return named?.name ?? known ?? present[0]?.name;
    },
    async ask({ job, chore = job, agents: whose, data = {}, sources, withinMs }, { dueAt, dryRun }, signal) {
      if (whose.length === 0) throw new Error("no agent is here that could do it; start one with `kaos up`");
      const task = JSON.stringify({ job: chore, dueAt, dryRun, data } satisfies Order);
      const ids: number[] = [];
      for (const agent of whose)
        ids.push(
          await give({
            key: `job ${job} ${dueAt} ${agent}`,
            kind: "job",
            agent,
            giver: "swarm",
            sources: sources ?? [{ label: "owner", from: `the job ${job}` }],
            task,
            deadlineAt: clock.now() + withinMs,
          }),
        );
      return merged(await ended(ids, signal));
    },
  };

  /** Work that was given for this instant is the same work; only what has failed before is given once more. */
  async function give(giving: Giving): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      const key = attempt === 1 ? giving.key : `${giving.key} again ${attempt}`;
      const given = await assignments.give({ ...giving, key });
      if (!given.given) throw new Error(given.because);
      const { id, state } = given.assignment;
      if ((state !== "rejected" && state !== "dead") || attempt === GIVEN_MAX) return id;
    }
  }

  async function ended(ids: readonly number[], signal: AbortSignal): Promise<Assignment[]> {
    while (true) {
      signal.throwIfAborted();
      const seen = changes.version();
      const all = (await Promise.all(ids.map((id) => assignments.get(id)))).filter((one) => one !== undefined);
      if (all.every(({ state }) => state === "done" || state === "rejected" || state === "dead")) return all;
      // Agents sweep as well; where none is up, nobody else ends what is past its deadline.
      if (all.some(({ deadlineAt }) => deadlineAt <= clock.now())) await assignments.sweep();
      await changes.past(seen, { signal, atMostMs: LOOK_EVERY_MS });
    }
  }
}

/** Several findings as one; with several agents each item says whose it is. */
function merged(all: readonly Assignment[]): Finding {
  const found: { agent: string; finding: Finding }[] = [];
  const problems: string[] = [];
  for (const { agent, state, result, because } of all) {
    const read = state === "done" && result !== null ? readFinding(result) : because;
    if (typeof read === "string") problems.push(`${agent}: ${read}`);
    else found.push({ agent, finding: read });
  }
  if (found.length === 0) throw new Error(problems.join("; "));
  const [only] = found;
  if (only !== undefined && all.length === 1) return only.finding;
  const named = ({ agent, finding }: (typeof found)[number]) => `${agent}: ${finding.summary}`;
  const severities = found.map(({ finding }) => finding.severity ?? "info");
  const counters: Record<string, number> = {};
  for (const { finding } of found)
    for (const [what, count] of Object.entries(finding.counters ?? {})) counters[what] = (counters[what] ?? 0) + count;
  return {
    changed: found.some(({ finding }) => finding.changed),
    summary: [...found.map(named), ...problems].join("; ").slice(0, 2_000),
    severity: (["urgent", "notable"] as const).find((one) => severities.includes(one)) ?? "info",
    items: found
      .flatMap(({ agent, finding }) =>
        (finding.items ?? []).map((item) => ({ ...item, title: `${agent}: ${item.title}`.slice(0, 500) })),
      )
      .slice(0, 100),
    evidence: found.flatMap(({ finding }) => finding.evidence ?? []).slice(0, 500),
    counters,
  };
}

function readFinding(result: string): Finding | string {
  try {
    return findingSchema.parse(JSON.parse(result));
  } catch (error) {
    return `what it found cannot be read: ${messageOf(error)}`;
  }
}
