/** The roster: who is in the swarm, and who is alive. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import type { Tell } from "./events.ts";
import { ALIVE_MS, GONE_MS } from "./limits.ts";
import type { AgentCard, AgentRow, Message } from "./types.ts";

export interface Agents {
  /**
   * A process of this agent starts: writes its card, raises its epoch and returns it. Whoever is not of these members and not
   * alive has left the swarm, until it arrives again.
   */
  arrive(card: AgentCard, pid: number, members?: readonly string[]): Promise<number>;
  /** "I am alive." False when a newer process of the same agent has arrived: then this one must end. */
  beat(name: string, epoch: number): Promise<boolean>;
  /** This agent's process waits for something that passes, such as room on its disk: told in the feed, as soon as that can be written … */
  waits(name: string, because: string): Promise<void>;
  /** … and that it goes on. */
  goesOn(name: string, waitedMs: number): Promise<void>;
  /** The process ends on purpose. */
  leave(name: string, epoch: number): Promise<void>;
  /** All agents that ever arrived and have not left the swarm, by name. */
  roster(): Promise<AgentRow[]>;
  /** Every message up to this one is dealt with by this agent. Never goes back. */
  moveCursor(name: string, seq: number): Promise<void>;
}

type Row = Omit<AgentRow, keyof AgentCard | "firstAt" | "upAt" | "beatAt" | "alive"> & {
  member: 0 | 1;
  name: string;
  role: string;
  card: string;
  first_at: number;
  up_at: number;
  beat_at: number;
};

/**
 * Whether an agent heard what was recorded then, or hears it yet: it had arrived before, and was not away for long. What it
 * has dealt with it has heard in any case.
 */
export function hears({ firstAt, beatAt, alive }: AgentRow, { recordedAt }: Pick<Message, "recordedAt">): boolean {
  return firstAt <= recordedAt && (alive || beatAt >= recordedAt - GONE_MS);
}

/**
 * SQL that is true for an agent row that is alive at the time bound as @now. A beat from the future (the clock jumped
 * back) is no sign of life: the next beat, two seconds later, is.
 */
export const ALIVE_SQL = `(agents.state = 'up' AND abs(@now - agents.beat_at) <= ${ALIVE_MS})`;

/** `hears` as SQL, of rows of `agents` and `messages`. */
export const HEARS_SQL = `(agents.member = 1 AND agents.first_at <= messages.recorded_at
  AND (${ALIVE_SQL} OR agents.beat_at >= messages.recorded_at - ${GONE_MS}))`;

export function createAgents(
  db: Database,
  { read, write, writeQuietly, writeLightly }: Atomic,
  clock: Clock,
  tell: Tell,
): Agents {
  const arrive = db
    .prepare<[Record<string, string | number>], number>(`
    INSERT INTO agents (name, role, card, epoch, pid, state, first_at, up_at, beat_at)
    VALUES (@name, @role, @card, 1, @pid, 'up', @now, @now, @now)
    ON CONFLICT (name) DO UPDATE SET
      role = @role, card = @card, epoch = epoch + 1, pid = @pid, state = 'up', up_at = @now, beat_at = @now, member = 1
    RETURNING epoch
  `)
    .pluck();
  const beat = db.prepare("UPDATE agents SET beat_at = ?, state = 'up' WHERE name = ? AND epoch = ?");
  const leave = db.prepare("UPDATE agents SET state = 'down' WHERE name = ? AND epoch = ?");
  const depart = db
    .prepare<[Record<string, string | number>], string>(`
    UPDATE agents SET member = 0
    WHERE member = 1 AND NOT ${ALIVE_SQL} AND name NOT IN (SELECT value FROM json_each(@members)) RETURNING name
  `)
    .pluck();
  const roster = db.prepare<[], Row>("SELECT * FROM agents WHERE member = 1 ORDER BY name");
  const moveCursor = db.prepare("UPDATE agents SET cursor = @seq WHERE name = @name AND cursor < @seq");

  return {
    arrive: write((card: AgentCard, pid: number, members?: readonly string[]) => {
      const { name, role, ...rest } = card;
      const now = clock.now();
      const epoch = arrive.get({ name, role, card: JSON.stringify(rest), pid, now });
      tell("agent arrived", { agent: name }, { epoch });
      const departed = members === undefined ? [] : depart.all({ members: JSON.stringify(members), now });
      for (const agent of departed) tell("agent departed", { agent });
      return epoch ?? 1;
    }),
    beat: writeLightly((name: string, epoch: number) => beat.run(clock.now(), name, epoch).changes === 1),
    waits: write((name: string, because: string) => tell("agent waits", { agent: name }, { because })),
    goesOn: write((name: string, waitedMs: number) => tell("agent goes on", { agent: name }, { waitedMs })),
    leave: write((name: string, epoch: number) => {
      if (leave.run(name, epoch).changes === 1) tell("agent left", { agent: name }, { epoch });
    }),
    roster: read(() => roster.all().map((row) => fromRow(row, clock.now()))),
    moveCursor: writeQuietly((name: string, seq: number) => void moveCursor.run({ name, seq })),
  };
}

function fromRow({ card, first_at, up_at, beat_at, member: _, ...row }: Row, now: number): AgentRow {
  return {
    ...(JSON.parse(card) as Omit<AgentCard, "name" | "role">),
    ...row,
    firstAt: first_at,
    upAt: up_at,
    beatAt: beat_at,
    alive: row.state === "up" && Math.abs(now - beat_at) <= ALIVE_MS,
  };
}
