/** Waits where a person's decision is needed and no turn can be parked. */
import type { Clock } from "../shared/base/index.ts";
import type { Approval, Ledger } from "../shared/ledger/index.ts";

type Deps = { ledger: Pick<Ledger, "approvals" | "changes">; clock: Clock };

/** How often time is looked at while nobody decides; a decision itself is noticed at once. */
const LOOK_EVERY_MS = 30_000;

/** The approval once it is decided or has expired; what was decided when it was asked for stays as it is. Still pending when the signal said stop. */
export async function untilDecided(
  { ledger: { approvals, changes }, clock }: Deps,
  asked: Approval,
  signal: AbortSignal,
): Promise<Approval> {
  let approval = asked;
  while (approval.state === "pending" && !signal.aborted) {
    const seen = changes.version();
    approval = (await approvals.get(asked.id)) ?? { ...asked, state: "expired", said: "it is not known any more" };
    if (approval.state !== "pending") break;
    const leftMs = approval.expiresAt - clock.now();
    if (leftMs <= 0) await approvals.expire();
    else await changes.past(seen, { signal, atMostMs: Math.min(LOOK_EVERY_MS, leftMs) });
  }
  return approval;
}
