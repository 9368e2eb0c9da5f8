/** A person has allowed a call, and the turn that asked never came to its end: its room hears of it. Inside a write step. */
import type { Clock } from "../../base/index.ts";
import type { Database } from "../../sqlite/index.ts";
import { ALIVE_SQL } from "../agents.ts";
import type { SayNow } from "../deliveries.ts";
import type { Row } from "./rows.ts";

/** Tells of a `decided` assignment that was given up; a refusal that nobody heard of is no loss. */
export type SayLost = (row: Pick<Row, "id" | "agent" | "task" | "message">, because: string) => void;

export function createSayLost(db: Database, clock: Clock, say: SayNow): SayLost {
  const granted = db.prepare<[string, string], { id: number; tool: string }>(
    "SELECT id, tool FROM approvals WHERE agent = ? AND turn = ? AND state = 'granted' ORDER BY decided_at DESC LIMIT 1",
  );
  const place = db.prepare<[number | null], { room: string; topic: string | null }>(
    "SELECT room, topic FROM messages WHERE seq = ?",
  );
  // The agent itself is down or paused, or it has failed: best a colleague speaks.
  const voice = db
    .prepare<[Record<string, string | number>], string>(
      `SELECT name FROM agents WHERE ${ALIVE_SQL} ORDER BY name = @agent, name LIMIT 1`,
    )
    .pluck();
  return ({ id, agent, task: turn, message }, because) => {
    const allowed = granted.get(agent, turn);
    const at = place.get(message);
    if (allowed === undefined || at === undefined) return;
    const text = `What you allowed ${agent} (#${allowed.id} ${allowed.tool}) did not come to its end: ${because}.`;
    say({
      ...at,
      job: "approvals",
      key: `lost assignment ${id}`,
      severity: "notable",
      agent: voice.get({ agent, now: clock.now() }) ?? agent,
      text,
      state: "queued",
      because: "you allowed it",
      parts: [text],
    });
  };
}
