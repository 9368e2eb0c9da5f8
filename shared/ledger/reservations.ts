/**
 * The caps on money: what a model call may cost at worst is reserved before it, in the transaction that looks whether it
 * fits, so that spend plus reservations never exceed a cap, over all processes (I6).
 */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import { SPEND_SESSION_MS, WARN_FROM } from "./limits.ts";

/** Dollars that may be spent; 0 for an agent means that only the swarm's cap counts. */
export type Caps = { dayUsd: number; sessionUsd: number; agentDayUsd: number };

export type Ask = {
  agent: string;
  /** What it is for: judge, answer, … */
  purpose: string;
  /** The room whose session pays; empty outside a room. */
  room: string;
  /** What the call costs at most: a reservation that is too small breaks the promise. */
  worstUsd: number;
};

type Reserved =
  | {
      reserved: true;
      id: number;
      /** From 80 % of any cap on: the cheaper tier answers. */
      sparing: boolean;
    }
  | {
      reserved: false;
      /** Which cap, with the numbers, and when there is room again. */
      because: string;
      /** When the cap that refused it has room again, at the latest. */
      roomAgainAt: number;
    };

export interface Reservations {
  /** Sets the worst case aside if it fits under every cap. A day is one of UTC, a session a rolling window. */
  reserve(ask: Ask, caps: Caps): Promise<Reserved>;
  /** The call has ended and cost this: the reservation shrinks to it, and waits to be booked with `spend.add`. */
  settle(id: number, costUsd: number): Promise<void>;
}

const DAY_MS = 24 * 60 * 60_000;
/** Sums of many small numbers are this inexact. */
const ROUNDING_USD = 1e-9;

type Cap = { name: string; capUsd: number; takenUsd: number; roomAgainAt: number };

export function createReservations(db: Database, { writeQuietly }: Atomic, clock: Clock): Reservations {
  const sum = (sql: string) => db.prepare<[Record<string, string | number>], number>(sql).pluck();
  const ofDay = sum(`
    SELECT coalesce((SELECT sum(cost_usd) FROM spend WHERE at >= @since), 0)
         + coalesce((SELECT sum(usd) FROM reservations WHERE at >= @since), 0)
  `);
  const ofAgent = sum(`
    SELECT coalesce((SELECT sum(cost_usd) FROM spend WHERE at >= @since AND agent = @agent), 0)
         + coalesce((SELECT sum(usd) FROM reservations WHERE at >= @since AND agent = @agent), 0)
  `);
  const ofSession = sum(`
    SELECT coalesce((SELECT sum(cost_usd) FROM spend JOIN messages ON seq = message
                     WHERE spend.at >= @since AND room = @room), 0)
         + coalesce((SELECT sum(usd) FROM reservations WHERE at >= @since AND room = @room), 0)
  `);
  const insert = db.prepare(`
    INSERT INTO reservations (at, agent, purpose, room, state, usd)
    VALUES (@at, @agent, @purpose, @room, 'open', @worstUsd)
  `);
  const shrink = db.prepare("UPDATE reservations SET state = 'settled', usd = ? WHERE id = ? AND state = 'open'");

  const capsOf = ({ agent, room }: Ask, caps: Caps, now: number): Cap[] => {
    const { from: today, until: tomorrow } = budgetDay(now);
    const cap = (name: string, capUsd: number, takenUsd: number | undefined, roomAgainAt: number): Cap => ({
      name,
      capUsd,
      takenUsd: takenUsd ?? 0,
      roomAgainAt,
    });
    return [
      cap("the swarm's day", caps.dayUsd, ofDay.get({ since: today }), tomorrow),
      ...(caps.agentDayUsd === 0
        ? []
        : [cap(`${agent}'s day`, caps.agentDayUsd, ofAgent.get({ since: today, agent }), tomorrow)]),
      ...(room === ""
        ? []
        : [
            cap(
              "this session",
              caps.sessionUsd,
              ofSession.get({ since: now - SPEND_SESSION_MS, room }),
              now + SPEND_SESSION_MS,
            ),
          ]),
    ];
  };

  return {
    reserve: writeQuietly((ask: Ask, caps: Caps): Reserved => {
      const now = clock.now();
      const all = capsOf(ask, caps, now);
      // Written so that a number that is none refuses.
      const full = all.find(({ capUsd, takenUsd }) => !(takenUsd + ask.worstUsd <= capUsd + ROUNDING_USD));
      if (full !== undefined)
        return { reserved: false, because: refusal(full, ask.worstUsd), roomAgainAt: full.roomAgainAt };
      const { lastInsertRowid } = insert.run({ ...ask, at: now });
      const sparing = all.some(({ capUsd, takenUsd }) => takenUsd + ask.worstUsd >= WARN_FROM * capUsd);
      return { reserved: true, id: Number(lastInsertRowid), sparing };
    }),
    settle: writeQuietly((id: number, costUsd: number) => void shrink.run(costUsd, id)),
  };
}

function refusal({ name, capUsd, takenUsd, roomAgainAt }: Cap, worstUsd: number): string {
  const dollars = (usd: number) => `$${usd.toFixed(usd < 0.1 ? 4 : 2)}`;
  const when = new Date(roomAgainAt).toISOString().slice(0, 16).replace("T", " ");
  return `this call may cost ${dollars(worstUsd)}, and of ${name} ${dollars(takenUsd)} of ${dollars(capUsd)} are spent or set aside; there is room again by ${when} UTC`;
}

/** The day whose money counts at this time, in milliseconds: one of UTC, the same for processes in all zones. */
export function budgetDay(now: number): { from: number; until: number } {
  const from = Math.floor(now / DAY_MS) * DAY_MS;
  return { from, until: from + DAY_MS };
}

/** When a cap is reached at the rate of the last hour; undefined while nothing is spent or it lasts past the end of the budget's day. */
export function forecast(
  spent: { todayUsd: number; lastHourUsd: number },
  capUsd: number,
  now: number,
): number | undefined {
  if (spent.lastHourUsd <= 0) return undefined;
  const reachedAt = now + (Math.max(0, capUsd - spent.todayUsd) / spent.lastHourUsd) * 60 * 60_000;
  return reachedAt < budgetDay(now).until ? reachedAt : undefined;
}
