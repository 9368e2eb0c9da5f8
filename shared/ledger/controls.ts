/** Pauses: who may not act now, checked in the transactions that claim and commit. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import type { Tell } from "./events.ts";
import type { Pause } from "./types.ts";

export interface Controls {
  /** Pauses the swarm (name ""), an agent, a job or a tool, until this time or until somebody resumes. */
  pause(pause: Omit<Pause, "at">): Promise<void>;
  resume(scope: Pause["scope"], name: string): Promise<void>;
  /** Ends what runs now, of the swarm or of an agent; what comes after is not concerned. */
  stop(stop: Pick<Pause, "scope" | "name" | "by">): Promise<void>;
  /** Who paused or stopped this agent since this time; undefined when nobody did. */
  stoppedBy(agent: string, since: number): Promise<string | undefined>;
  /** The pauses in force. */
  active(): Promise<Pause[]>;
  /** Why this agent may not act now, or not with this tool, as a sentence; undefined when it may. */
  pausedBecause(agent: string, tool?: string): Promise<string | undefined>;
}

const ACTIVE = "(until IS NULL OR until > @now)";

/** Why this agent may not act at `now`, or not with this tool, read inside the caller's own step; undefined when it may. */
export type ActivePause = (agent: string, now: number, tool?: string) => string | undefined;

export function createActivePause(db: Database): ActivePause {
  const find = db.prepare<[Record<string, string | number | null>], Pause>(`
    SELECT * FROM controls WHERE ${ACTIVE}
      AND (scope = 'swarm' OR (scope = 'agent' AND name = @agent) OR (scope = 'tool' AND name = @tool)) LIMIT 1
  `);
  return (agent, now, tool) => {
    const pause = find.get({ agent, now, tool: tool ?? null });
    if (pause === undefined) return undefined;
    const { scope, name, by } = pause;
    const resumed = { swarm: "", agent: ` ${name}`, tool: ` --tool ${name}`, job: "" }[scope];
    return `${name || "the swarm"} is paused by ${by}; resume with \`kaos swarm resume${resumed}\` or in the control room`;
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
  // A stop is a pause that was over when it began. One that is in force stops as well, and stays.
  const stop = db.prepare(`
    INSERT INTO controls (scope, name, by, at, until) VALUES (@scope, @name, @by, @now, @now)
    ON CONFLICT (scope, name) DO UPDATE SET by = @by, at = @now, until = @now WHERE NOT ${ACTIVE}
  `);
  const stoppedBy = db
    .prepare<[Record<string, string | number>], string>(`
    SELECT by FROM controls
    WHERE (scope = 'swarm' OR (scope = 'agent' AND name = @agent)) AND (${ACTIVE} OR at >= @since) LIMIT 1
  `)
    .pluck();
  return {
    stop: write(({ scope, name, by }: Pick<Pause, "scope" | "name" | "by">) => {
      stop.run({ scope, name, by, now: clock.now() });
      tell("stopped", scope === "agent" ? { agent: name } : {}, { scope, name, by });
    }),
    stoppedBy: read((agent: string, since: number) => stoppedBy.get({ agent, since, now: clock.now() })),
    pause: write((wanted: Omit<Pause, "at">) => {
      pause.run({ ...wanted, at: clock.now() });
      tell("paused", wanted.scope === "agent" ? { agent: wanted.name } : {}, { ...wanted });
    }),
    resume: write((scope: Pause["scope"], name: string) => {
      if (resume.run(scope, name).changes === 1)
        tell("resumed", scope === "agent" ? { agent: name } : {}, { scope, name });
    }),
    active: read(() => active.all({ now: clock.now() })),
    pausedBecause: read((agent: string, tool?: string) => activePause(agent, clock.now(), tool)),
  };
}
