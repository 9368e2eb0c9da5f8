/** How long a slot was lost whose holder was killed, by the feed. */
import { systemClock } from "../../shared/base/index.ts";
import type { Database } from "../../shared/sqlite/index.ts";

/** The time is that of a clock that never jumps, ms; the event is the last that the feed had told by then. */
export type Moment = { at: number; event: number };
export type Kill = Moment & { name: string };
/** From the kill, ms: until the slot was free again, and until somebody held the root again or the claim had ended. Infinity for never. */
export type Recovery = { freeMs: number; heldAgainMs: number };

type Told = { id: number; kind: string; agent: string | null; claim: number; root: number; tier: number };

/** The feed tells the time of day, which a soak moves; so often somebody looks how far it is. */
const LOOK_EVERY_MS = 200;
const FREES = ["claim expired", "delivery given up"];
/** A reply that was committed before its sender died is sent when it is back; a claim that nobody can bring to its end has failed. */
const ENDS = ["claim sent", "claim failed", "claim yielded", "claim withdrawn"];

/** How far the feed is, now. */
export function momentOf(db: Database): Moment {
  const event = db.prepare<[], number | null>("SELECT max(id) FROM events").pluck().get() ?? 0;
  return { at: performance.now(), event };
}

/** Looks until the signal says stop. */
export async function followFeed(db: Database, over: AbortSignal): Promise<Moment[]> {
  const moments: Moment[] = [];
  while (!over.aborted) {
    moments.push(momentOf(db));
    await systemClock.sleep(LOOK_EVERY_MS, over).catch(() => {});
  }
  return moments;
}

/** One for every slot whose holder was killed. */
export function recoveries(db: Database, kills: readonly Kill[], moments: readonly Moment[]): Recovery[] {
  const told = db
    .prepare<[], Told>(`
      SELECT events.id, events.kind, events.agent, claims.id AS claim, claims.root, claims.tier
      FROM events JOIN claims ON claims.id = json_extract(events.detail, '$.claim')
      WHERE events.kind LIKE 'claim %' OR events.kind IN ('reply committed', 'delivery given up')
      ORDER BY events.id
    `)
    .all();
  const timeOf = (id: number) => moments.find(({ event }) => event >= id)?.at;
  return kills.flatMap((kill) =>
    heldBy(kill, told).map((lost) => {
      const after = (isIt: (event: Told) => boolean) => {
        const found = told.find((event) => event.id > kill.event && isIt(event));
        const at = found === undefined ? undefined : timeOf(found.id);
        return at === undefined ? Number.POSITIVE_INFINITY : Math.max(0, at - kill.at);
      };
      const heldAgainMs = after(
        ({ kind, claim, root, tier }) =>
          (kind === "claim held" && root === lost.root && tier > 1) || (ENDS.includes(kind) && claim === lost.claim),
      );
      const freeMs = after(({ kind, claim }) => FREES.includes(kind) && claim === lost.claim);
      return { freeMs: Math.min(freeMs, heldAgainMs), heldAgainMs };
    }),
  );
}

/** Claims on a slot that this agent held at this moment. */
function heldBy({ name, event: until }: Kill, told: readonly Told[]): Told[] {
  const last = new Map<number, Told>();
  for (const event of told)
    if (event.agent === name && event.tier > 1 && event.id <= until) last.set(event.claim, event);
  return [...last.values()].filter(({ kind }) => kind === "claim held" || kind === "reply committed");
}
