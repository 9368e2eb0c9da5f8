/** Pauses: who may not act now, checked in the transactions that claim and commit. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import type { Tell } from "./events.ts";
import type { Pause } from "./types.ts";

export interface Controls {
  /** Pauses the swarm (name ""), an agent, a job or a tool, until this time or until somebody resumes. */
  pause(pause: Omit<Pause, "at">): Promise<void>;
  resume(scope: Pause["scope"], name: string): Promise<void>;
  /** The pauses in force. */
  active(): Promise<Pause[]>;
  /** Why this agent may not act now, as a sentence; undefined when it may. */
  pausedBecause(agent: string): Promise<string | undefined>;
}

const ACTIVE = "(until IS NULL OR until > @now)";

/** Why this agent may not act at `now`, read inside the caller's own step; undefined when it may. */
export type ActivePause = (agent: string, now: number) => string | undefined;

export function createActivePause(db: Database): ActivePause {
  const find = db.prepare<[Record<string, string | number>], Pause>(`
    SELECT * FROM controls WHERE ${ACTIVE} AND (scope = 'swarm' OR (scope = 'agent' AND name = @agent)) LIMIT 1
  `);
  return (agent, now) => {
    const pause = find.get({ agent, now });
    if (pause === undefined) return undefined;
    const who = pause.scope === "swarm" ? "the swarm" : agent;
    return `${who} is paused by ${pause.by}; resume with \`kaos swarm resume\` or in the control room`;
  };
}

export function createControls(db: Database, { read, write }: Atomic, clock: Clock, tell: Tell): Controls {
  const pause = db.prepare(`
    INSERT INTO controls (scope, name, by, at, until) VALUES (@scope, @name, @by, @at, @until)
    ON CONFLICT (scope, name) DO UPDATE SET by = @by, at = @at, until = @until
  `);
  const resume = db.prepare("DELETE FROM controls WHERE scope = ? AND name = ?");
  const active = db.prepare<[Record<string, number>], Pause>(
    `SELECT * FROM controls WHERE ${ACTIVE} ORDER BY scope, name`,
  );
  const activePause = createActivePause(db);
  return {
    pause: write((wanted: Omit<Pause, "at">) => {
      pause.run({ ...wanted, at: clock.now() });
      tell("paused", wanted.scope === "agent" ? { agent: wanted.name } : {}, { ...wanted });
    }),
    resume: write((scope: Pause["scope"], name: string) => {
      if (resume.run(scope, name).changes === 1)
        tell("resumed", scope === "agent" ? { agent: name } : {}, { scope, name });
    }),
    active: read(() => active.all({ now: clock.now() })),
    pausedBecause: read((agent: string) => activePause(agent, clock.now())),
  };
}
