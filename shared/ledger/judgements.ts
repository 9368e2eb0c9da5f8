/** One judgement per message for the whole swarm: the first agent to ask asks for all, the others read it. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import { ALIVE_SQL } from "./agents.ts";
import type { Tell } from "./events.ts";
import { JUDGE_ATTEMPTS_MAX, JUDGE_LEASE_MS } from "./limits.ts";
import type { Judgement, Scores } from "./types.ts";

/** Which judgement: of this message, for the whole swarm or for one agent alone (`RELEVANCE=own`). */
export type JudgementKey = { message: number; scope: "swarm" | (string & {}) };

export type Asking =
  /** This agent asks the model now, within JUDGE_LEASE_MS; `attempt` guards its result. */
  | { kind: "yours"; attempt: number }
  | { kind: "waiting"; by: string; until: number }
  | { kind: "made"; by: string; scores: Scores }
  | { kind: "failed"; because: string };

export interface Judgements {
  /** Takes the asking, when nobody has it, or its holder died or was slow. */
  take(key: JudgementKey, agent: string): Promise<Asking>;
  /** Stores the scores. A result that came too late (another agent asked meanwhile) is dropped: false. */
  make(
    key: JudgementKey,
    by: { agent: string; attempt: number },
    made: { scores: Scores; costUsd: number; because: string },
  ): Promise<boolean>;
  /** This try failed. After JUDGE_ATTEMPTS_MAX tries the judgement has failed for all. */
  fail(key: JudgementKey, by: { agent: string; attempt: number }, because: string): Promise<void>;
  /** All judgements of a message: the swarm's, or each agent's own. */
  ofMessage(message: number): Promise<(Judgement & { scope: string })[]>;
  /** All judgements of all these messages. */
  ofMessages(messages: readonly number[]): Promise<(Judgement & { message: number; scope: string })[]>;
}

type Row = {
  scope: string;
  state: "asking" | "made" | "failed";
  by: string;
  attempts: number;
  lease_until: number;
  scores: string | null;
  cost_usd: number;
  because: string;
  alive: 0 | 1;
};

export function createJudgements(db: Database, { read, write }: Atomic, clock: Clock, tell: Tell): Judgements {
  const columns = `judgements.*, coalesce(${ALIVE_SQL}, 0) AS alive`;
  const find = db.prepare<[Record<string, string | number>], Row>(`
    SELECT ${columns} FROM judgements LEFT JOIN agents ON agents.name = judgements.by
    WHERE message = CAST(@message AS INTEGER) AND scope = CAST(@scope AS TEXT)
  `);
  const ofMessage = db.prepare<[Record<string, string | number>], Row>(`
    SELECT ${columns} FROM judgements LEFT JOIN agents ON agents.name = judgements.by WHERE message = @message
  `);
  const ofMessages = db.prepare<[Record<string, string | number>], Row & { message: number }>(`
    SELECT ${columns} FROM judgements LEFT JOIN agents ON agents.name = judgements.by
    WHERE message IN (SELECT value FROM json_each(@messages))
  `);
  const ask = db.prepare(`
    INSERT INTO judgements (message, scope, state, by, attempts, lease_until)
    VALUES (@message, @scope, 'asking', @agent, 1, @until)
    ON CONFLICT (message, scope) DO UPDATE SET by = @agent, attempts = attempts + 1, lease_until = @until
  `);
  const make = db.prepare(`
    UPDATE judgements SET state = 'made', scores = @scores, cost_usd = cost_usd + @costUsd, because = @because
    WHERE message = @message AND scope = @scope AND state = 'asking' AND by = @agent AND attempts = @attempt
  `);
  const letGo = db.prepare(`
    UPDATE judgements SET lease_until = 0, because = @because
    WHERE message = @message AND scope = @scope AND state = 'asking' AND by = @agent AND attempts = @attempt
  `);
  const giveUp = db.prepare(`
    UPDATE judgements SET state = 'failed', because = @because
    WHERE message = @message AND scope = @scope AND state = 'asking'
  `);

  /** What there is to wait for or to read; undefined when somebody must ask. */
  function known(row: Row | undefined, agent: string): Asking | undefined {
    if (row === undefined) return undefined;
    if (row.state === "made") return { kind: "made", by: row.by, scores: JSON.parse(row.scores ?? "{}") as Scores };
    if (row.state === "failed") return { kind: "failed", because: row.because };
    const leftMs = row.lease_until - clock.now();
    const leased = leftMs >= 0 && leftMs <= JUDGE_LEASE_MS;
    // One's own asking is never waited for: only a process that was killed while asking meets it again.
    if (!leased || row.alive === 0 || row.by === agent) return undefined;
    return { kind: "waiting", by: row.by, until: row.lease_until };
  }

  // Five of six only look, again and again: that takes no write lock.
  const look = read((key: JudgementKey, agent: string) => known(find.get({ ...key, now: clock.now() }), agent));

  const takeNow = write((key: JudgementKey, agent: string): Asking => {
    const now = clock.now();
    const row = find.get({ ...key, now });
    const answer = known(row, agent);
    if (answer !== undefined) return answer;
    if (row !== undefined) {
      if (row.attempts >= JUDGE_ATTEMPTS_MAX) {
        const because = row.because || `${row.by} did not finish judging`;
        giveUp.run({ ...key, because });
        tell("judgement failed", { message: key.message, agent: row.by }, { scope: key.scope, because });
        return { kind: "failed", because };
      }
    }
    ask.run({ ...key, agent, until: now + JUDGE_LEASE_MS });
    tell("judging", { message: key.message, agent }, { scope: key.scope });
    return { kind: "yours", attempt: (row?.attempts ?? 0) + 1 };
  });

  return {
    take: async (key, agent) => (await look(key, agent)) ?? takeNow(key, agent),
    make: write(
      (
        key: JudgementKey,
        by: { agent: string; attempt: number },
        made: { scores: Scores; costUsd: number; because: string },
      ) => {
        const { scores, costUsd, because } = made;
        const stored = make.run({ ...key, ...by, scores: JSON.stringify(scores), costUsd, because }).changes === 1;
        if (stored)
          tell("judged", { message: key.message, agent: by.agent }, { scope: key.scope, scores, costUsd, because });
        return stored;
      },
    ),
    fail: write((key: JudgementKey, by: { agent: string; attempt: number }, because: string) => {
      letGo.run({ ...key, ...by, because });
    }),
    ofMessage: read((message: number) =>
      ofMessage.all({ message, now: clock.now() }).map((row) => ({ scope: row.scope, ...judgementOf(row) })),
    ),
    ofMessages: read((messages: readonly number[]) =>
      ofMessages
        .all({ messages: JSON.stringify(messages), now: clock.now() })
        .map((row) => ({ message: row.message, scope: row.scope, ...judgementOf(row) })),
    ),
  };
}

function judgementOf(row: Row): Judgement {
  switch (row.state) {
    case "made":
      return { state: "made", by: row.by, scores: JSON.parse(row.scores ?? "{}") as Scores, costUsd: row.cost_usd };
    case "failed":
      return { state: "failed", by: row.by, because: row.because };
    case "asking":
      return { state: "asking", by: row.by, attempts: row.attempts };
  }
}
