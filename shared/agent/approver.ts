/** Asks a person about risky calls through the ledger: the turn parks, and goes on when somebody has decided. */
import type { ApprovalRequest, Approver } from "../engine/index.ts";
import type { Approval, ApprovalAsk, Ledger } from "../ledger/index.ts";

/** `message` is the one whose answer needs the call; null when no message began the work. */
export function createApprover({ approvals }: Pick<Ledger, "approvals">, message: number | null): Approver {
  return {
    async ask(request) {
      const approval = await approvals.ask(questionOf(request, message));
      switch (approval.state) {
        case "pending":
          return { kind: "waiting", approval: approval.id };
        case "granted":
          return { kind: "granted", by: approval.by };
        case "denied":
        case "expired":
          return { kind: "denied", because: refusalOf(approval) };
      }
    },
  };
}

/** The request as a row; `message` is null where no room asks. */
export function questionOf({ tool, call, because, context }: ApprovalRequest, message: number | null): ApprovalAsk {
  return {
    agent: context.agent,
    turn: context.turnId,
    call: call.id,
    tool: tool.name,
    arguments: call.arguments,
    message,
    because,
    sources: context.sources,
  };
}

/** Who said no, and why. */
export function refusalOf({ by, said }: Approval): string {
  const who = by === "" ? "no person has allowed it" : `${by} did not allow it`;
  return said === "" ? who : `${who}: ${said}`;
}

/** What a room reads while a turn waits. Marks and names, no sentence: the persona's language is not ours to choose. */
export function waitingNotice({ id, tool, arguments: asked, because }: Approval): string {
  return `⏸ #${id} ${tool} ${asked}\n${because}\n/approve ${id} · /deny ${id}`;
}
