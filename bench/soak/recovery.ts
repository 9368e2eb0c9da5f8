/** How long a slot was lost whose holder was killed, by the feed. */
import type { Database } from "../../shared/sqlite/index.ts";

export type Kill = { name: string; at: number };
/** From the kill, ms: until the slot was free again, and until somebody held the root again or the claim had ended. Infinity for never. */
export type Recovery = { freeMs: number; heldAgainMs: number };

type Told = { at: number; kind: string; agent: string | null; claim: number; root: number; tier: number };

const FREES = ["claim expired", "delivery given up"];
/** A reply that was committed before its sender died is sent when it is back; a claim that nobody can bring to its end has failed. */
const ENDS = ["claim sent", "claim failed", "claim yielded", "claim withdrawn"];

/** One for every slot whose holder was killed. */
export function recoveries(db: Database, kills: readonly Kill[]): Recovery[] {
  const told = db
    .prepare<[], Told>(`
      SELECT events.at, events.kind, events.agent, claims.id AS claim, claims.root, claims.tier
      FROM events JOIN claims ON claims.id = json_extract(events.detail, '$.claim')
      WHERE events.kind LIKE 'claim %' OR events.kind IN ('reply committed', 'delivery given up')
      ORDER BY events.id
    `)
    .all();
  return kills.flatMap(({ name, at }) =>
    heldBy(name, at, told).map((lost) => {
      const after = (isIt: (event: Told) => boolean) =>
        (told.find((event) => event.at > at && isIt(event))?.at ?? Number.POSITIVE_INFINITY) - at;
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
function heldBy(name: string, at: number, told: readonly Told[]): Told[] {
  const last = new Map<number, Told>();
  for (const event of told) if (event.agent === name && event.tier > 1 && event.at <= at) last.set(event.claim, event);
  return [...last.values()].filter(({ kind }) => kind === "claim held" || kind === "reply committed");
}
