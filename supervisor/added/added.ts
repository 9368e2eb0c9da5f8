/** Jobs that people add: a text that is said to them at its time, or that an agent then does. */
import type { Jobs } from "../../shared/ledger/index.ts";
import { type Added, readAdded } from "../../shared/schedule/index.ts";
import type { Job } from "../jobs/job.ts";
import type { Minds } from "../minds.ts";

/** A reminder that is older than this helps nobody. */
const STILL_USEFUL_MS = 12 * 3_600_000;
/** An agent that is asked to do something has so long for it. */
const DOING_MS = 30 * 60_000;

/** What people added. What cannot be read any more is left out: it was written by another version. */
export async function addedJobs(store: Pick<Jobs, "standings">, minds: Minds): Promise<Job[]> {
  return (await store.standings()).flatMap(({ name, added }) => {
    const read = added === null ? undefined : readAdded(added);
    return read === undefined ? [] : [read.agent === undefined ? reminder(name, read) : followUp(name, read, minds)];
  });
}

function common(name: string, { schedule, timeZone, room }: Added) {
  return {
    name,
    schedule,
    timeZone,
    ...(room === undefined ? {} : { room }),
    missed: { kind: "within", ms: STILL_USEFUL_MS },
  } as const;
}

function reminder(name: string, added: Added): Job {
  const { text } = added;
  return {
    ...common(name, added),
    purpose: `tells you: ${text}`,
    timeoutMs: 10_000,
    run: async (_signal, { dryRun }) => ({
      changed: !dryRun,
      summary: dryRun ? `it would say: ${text}` : "said",
      // Its hour was chosen by the person: quiet hours and budgets are not asked.
      severity: "urgent",
      items: [{ title: text }],
    }),
  };
}

/** An agent does what the text says, with the authority of whoever said it, and no more than the policy then gives. */
function followUp(name: string, added: Added, minds: Minds): Job {
  const { text, agent = "", sources = [{ label: "owner", from: "you" }] } = added;
  return {
    ...common(name, added),
    agent,
    purpose: `${agent} does: ${text}`,
    timeoutMs: DOING_MS + 60_000,
    goesOn: true,
    async run(signal, run) {
      if (run.dryRun) return { changed: false, summary: `${agent} would do: ${text}` };
      const asked = { job: name, chore: "follow-up", agents: [agent], data: { text }, sources, withinMs: DOING_MS };
      return { ...(await minds.ask(asked, run, signal)), severity: "urgent" };
    },
  };
}
