export type { Changes } from "../sqlite/index.ts";
export type { Acknowledgements } from "./acknowledgements.ts";
export { type Agents, hears } from "./agents.ts";
export type { ApprovalAsk, Approvals } from "./approvals.ts";
export type { Assignments } from "./assignments/assignments.ts";
export type { Given, Giving } from "./assignments/give.ts";
export type { AuditHead, AuditHeads } from "./audit-heads.ts";
export type { Bid, Claims, Held } from "./claims/claims.ts";
export type { Taking } from "./claims/moves.ts";
export { byRank } from "./claims/rank.ts";
export type { Controls } from "./controls.ts";
export { amountOf, digitsOf } from "./currency.ts";
export { type Decided, decisionsOn, type Verdict } from "./decision.ts";
export type { Deliveries, Delivery, Saying, Severity } from "./deliveries.ts";
export type { Draft, Drafts } from "./drafts.ts";
export type { Events } from "./events.ts";
export { type Finding, findingSchema, type Order, orderSchema } from "./finding.ts";
export type { FloodWait, FloodWaits } from "./flood-waits.ts";
export type { Grants } from "./grants.ts";
export { type JobStanding, type Jobs, MUTED, type Note } from "./jobs.ts";
export type { Asking, JudgementKey, Judgements } from "./judgements.ts";
export { type Ledger, openLedger } from "./ledger.ts";
export {
  ALIVE_MS,
  APPROVAL_MS,
  ASSIGNMENT_DEADLINE_MS,
  BEAT_EVERY_MS,
  CLAIM_ATTEMPTS_MAX,
  DECIDE_GRACE_MS,
  DELIVERY_DOUBT_MS,
  IMPLICIT_REPLIES_MAX,
  JUDGE_ATTEMPTS_MAX,
  JUDGE_LEASE_MS,
  LEASE_MS,
  MESSAGE_CHARACTERS_MAX,
  PEER_REPLIES_MAX,
  REACTION_COOLDOWN_MS,
  RENEW_EVERY_MS,
} from "./limits.ts";
export { LINK_MS, type Logins, SESSION_MS } from "./logins.ts";
export type { Messages } from "./messages.ts";
export { migrations as ledgerMigrations } from "./migrations/index.ts";
export {
  type Occurrence,
  type OccurrenceEnd,
  type OccurrenceState,
  type Occurrences,
  type Planned,
  RUN_RENEW_MS,
} from "./occurrences.ts";
export type { Outbox } from "./outbox.ts";
export type { EndedClaim, Outcomes } from "./outcomes.ts";
export { whyUnsaid, YOU } from "./person.ts";
export type { Looked, PlanLook } from "./plans/looks.ts";
export {
  type PlanDraft,
  type PlanWait,
  planShape,
  type StepDraft,
  stepShape,
  tellWait,
} from "./plans/plan-draft.ts";
export type { Plan, PlanState, PlanStep, PlanStepState } from "./plans/plan-moves.ts";
export { type Planned as PlanWritten, type Plans, type PlanWaits, planKey } from "./plans/plans.ts";
export { draftOf, type PlanStory } from "./plans/rows.ts";
export type { PlanWord } from "./plans/words.ts";
export type { ProviderStanding, Providers } from "./providers.ts";
export type { Purchase, Purchases } from "./purchases.ts";
export type { Reaction, Reactions } from "./reactions.ts";
export type { Lengths, SwarmReport } from "./report.ts";
export { budgetDay, type Caps, forecast } from "./reservations.ts";
export type { MovedSharedFact, SharedFacts } from "./shared-facts.ts";
export type { Expense, Spend, SpendSum } from "./spend.ts";
export { type Sent, type Story, storyOf } from "./story.ts";
export type { Supervisor, SupervisorState } from "./supervisor.ts";
export type {
  AgentCard,
  AgentRow,
  Approval,
  ApprovalState,
  Assignment,
  AssignmentKind,
  AssignmentState,
  Claim,
  ClaimState,
  Grant,
  Heard,
  Judgement,
  LedgerEvent,
  Message,
  Outcome,
  OutcomeKind,
  Parcel,
  Pause,
  Scores,
  Sender,
  SenderKind,
  SubjectWatch,
  Tier,
} from "./types.ts";
export type { Watches } from "./watches.ts";
