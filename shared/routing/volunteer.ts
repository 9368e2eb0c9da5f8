/** From a decision to a slot: place the claim, wait for its time, take the slot, or end. */
import type { Clock } from "../base/index.ts";
import type { Bid, Changes, Claim, Claims, Taking } from "../ledger/index.ts";

type Volunteering = { kind: "held"; claim: Claim; fence: number; attempt: number } | { kind: "ended"; because: string };

type Deps = { claims: Claims; changes: Changes; clock: Clock; cap: number; pace: number };

/** Resolves when the agent holds a slot or its claim has ended. Rejects with an AbortError when told to stop; the claim stays. */
export async function volunteer(
  { claims, changes, clock, cap, pace }: Deps,
  bid: Bid,
  signal: AbortSignal,
): Promise<Volunteering> {
  const claim = await claims.place(bid);
  while (true) {
    signal.throwIfAborted();
    const seen = changes.version();
    const taking: Taking = await claims.take(claim.id, { cap, pace });
    switch (taking.kind) {
      case "held":
        return { kind: "held", claim, fence: taking.fence, attempt: taking.attempt };
      case "ended":
        return { kind: "ended", because: taking.because };
      case "early":
        await clock.sleep(Math.max(1, taking.until - clock.now()), signal);
        break;
      case "waiting":
        await changes.past(seen, { signal, atMostMs: Math.max(1, taking.until - clock.now()) });
    }
  }
}
