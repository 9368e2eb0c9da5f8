/** What the swarm did in a stretch of time, in figures: counted in one read, so that they agree with each other. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import { HEARS_SQL } from "./agents.ts";
import type { OutcomeKind, Tier } from "./types.ts";

/** Lengths of time: how many there were, and below which half and 95 of 100 of them were. */
export type Lengths = { count: number; p50Ms: number; p95Ms: number };

export type SwarmReport = {
  since: number;
  until: number;
  /** Said by people, and by agents. */
  messages: { people: number; agents: number };
  replies: readonly { agent: string; tier: Tier; count: number }[];
  /** Messages of people that addressed nobody, by how many volunteers answered. */
  volunteersPerRoot: readonly { volunteers: number; roots: number }[];
  /** Most frequent first; the reasons too, without names and scores. */
  outcomes: readonly { outcome: OutcomeKind; count: number; reasons: readonly { because: string; count: number }[] }[];
  /** Messages of people that no agent said anything to, newest first; `because` for each agent. */
  unanswered: readonly { message: number; text: string; open: boolean; because: readonly string[] }[];
  /** From a message to its answer. */
  latency: readonly ({ tier: Tier } & Lengths)[];
  /** Model calls by what they were for. */
  calls: readonly { purpose: string; count: number; costUsd: number }[];
  /** Claims whose holder was lost, and how soon somebody held the root's slot again. */
  recoveries: { lost: number; again: Lengths };
  pauses: readonly { scope: string; name: string; by: string; at: number; resumedAt: number | null }[];
  /** Work that agents gave each other: hand-offs, positions, reviews, questions. */
  assignments: readonly { kind: string; state: string; count: number }[];
};

/** Counts what was said from `since` to before `until`, and what came of it. */
export type Report = (since: number, until: number) => Promise<SwarmReport>;

/** Unanswered messages that a report names. */
const UNANSWERED_MAX = 10;
/** Reasons that a report names for each outcome. */
const REASONS_MAX = 3;

type Within = [{ since: number; until: number }];

export function createReport(db: Database, { read }: Atomic, clock: Clock): Report {
  const said = db.prepare<Within, { people: number; agents: number }>(`
    SELECT count(*) FILTER (WHERE sender_kind <> 'agent') AS people, count(*) FILTER (WHERE sender_kind = 'agent') AS agents
    FROM messages WHERE said_at >= @since AND said_at < @until
  `);
  const replies = db.prepare<Within, SwarmReport["replies"][number]>(`
    SELECT claims.agent, claims.tier, count(*) AS count
    FROM claims JOIN messages ON messages.seq = claims.message
    WHERE claims.state = 'sent' AND said_at >= @since AND said_at < @until
    GROUP BY claims.agent, claims.tier ORDER BY claims.agent, claims.tier
  `);
  const volunteersPerRoot = db.prepare<Within, SwarmReport["volunteersPerRoot"][number]>(`
    SELECT volunteers, count(*) AS roots FROM (
      SELECT (SELECT count(*) FROM claims WHERE claims.root = messages.seq AND tier > 1 AND state = 'sent') AS volunteers
      FROM messages
      WHERE root IS NULL AND sender_kind <> 'agent' AND said_at >= @since AND said_at < @until
        AND NOT EXISTS (SELECT 1 FROM claims WHERE claims.message = messages.seq AND tier = 1)
    ) GROUP BY volunteers ORDER BY volunteers
  `);
  const outcomes = db.prepare<Within, { outcome: OutcomeKind; because: string; count: number }>(`
    SELECT outcome, because, count(*) AS count FROM outcomes JOIN messages ON messages.seq = outcomes.message
    WHERE said_at >= @since AND said_at < @until
    GROUP BY outcome, because
  `);
  const unanswered = db.prepare<Within, { message: number; text: string }>(`
    SELECT seq AS message, text FROM messages
    WHERE root IS NULL AND sender_kind <> 'agent' AND deleted_at IS NULL AND said_at >= @since AND said_at < @until
      AND NOT EXISTS (SELECT 1 FROM messages AS reply WHERE reply.root = messages.seq AND reply.sender_kind = 'agent')
    ORDER BY seq DESC LIMIT ${UNANSWERED_MAX}
  `);
  const why = db.prepare<[number], { agent: string; outcome: OutcomeKind; because: string }>(
    "SELECT agent, outcome, because FROM outcomes WHERE message = ? ORDER BY agent",
  );
  const open = db
    .prepare<[{ message: number; now: number }], number>(`
      SELECT count(*) FROM messages JOIN agents ON ${HEARS_SQL}
      WHERE messages.seq = @message
        AND NOT EXISTS (SELECT 1 FROM outcomes WHERE outcomes.message = @message AND outcomes.agent = agents.name)
    `)
    .pluck();
  const took = db.prepare<Within, { tier: Tier; ms: number }>(`
    SELECT claims.tier, outcomes.at - messages.said_at AS ms
    FROM outcomes
    JOIN claims ON claims.message = outcomes.message AND claims.agent = outcomes.agent
    JOIN messages ON messages.seq = outcomes.message
    WHERE outcome = 'replied' AND said_at >= @since AND said_at < @until
  `);
  const calls = db.prepare<Within, SwarmReport["calls"][number]>(`
    SELECT purpose, count(*) AS count, sum(cost_usd) AS costUsd FROM spend
    WHERE at >= @since AND at < @until GROUP BY purpose ORDER BY count DESC, purpose
  `);
  const lost = db.prepare<Within, { at: number; heldAt: number | null }>(`
    SELECT lost.at, (
      SELECT min(held.at) FROM messages AS there JOIN events AS held ON held.message = there.seq
      WHERE (there.seq = coalesce(messages.root, messages.seq) OR there.root = coalesce(messages.root, messages.seq))
        AND held.kind = 'claim held' AND held.id > lost.id
    ) AS heldAt
    FROM events AS lost JOIN messages ON messages.seq = lost.message
    WHERE lost.kind IN ('claim expired', 'delivery given up') AND lost.at >= @since AND lost.at < @until
  `);
  const pauses = db.prepare<Within, SwarmReport["pauses"][number]>(`
    SELECT detail ->> 'scope' AS scope, detail ->> 'name' AS name, detail ->> 'by' AS by, at, (
      SELECT min(after.at) FROM events AS after
      WHERE after.kind = 'resumed' AND after.id > events.id
        AND after.detail ->> 'scope' = events.detail ->> 'scope' AND after.detail ->> 'name' = events.detail ->> 'name'
    ) AS resumedAt
    FROM events WHERE kind = 'paused' AND at >= @since AND at < @until ORDER BY id
  `);
  const assignments = db.prepare<Within, SwarmReport["assignments"][number]>(`
    SELECT kind, state, count(*) AS count FROM assignments
    WHERE given_at >= @since AND given_at < @until GROUP BY kind, state ORDER BY kind, state
  `);
  const names = db.prepare<[], string>("SELECT name FROM agents").pluck();

  return read((since: number, until: number): SwarmReport => {
    const within = { since, until };
    const now = clock.now();
    const losses = lost.all(within);
    const again = losses.flatMap(({ at, heldAt }) => (heldAt === null ? [] : [heldAt - at]));
    return {
      since,
      until,
      messages: said.get(within) ?? { people: 0, agents: 0 },
      replies: replies.all(within),
      volunteersPerRoot: volunteersPerRoot.all(within),
      outcomes: byReason(outcomes.all(within), names.all()),
      unanswered: unanswered.all(within).map(({ message, text }) => ({
        message,
        text,
        open: (open.get({ message, now }) ?? 0) > 0,
        because: why.all(message).map(({ agent, outcome, because }) => `${agent} ${outcome}: ${because}`),
      })),
      latency: [...Map.groupBy(took.all(within), ({ tier }) => tier)]
        .toSorted(([one], [other]) => one - other)
        .map(([tier, rows]) => ({ tier, ...lengthsOf(rows.map(({ ms }) => ms)) })),
      calls: calls.all(within),
      recoveries: { lost: losses.length, again: lengthsOf(again) },
      pauses: pauses.all(within),
      assignments: assignments.all(within),
    };
  });
}

type Reason = { outcome: OutcomeKind; because: string; count: number };

function byReason(rows: readonly Reason[], agents: readonly string[]): SwarmReport["outcomes"] {
  return [...Map.groupBy(rows, ({ outcome }) => outcome)]
    .map(([outcome, own]) => ({ outcome, count: sum(own), reasons: reasonsOf(own, agents).slice(0, REASONS_MAX) }))
    .toSorted((one, other) => other.count - one.count);
}

function reasonsOf(rows: readonly Reason[], agents: readonly string[]): { because: string; count: number }[] {
  return [...Map.groupBy(rows, ({ because }) => inGeneral(because, agents))]
    .map(([because, own]) => ({ because, count: sum(own) }))
    .toSorted((one, other) => other.count - one.count || (one.because < other.because ? -1 : 1));
}

/** The same reason with other names and scores is the same reason. */
function inGeneral(because: string, agents: readonly string[]): string {
  const name = `(?:${agents.map((agent) => agent.replace(/[^\w-]/g, "\\$&")).join("|")})`;
  return because
    .replaceAll(new RegExp(`\\b${name}(?:, ${name})* and ${name}\\b`, "g"), "colleagues")
    .replaceAll(new RegExp(`\\b${name}\\b`, "g"), "an agent")
    .replace(/fit \d+ of 10, needs (\d+)/, "fit below $1 of 10")
    .replace(/\(\d+ of 10\)/, "(fit too low)");
}

function sum(rows: readonly { count: number }[]): number {
  return rows.reduce((total, { count }) => total + count, 0);
}

/** Nearest-rank percentiles. */
function lengthsOf(lengths: readonly number[]): Lengths {
  const sorted = lengths.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return { count: sorted.length, p50Ms: at(0.5), p95Ms: at(0.95) };
}
