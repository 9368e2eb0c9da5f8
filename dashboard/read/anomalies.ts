/** What is out of the ordinary: rules over a window of time each, from what the ledger holds; none of them guesses. */
import { budgetDay, forecast, type Ledger } from "../../shared/ledger/index.ts";
import { count, duration, median, startOfDay, timeOfDay, usd } from "../parts/figures.ts";
import type { Tone } from "../parts/word.ts";
import type { Settings, TimetableLine } from "../view.ts";
import type { AgentDay } from "./day.ts";
import type { Once } from "./once.ts";
import { readProviders } from "./providers.ts";

/** One thing that somebody should look at. `key` names it for the day: who has seen it is not told again before tomorrow. */
export type Anomaly = { key: string; tone: Tone; about: string; says: string; href: string };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** So often within an hour is no accident any more. */
const STARTS_MAX = 3;
const FAILURES_MAX = 3;
const LOST_MAX = 3;
/** Answers count as slow from this factor over the day before, when there are enough of both to compare. */
const SLOWER_FACTOR = 2;
const ANSWERS_MIN = 5;
/** An hour is dear from this factor over an average hour of the day before, and not below these dollars. */
const DEARER_FACTOR = 4;
const DEAR_USD = 0.1;

type At = {
  ledger: Ledger;
  once: Once;
  now: number;
  settings: Settings;
  jobs: readonly TimetableLine[];
  /** Of all agents. */
  day: readonly AgentDay[];
};
type Found = Omit<Anomaly, "key"> & { rule: string };

/** The newest state of every rule; what was acknowledged is left out. */
export async function readAnomalies(at: At): Promise<Anomaly[]> {
  const read = await Promise.all([gone(at), often(at), failing(at), dearer(at), silent(at)]);
  const found = [...read, slower(at), resting(at)];
  const seen = await at.ledger.acknowledgements.all();
  const today = new Date(startOfDay(at.now)).toISOString();
  return found
    .flat()
    .map(({ rule, ...rest }) => ({ key: `${rule} ${rest.about} ${today}`, ...rest }))
    .filter(({ key }) => !seen.has(key));
}

/** Processes that did not say goodbye and are not heard any more. */
async function gone({ ledger, now }: At): Promise<Found[]> {
  const [roster, supervisor] = await Promise.all([ledger.agents.roster(), ledger.supervisor.state()]);
  const agents = roster.filter(({ state, alive }) => state === "up" && !alive);
  const itself = supervisor === undefined || supervisor.alive ? [] : [{ name: "supervisor", ...supervisor }];
  return [...agents, ...itself].map(({ name, beatAt }) => ({
    rule: "gone",
    tone: "stop",
    about: name,
    says: `has not been heard of for ${duration(now - beatAt)} and did not say goodbye`,
    href: "/#agents",
  }));
}

/** Processes that start again and again, and slots whose holder died, within the last hour. */
async function often({ ledger, now }: At): Promise<Found[]> {
  const events = await ledger.events.troubles(now - HOUR_MS);
  const agents = [...new Set(events.map(({ agent }) => agent ?? ""))].filter((agent) => agent !== "");
  return agents.flatMap((about): Found[] => {
    const own = events.filter(({ agent }) => agent === about);
    const starts = own.filter(({ kind }) => kind === "agent arrived").length;
    const lost = own.length - starts;
    return [
      ...(starts >= STARTS_MAX
        ? [
            {
              rule: "starts",
              tone: "stop",
              about,
              says: `started ${starts} times within an hour`,
              href: "/#happened",
            } as const,
          ]
        : []),
      ...(lost >= LOST_MAX
        ? [
            {
              rule: "lost",
              tone: "stop",
              about,
              says: `let go of ${lost} answers within an hour`,
              href: "/swarm",
            } as const,
          ]
        : []),
    ];
  });
}

/** Agents that could not answer, within the last hour. */
async function failing({ ledger, now }: At): Promise<Found[]> {
  return (await ledger.outcomes.counts(now - HOUR_MS))
    .filter(({ outcome, count: times }) => outcome === "failed" && times >= FAILURES_MAX)
    .map(({ agent, count: times }) => ({
      rule: "failing",
      tone: "stop",
      about: agent,
      says: `failed ${times} times within an hour`,
      href: "/swarm",
    }));
}

/** The median of the last hour's answers beside that of the 24 hours before. */
function slower({ day, now }: At): Found[] {
  const answers = day.flatMap((agent) => agent.answers);
  const took = (from: number, to: number) =>
    answers.filter(({ at }) => at > from && at <= to).map(({ tookMs }) => tookMs);
  const [before, lately] = [took(now - DAY_MS, now - HOUR_MS), took(now - HOUR_MS, now)];
  if (before.length < ANSWERS_MIN || lately.length < ANSWERS_MIN) return [];
  const [usual, is] = [median(before) ?? 0, median(lately) ?? 0];
  if (is < usual * SLOWER_FACTOR) return [];
  const says = `takes ${duration(is)} to answer in the last hour, and took ${duration(usual)} in the day before`;
  return [{ rule: "slower", tone: "wait", about: "the swarm", says, href: "/swarm#day" }];
}

/** The last hour's money beside an average hour of the day before, and the cap. */
async function dearer({ once, now, settings }: At): Promise<Found[]> {
  const sum = async (since: number) => (await once.spent(since)).reduce((total, { costUsd }) => total + costUsd, 0);
  const [hourUsd, dayUsd, todayUsd] = await Promise.all([
    sum(now - HOUR_MS),
    sum(now - DAY_MS),
    sum(budgetDay(now).from),
  ]);
  const averageUsd = (dayUsd - hourUsd) / 23;
  const about = "money";
  const found: Found[] = [];
  if (hourUsd >= DEAR_USD && averageUsd > 0 && hourUsd >= averageUsd * DEARER_FACTOR) {
    const says = `${usd(hourUsd)} in the last hour, and ${usd(averageUsd)} in an average hour of the day before`;
    found.push({ rule: "dearer", tone: "wait", about, says, href: "/settings#budgets" });
  }
  const limit = settings.dailyLimitUsd;
  const reachedAt = forecast({ todayUsd, lastHourUsd: hourUsd }, limit, now);
  if (todayUsd >= limit || reachedAt !== undefined) {
    const says =
      todayUsd >= limit
        ? `the limit of ${usd(limit)} until 00:00 UTC is spent`
        : `at this rate the limit of ${usd(limit)} until 00:00 UTC is spent at ${timeOfDay(reachedAt ?? now, now)}`;
    found.push({ rule: "cap", tone: todayUsd >= limit ? "stop" : "wait", about, says, href: "/settings#budgets" });
  }
  return found;
}

/** Jobs that are left alone after failures in a row. */
function resting({ jobs }: At): Found[] {
  return jobs
    .filter(({ state }) => state === "resting")
    .map(({ job, because }) => ({
      rule: "resting",
      tone: "stop",
      about: job,
      says: because,
      href: `/jobs#job-${job}`,
    }));
}

/** Providers that nobody can ask. */
async function silent({ ledger, now }: At): Promise<Found[]> {
  return (await readProviders(ledger, now))
    .filter(({ tone }) => tone === "stop")
    .map(({ provider, tier, says, agents }) => ({
      rule: `silent ${tier}`,
      tone: "stop",
      about: provider,
      says: `${says} (${tier}; ${count(agents.length, "agent")})`,
      href: "/settings#providers",
    }));
}
