/** Asks about risky calls in the private chat itself, and waits there for the decision, which an owner may give anywhere. */
import { questionOf, refusalOf } from "../shared/agent/index.ts";
import type { Clock } from "../shared/base/index.ts";
import type { Approver } from "../shared/engine/index.ts";
import type { Approval, Ledger } from "../shared/ledger/index.ts";
import { untilDecided } from "./until-decided.ts";

type Deps = {
  ledger: Pick<Ledger, "approvals" | "changes">;
  clock: Clock;
  /** Shows the question to the person. */
  show(approval: Approval): void;
  signal: AbortSignal;
};

/** A private chat has no message in the ledger, so no turn can be parked there: this one waits as long as the question stands. */
export function createPrivateApprover({ ledger, clock, show, signal }: Deps): Approver {
  return {
    async ask(request) {
      const asked = await ledger.approvals.ask(questionOf(request, null));
      if (asked.state === "pending") show(asked);
      const approval = await untilDecided({ ledger, clock }, asked, signal);
      if (approval.state === "granted") return { kind: "granted", by: approval.by };
      if (approval.state !== "pending") return { kind: "denied", because: refusalOf(approval) };
      const because = "the turn was stopped";
      // A person who stopped the turn has answered the question as well; a process that ends asks again in its next life.
      if (typeof signal.reason === "string")
        await ledger.approvals.decide(asked.id, { granted: false, by: request.context.agent, said: because });
      return { kind: "denied", because };
    },
  };
}
