/** Asks about risky calls in the private chat itself, and waits there for the decision, which an owner may give anywhere. */
import { questionOf, refusalOf } from "../shared/agent/index.ts";
import type { Clock } from "../shared/base/index.ts";
import type { Approver } from "../shared/engine/index.ts";
import { APPROVAL_MS, type Approval, type Ledger } from "../shared/ledger/index.ts";

type Deps = {
  ledger: Pick<Ledger, "approvals" | "changes">;
  clock: Clock;
  /** Shows the question to the person. */
  show(approval: Approval): void;
  signal: AbortSignal;
};

/** How often time is looked at while nobody decides; a decision itself is noticed at once. */
const LOOK_EVERY_MS = 30_000;

/** A private chat has no message in the ledger, so no turn can be parked there: this one waits, an hour at most. */
export function createPrivateApprover({ ledger: { approvals, changes }, clock, show, signal }: Deps): Approver {
  async function settled(id: number): Promise<Approval | undefined> {
    const until = clock.now() + APPROVAL_MS;
    while (!signal.aborted) {
      const seen = changes.version();
      const approval = await approvals.get(id);
      if (approval === undefined || approval.state !== "pending") return approval;
      if (clock.now() >= until) await approvals.expire();
      else await changes.past(seen, { signal, atMostMs: Math.min(LOOK_EVERY_MS, until - clock.now()) });
    }
    return undefined;
  }

  return {
    async ask(request) {
      const asked = await approvals.ask(questionOf(request, null));
      if (asked.state === "pending") show(asked);
      const approval = await settled(asked.id);
      if (approval?.state === "granted") return { kind: "granted", by: approval.by };
      // Whoever stopped the turn has answered the question as well.
      if (approval === undefined) {
        await approvals.decide(asked.id, { granted: false, by: request.context.agent, said: "the turn was stopped" });
        return { kind: "denied", because: "the turn was stopped" };
      }
      return { kind: "denied", because: refusalOf(approval) };
    },
  };
}
