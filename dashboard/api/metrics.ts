/** `GET /metrics`: figures for Prometheus, read from the ledger when they are asked for. Names and numbers, no texts. */
import { statSync } from "node:fs";
import { budgetDay, type Ledger } from "../../shared/ledger/index.ts";

type Sample = { labels?: Readonly<Record<string, string>>; value: number };
type Metric = { name: string; help: string; kind: "gauge" | "counter"; samples: readonly Sample[] };

/** The day that figures of the swarm's work are counted over. */
const DAY_MS = 24 * 60 * 60_000;

type MetricsDeps = {
  ledger: Ledger;
  file: string;
  version: string;
  startedAt: number;
  now: number;
  dailyLimitUsd: number;
};

/** All figures in the text format of Prometheus, version 0.0.4. */
export async function metricsText(deps: MetricsDeps): Promise<string> {
  return (await metricsOf(deps)).map(tell).join("");
}

async function metricsOf({ ledger, file, version, startedAt, now, dailyLimitUsd }: MetricsDeps): Promise<Metric[]> {
  const since = now - DAY_MS;
  const [roster, report, spent, pending, providers, pauses, lastEvent] = await Promise.all([
    ledger.agents.roster(),
    ledger.report(since, now),
    ledger.spend.since(budgetDay(now).from),
    ledger.approvals.pending(),
    ledger.providers.all(),
    ledger.controls.active(),
    ledger.events.last(),
  ]);
  const perAgent = (value: (agent: (typeof roster)[number]) => number): Sample[] =>
    roster.map((agent) => ({ labels: { agent: agent.name }, value: value(agent) }));
  const gauge = (name: string, help: string, samples: readonly Sample[]): Metric => ({
    name,
    help,
    kind: "gauge",
    samples,
  });
  const counter = (name: string, help: string, samples: readonly Sample[]): Metric => ({
    name,
    help,
    kind: "counter",
    samples,
  });
  return [
    gauge("kaos_build_info", "The version that runs.", [{ labels: { version }, value: 1 }]),
    gauge("kaos_supervisor_start_time_seconds", "When the supervisor came up.", [{ value: startedAt / 1_000 }]),
    gauge(
      "kaos_agent_up",
      "1 for an agent that is alive.",
      perAgent(({ alive }) => Number(alive)),
    ),
    gauge(
      "kaos_agent_beat_age_seconds",
      "Since the agent's last sign of life.",
      perAgent(({ beatAt }) => Math.max(0, now - beatAt) / 1_000),
    ),
    counter(
      "kaos_agent_starts_total",
      "How often the agent's process has come up.",
      perAgent(({ epoch }) => epoch),
    ),
    counter("kaos_events_total", "Events that the ledger has told of.", [{ value: lastEvent }]),
    gauge("kaos_messages_day", "Messages of the last 24 hours.", [
      { labels: { by: "people" }, value: report.messages.people },
      { labels: { by: "agents" }, value: report.messages.agents },
    ]),
    gauge(
      "kaos_replies_day",
      "Replies to what was said in the last 24 hours.",
      report.replies.map(({ agent, tier, count }) => ({ labels: { agent, tier: String(tier) }, value: count })),
    ),
    gauge(
      "kaos_outcomes_day",
      "How agents decided about the messages of the last 24 hours.",
      report.outcomes.map(({ outcome, count }) => ({ labels: { outcome }, value: count })),
    ),
    gauge("kaos_unanswered_day", "Messages of people in the last 24 hours that nobody answered, ten at most.", [
      { value: report.unanswered.length },
    ]),
    gauge(
      "kaos_answer_seconds_day",
      "From a message to its answer, in the last 24 hours.",
      report.latency.flatMap(({ tier, p50Ms, p95Ms }) => [
        { labels: { tier: String(tier), quantile: "0.5" }, value: p50Ms / 1_000 },
        { labels: { tier: String(tier), quantile: "0.95" }, value: p95Ms / 1_000 },
      ]),
    ),
    gauge(
      "kaos_spend_today_usd",
      "Dollars for models since 00:00 UTC.",
      spent.map(({ agent, costUsd }) => ({ labels: { agent }, value: costUsd })),
    ),
    gauge(
      "kaos_model_calls_today",
      "Model calls since 00:00 UTC.",
      spent.map(({ agent, calls }) => ({ labels: { agent }, value: calls })),
    ),
    gauge("kaos_spend_limit_usd", "Dollars a day for the whole swarm.", [{ value: dailyLimitUsd }]),
    gauge("kaos_approvals_pending", "Calls that wait for a person.", [{ value: pending.length }]),
    gauge(
      "kaos_assignments_day",
      "Work that agents gave each other in the last 24 hours.",
      report.assignments.map(({ kind, state, count }) => ({ labels: { kind, state }, value: count })),
    ),
    gauge("kaos_pauses_active", "Pauses in force.", [{ value: pauses.length }]),
    gauge(
      "kaos_provider_resting",
      "1 for a provider that an agent leaves alone after failures.",
      providers.map(({ agent, tier, provider, model, restUntil }) => ({
        labels: { agent, tier, provider, model },
        value: Number(restUntil > now),
      })),
    ),
    gauge("kaos_ledger_bytes", "Size of the ledger's files.", [
      { labels: { file: "database" }, value: sizeOf(file) },
      { labels: { file: "wal" }, value: sizeOf(`${file}-wal`) },
    ]),
    gauge("process_resident_memory_bytes", "Memory of the supervisor.", [{ value: process.memoryUsage.rss() }]),
  ];
}

function tell({ name, help, kind, samples }: Metric): string {
  const lines = samples.map(
    ({ labels, value }) => `${name}${labelsOf(labels)} ${Number.isFinite(value) ? value : 0}\n`,
  );
  return `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${lines.join("")}`;
}

function labelsOf(labels: Sample["labels"]): string {
  if (labels === undefined) return "";
  const escaped = (text: string) => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
  return `{${Object.entries(labels)
    .map(([label, text]) => `${label}="${escaped(text)}"`)
    .join(",")}}`;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
