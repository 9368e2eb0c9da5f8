/** In which order volunteers get the slots of a root. */
import type { Claim } from "../types.ts";

/** Tier, then time, then name: the order of `front` in `take.ts`, for whoever reads claims instead of taking slots. A test holds the two together. */
export function byRank(
  one: Pick<Claim, "tier" | "eta" | "agent">,
  other: Pick<Claim, "tier" | "eta" | "agent">,
): number {
  return (
    one.tier - other.tier || one.eta - other.eta || (one.agent < other.agent ? -1 : Number(one.agent > other.agent))
  );
}
