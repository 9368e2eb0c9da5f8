import type { Clock } from "../../shared/base/index.ts";
import type { Ledger, SwarmReport } from "../../shared/ledger/index.ts";
import type { Item, Job } from "./job.ts";

const WEEK_MS = 7 * 24 * 3_600_000;
/** Calls on approvals that are looked through for the week. */
const APPROVALS_MAX = 500;

type Deps = { ledger: Pick<Ledger, "report" | "approvals" | "occurrences">; clock: Clock };

/** Kronos' letter of the week: what the swarm did, what it cost, what was refused, what waits for the person. Counted, not written. */
export function weeklyLetter({ ledger, clock }: Deps): Job {
  return {
    name: "weekly-letter",
    schedule: { cron: "0 18 * * 0" },
    purpose: "tells what the swarm did this week, what it cost, what was refused and what waits for you",
    timeoutMs: 60_000,
    missed: { kind: "within", ms: 2 * 24 * 3_600_000 },
    agent: "kronos",
    async run() {
      const now = clock.now();
      const report = await ledger.report(now - WEEK_MS, now);
      const asked = (await ledger.approvals.latest(APPROVALS_MAX)).filter(({ askedAt }) => askedAt >= now - WEEK_MS);
      const refused = asked.filter(({ state }) => state === "denied" || state === "expired");
      const waiting = (await ledger.approvals.pending()).length;
      const gaps = await ledger.occurrences.gaps(now - WEEK_MS);
      const costUsd = report.calls.reduce((sum, call) => sum + call.costUsd, 0);
      const counters = {
        messages: report.messages.people,
        answers: report.messages.agents,
        refused: refused.length,
        waiting,
      };
      // A week in which nobody spoke and nothing went wrong is no letter.
      if (report.messages.people + report.messages.agents + refused.length + waiting + gaps.length === 0)
        return { changed: false, summary: "a quiet week", counters };
      const items: Item[] = [
        { title: "Done", text: doneOf(report) },
        {
          title: "Cost",
          text: `$${costUsd.toFixed(2)} for ${sum(report.calls.map(({ count }) => count))} calls of models`,
        },
        ...(refused.length > 0
          ? [
              {
                title: "Refused",
                text: refused.map(({ agent, tool, state }) => `${agent}'s ${tool} (${state})`).join(", "),
              },
            ]
          : []),
        ...(gaps.length > 0
          ? [{ title: "Not done", text: gaps.map(({ job, state, count }) => `${job}: ${count} ${state}`).join(", ") }]
          : []),
        ...(report.unanswered.length > 0
          ? [{ title: "Without an answer", text: report.unanswered.map(({ text }) => `“${text}”`).join(", ") }]
          : []),
        ...(waiting > 0 ? [{ title: `${waiting} calls wait for your word`, text: "kaos approvals" }] : []),
      ];
      return { changed: true, severity: "notable", summary: "The week of the swarm", items, counters };
    },
  };
}

function doneOf({ messages, replies }: SwarmReport): string {
  const byAgent = Map.groupBy(replies, ({ agent }) => agent);
  const each = [...byAgent].map(([agent, tiers]) => `${agent} ${sum(tiers.map(({ count }) => count))}`);
  const who = each.length > 0 ? ` (${each.join(", ")})` : "";
  return `${messages.people} messages of people, ${messages.agents} of agents${who}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
