/** The ledger: the one file every process writes. What agents know of each other, they know from here. */
import { existsSync } from "node:fs";
import { type Clock, messageOf, type Random, systemRandom } from "../base/index.ts";
import {
  atomic,
  type Changes,
  type Database,
  type Durability,
  migrate,
  openDatabase,
  type Patience,
  type Watch,
  watchDatabase,
} from "../sqlite/index.ts";
import { type Acknowledgements, createAcknowledgements } from "./acknowledgements.ts";
import { type Agents, createAgents } from "./agents.ts";
import { type Approvals, createApprovals } from "./approvals.ts";
import { type Assignments, createAssignments } from "./assignments/assignments.ts";
import { createGive } from "./assignments/give.ts";
import { type AuditHeads, createAuditHeads } from "./audit-heads.ts";
import { type Claims, createClaims } from "./claims/claims.ts";
import { type Controls, createControls } from "./controls.ts";
import { createDelivered } from "./delivered.ts";
import { createDeliveries, createSay, type Deliveries } from "./deliveries.ts";
import { createDrafts, type Drafts } from "./drafts.ts";
import { createEvents, createTell, type Events } from "./events.ts";
import { createFloodWaits, type FloodWaits } from "./flood-waits.ts";
import { createGrants, type Grants } from "./grants.ts";
import { createJobs, createRemember, type Jobs } from "./jobs.ts";
import { createJudgements, type Judgements } from "./judgements.ts";
import { APPROVAL_MS } from "./limits.ts";
import { createLogins, type Logins } from "./logins.ts";
import { createMessages, createRecord, type Messages } from "./messages.ts";
import { migrations } from "./migrations/index.ts";
import { createOccurrences, type Occurrences } from "./occurrences.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { createOutcomes, createPutOutcome, type Outcomes } from "./outcomes.ts";
import { createParcels } from "./parcels.ts";
import { createPlans, type Plans } from "./plans/plans.ts";
import { createProviders, type Providers } from "./providers.ts";
import { createMarkAsked, createPurchases, type Purchases } from "./purchases.ts";
import { createReactions, type Reactions } from "./reactions.ts";
import { createReport, type Report } from "./report.ts";
import { createRetention, type Retention } from "./retention.ts";
import { createSharedFacts, type SharedFacts } from "./shared-facts.ts";
import { createSpend, type Spend } from "./spend.ts";
import { createSupervisor, type Supervisor } from "./supervisor.ts";
import { createTide } from "./tide.ts";
import { createWatches, type Watches } from "./watches.ts";

export interface Ledger {
  readonly agents: Agents;
  readonly messages: Messages;
  readonly judgements: Judgements;
  readonly claims: Claims;
  readonly assignments: Assignments;
  readonly watches: Watches;
  readonly approvals: Approvals;
  readonly sharedFacts: SharedFacts;
  readonly grants: Grants;
  readonly drafts: Drafts;
  readonly outbox: Outbox;
  readonly outcomes: Outcomes;
  readonly controls: Controls;
  readonly occurrences: Occurrences;
  readonly jobs: Jobs;
  readonly deliveries: Deliveries;
  readonly purchases: Purchases;
  readonly plans: Plans;
  readonly retention: Retention;
  readonly spend: Spend;
  readonly events: Events;
  readonly logins: Logins;
  readonly auditHeads: AuditHeads;
  readonly providers: Providers;
  readonly floodWaits: FloodWaits;
  readonly reactions: Reactions;
  readonly supervisor: Supervisor;
  readonly acknowledgements: Acknowledgements;
  /** The figures of a stretch of time. */
  readonly report: Report;
  /** Rises when any process wrote. */
  readonly changes: Changes;
  /** Why this process cannot work with the file right now; undefined when it can. */
  unready(): string | undefined;
  /** Moves what it can from the WAL into the file without waiting for anybody. */
  checkpoint(): Promise<void>;
  close(): void;
}

type Options = {
  path: string;
  clock: Clock;
  random?: Random;
  /** FULL unless the operator chose speed over the last commits before a power cut (SWARM_SYNC=normal). */
  durability?: Durability;
  /** A call that nobody decides about is denied after this. */
  approvalMs?: number;
  /** How changes are noticed; the simulator brings its own. */
  watch?: Watch;
  /** Waits out a full disk or a lock that somebody keeps; without it such a step rejects. */
  patience?: Patience | undefined;
  /** Sets up the connection once it is open, for whoever wants other limits than a process has: the simulator. */
  tune?(db: Database): void;
};

/** Opens, creates and migrates the ledger. Throws DatabaseUnusable or SchemaMismatch with the next step. */
export async function openLedger({
  path,
  clock,
  random = systemRandom,
  durability = "full",
  approvalMs = APPROVAL_MS,
  watch,
  patience,
  tune,
}: Options): Promise<Ledger> {
  const db = openDatabase(path, { durability });
  try {
    tune?.(db);
    await migrate(db, { what: `The ledger ${path}`, migrations, clock });
  } catch (error) {
    db.close();
    throw error;
  }
  const tide = createTide(db);
  const changes = watch ?? watchDatabase(db, clock, { tide: tide.level });
  const steps = atomic(db, { clock, random, onWrite: changes.touch, mark: tide.rise, patience });
  const tell = createTell(db, clock);
  const record = createRecord(db, clock, tell);
  const putOutcome = createPutOutcome(db, clock, tell);
  const give = createGive(db, clock, tell);
  const remember = createRemember(db, clock);
  const markAsked = createMarkAsked(db, clock);
  const parcels = createParcels(db, clock);
  const say = createSay({ db, clock, tell, parcels, remember, markAsked });
  const delivered = createDelivered(db, clock, tell, putOutcome);
  const recordHeard: typeof record = (heard) => {
    const recorded = record(heard);
    if (recorded.fresh) delivered.seen(heard);
    return recorded;
  };
  return {
    agents: createAgents(db, steps, clock, tell),
    messages: createMessages(db, steps, clock, tell, recordHeard),
    judgements: createJudgements(db, steps, clock, tell),
    claims: createClaims({ db, atomic: steps, clock, tell, putOutcome, parcels }),
    assignments: createAssignments({ db, atomic: steps, clock, tell, give, say, parcels }),
    watches: createWatches({ db, atomic: steps, clock, tell, give }),
    approvals: createApprovals({ db, atomic: steps, clock, tell, give, expireMs: approvalMs }),
    sharedFacts: createSharedFacts(db, steps),
    grants: createGrants(db, steps, clock, tell),
    drafts: createDrafts(db, steps),
    outbox: createOutbox({ db, atomic: steps, clock, record, delivered, parcels }),
    outcomes: createOutcomes(db, steps, putOutcome),
    controls: createControls(db, steps, clock, tell),
    occurrences: createOccurrences(db, steps, clock, tell),
    jobs: createJobs({ db, atomic: steps, clock, tell, remember }),
    deliveries: createDeliveries(db, steps, say),
    purchases: createPurchases(db, steps, clock, tell),
    plans: createPlans({ db, atomic: steps, clock, tell, give }),
    retention: createRetention(db, steps),
    spend: createSpend(db, steps, clock),
    events: createEvents(db, steps),
    logins: createLogins(db, steps, clock, tell),
    auditHeads: createAuditHeads(db, steps, clock),
    providers: createProviders(db, steps, clock),
    floodWaits: createFloodWaits(db, steps, clock),
    reactions: createReactions(db, steps, clock, tell),
    supervisor: createSupervisor(db, steps, clock),
    acknowledgements: createAcknowledgements(db, steps, clock),
    report: createReport(db, steps, clock),
    changes,
    unready,
    checkpoint: steps.read(() => void db.pragma("wal_checkpoint(PASSIVE)")),
    close() {
      changes.close();
      db.close();
    },
  };

  function unready(): string | undefined {
    try {
      if (!existsSync(path)) return "its file is gone";
      const applied = db.prepare<[], string>("SELECT name FROM migrations ORDER BY name").pluck().all();
      return applied.join() === migrations.map(({ name }) => name).join()
        ? undefined
        : "its schema is another version's";
    } catch (error) {
      return messageOf(error);
    }
  }
}
