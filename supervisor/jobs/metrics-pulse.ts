import { type Clock, messageOf } from "../../shared/base/index.ts";
import type { Jobs } from "../../shared/ledger/index.ts";
import type { Egress } from "../../shared/security/index.ts";
import type { Automations, Metric } from "../automations.ts";
import { judgeReading } from "../metrics/anomaly.ts";
import { type OwnMetric, readMetric } from "../metrics/read-metric.ts";
import type { Minds } from "../minds.ts";
import { dayOf } from "../schedule/day.ts";
import type { Job, Run } from "./job.ts";

const NAME = "metrics-pulse";
/** More alarms than this a day are noise. */
const ALERTS_PER_DAY_MAX = 3;
/** Readings within this of the same time of day are compared first: a night is no anomaly of a day. */
const SAME_HOUR_MIN = 61;
/** With fewer of those, all readings are. */
const SAME_HOUR_READINGS = 7;
const MIND_MS = 10 * 60_000;

type Deps = { notes: Jobs; clock: Clock; egress: Egress; settings: Automations; minds: Minds };
type Reading = { metric: Metric; value: number };

/** Nexus' pulse: reads the person's numbers every two hours and speaks of one only when it is far from what it usually is. */
export function metricsPulse({ notes, clock, egress, settings: { metrics, timeZone }, minds }: Deps): Job {
  return {
    name: NAME,
    schedule: { cron: "10 */2 * * *" },
    purpose: `reads your numbers and tells which is far from usual, at most ${ALERTS_PER_DAY_MAX} a day`,
    timeoutMs: MIND_MS + 5 * 60_000,
    agent: "nexus",
    goesOn: true,
    needs: [{ what: "metrics", missing: () => (metrics.length > 0 ? undefined : "metrics in automations.json") }],
    async run(signal, run) {
      const { readings, problems } = await readAll(signal, run);
      if (readings.length === 0) throw new Error(problems.join("; "));
      const now = dayOf(clock.now(), timeZone);
      const alerts = [];
      for (const { metric, value } of readings) {
        const verdict = judgeReading(value, await before(metric, now), metric.worse);
        if (verdict.unusual) alerts.push({ metric, value, ...verdict });
      }
      const told = new Set((await notes.notesOf(NAME, `alert ${now.date} `)).map(({ key }) => key));
      const fresh = alerts
        .filter(({ metric }) => !told.has(alertKey(now.date, metric)))
        .toSorted((a, b) => Math.abs(b.deviations) - Math.abs(a.deviations))
        .slice(0, Math.max(0, ALERTS_PER_DAY_MAX - told.size));
      const trouble = problems.length > 0 ? `; ${problems.join("; ")}` : "";
      return {
        changed: fresh.length > 0,
        severity: "notable",
        summary:
          (fresh.length === 0
            ? `${readings.length} numbers are as usual`
            : `${fresh.length} numbers are far from usual`) + trouble,
        items: fresh.map(({ metric, value, usual, deviations }) => ({
          title: `${metric.name}: ${tell(value)}`,
          text: `usually ${tell(usual)}; ${Math.abs(deviations).toFixed(1)} deviations ${deviations > 0 ? "above" : "below"}`,
        })),
        evidence: readings.map(({ metric, value }) => `${metric.name} = ${value}`),
        counters: { readings: readings.length, unusual: alerts.length, told: fresh.length, problems: problems.length },
        notes: [
          ...readings.map(({ metric, value }) => ({
            key: `${metric.name} ${now.date} ${now.minute}`,
            value: `${value}`,
          })),
          ...fresh.map(({ metric, value }) => ({ key: alertKey(now.date, metric), value: `${value}` })),
        ],
      };
    },
  };

  async function readAll(signal: AbortSignal, run: Run): Promise<{ readings: Reading[]; problems: string[] }> {
    const readings: Reading[] = [];
    const problems: string[] = [];
    const own = metrics.filter((metric): metric is OwnMetric => !("server" in metric));
    for (const metric of own) {
      try {
        readings.push({ metric, value: await readMetric(metric, egress, signal) });
      } catch (error) {
        signal.throwIfAborted();
        problems.push(`${metric.name}: ${messageOf(error)}`);
      }
    }
    const others = metrics.filter((metric) => "server" in metric);
    if (others.length > 0) {
      try {
        readings.push(...(await askMind(others, run, signal)));
      } catch (error) {
        signal.throwIfAborted();
        problems.push(messageOf(error));
      }
    }
    return { readings, problems };
  }

  /** Tools of MCP servers are an agent's: it reads, this job judges. */
  async function askMind(asked: readonly Metric[], run: Run, signal: AbortSignal): Promise<Reading[]> {
    const agent = await minds.nearest("nexus", NAME);
    const agents = agent === undefined ? [] : [agent];
    const { counters = {} } = await minds.ask({ job: NAME, agents, data: asked, withinMs: MIND_MS }, run, signal);
    return asked.flatMap((metric) => {
      const value = counters[metric.name];
      return value === undefined ? [] : [{ metric, value }];
    });
  }

  async function before({ name }: Metric, now: { date: string; minute: number }): Promise<number[]> {
    const past = (await notes.notesOf(NAME, `${name} `))
      .map(({ key, value }) => ({ value: Number(value), at: key.slice(name.length + 1).split(" ") }))
      .filter(({ value, at }) => at.length === 2 && Number.isFinite(value))
      .filter(({ at: [date, minute] }) => date !== now.date || Number(minute) !== now.minute);
    const alike = past.filter(({ at: [, minute] }) => apart(Number(minute), now.minute) <= SAME_HOUR_MIN);
    return (alike.length >= SAME_HOUR_READINGS ? alike : past).map(({ value }) => value);
  }
}

function alertKey(date: string, { name }: Metric): string {
  return `alert ${date} ${name}`;
}

/** Minutes between two times of day, over midnight where that is shorter. */
function apart(one: number, other: number): number {
  const minutes = Math.abs(one - other);
  return Math.min(minutes, 24 * 60 - minutes);
}

function tell(value: number): string {
  return Number.isInteger(value) ? `${value}` : value.toPrecision(4);
}
