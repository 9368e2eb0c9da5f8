/** What several parts of a page ask the ledger for: read once a page, and what only a new event changes once an event. */
import type { EndedClaim, Ledger, PlanWaits, SpendSum } from "../../shared/ledger/index.ts";

export type Once = {
  /** Calls and dollars per agent since this time. */
  spent(since: number): Promise<readonly SpendSum[]>;
  /** Every claim that ended since this time, oldest first. */
  ended(since: number): Promise<readonly EndedClaim[]>;
  /** What of the plans waits for a person. */
  planWaits(): Promise<readonly PlanWaits[]>;
};

/** Call the result for each page. */
export function createOnce(ledger: Ledger): () => Once {
  // A claim ends with an event of its own, so these are the same until there is a newer one.
  let known: { since: number; event: number; claims: readonly EndedClaim[] } | undefined;

  async function ended(since: number): Promise<readonly EndedClaim[]> {
    const event = await ledger.events.last();
    if (known?.since !== since || known.event !== event)
      known = { since, event, claims: await ledger.outcomes.endedClaims(since) };
    return known.claims;
  }

  return () => {
    const spent = new Map<number, Promise<readonly SpendSum[]>>();
    let waits: Promise<readonly PlanWaits[]> | undefined;
    return {
      ended,
      spent(since) {
        const read = spent.get(since) ?? ledger.spend.since(since);
        spent.set(since, read);
        return read;
      },
      planWaits() {
        waits ??= ledger.plans.waits();
        return waits;
      },
    };
  };
}
