/** The ledger: the one file every process writes. What agents know of each other, they know from here. */
import { type Clock, type Random, systemRandom } from "../base/index.ts";
import {
  atomic,
  type Changes,
  type Database,
  type Durability,
  migrate,
  openDatabase,
  type Watch,
  watchDatabase,
} from "../sqlite/index.ts";
import { type Agents, createAgents } from "./agents.ts";
import { type Approvals, createApprovals } from "./approvals.ts";
import { type Assignments, createAssignments, createGive } from "./assignments.ts";
import { type Claims, createClaims } from "./claims.ts";
import { type Controls, createControls } from "./controls.ts";
import { createDelivered } from "./delivered.ts";
import { createDeliveries, type Deliveries } from "./deliveries.ts";
import { createDrafts, type Drafts } from "./drafts.ts";
import { createEvents, createTell, type Events } from "./events.ts";
import { createFloodWaits, type FloodWaits } from "./flood-waits.ts";
import { createGrants, type Grants } from "./grants.ts";
import { createJobs, type Jobs } from "./jobs.ts";
import { createJudgements, type Judgements } from "./judgements.ts";
import { createLogins, type Logins } from "./logins.ts";
import { createMessages, createRecord, type Messages } from "./messages.ts";
import { migrations } from "./migrations/index.ts";
import { createOccurrences, type Occurrences } from "./occurrences.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { createOutcomes, createPutOutcome, type Outcomes } from "./outcomes.ts";
import { createReactions, type Reactions } from "./reactions.ts";
import { createReport, type Report } from "./report.ts";
import { createRetention, type Retention } from "./retention.ts";
import { createSharedFacts, type SharedFacts } from "./shared-facts.ts";
import { createSpend, type Spend } from "./spend.ts";
import { createSupervisor, type Supervisor } from "./supervisor.ts";
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
  readonly retention: Retention;
  readonly spend: Spend;
  readonly events: Events;
  readonly logins: Logins;
  readonly floodWaits: FloodWaits;
  readonly reactions: Reactions;
  readonly supervisor: Supervisor;
  /** The figures of a stretch of time. */
  readonly report: Report;
  /** Rises when any process wrote. */
  readonly changes: Changes;
  /** Moves what it can from the WAL into the file without waiting for anybody. */
  checkpoint(): Promise<void>;
  close(): void;
}

export type LedgerOptions = {
  path: string;
  clock: Clock;
  random?: Random;
  /** FULL unless the operator chose speed over the last commits before a power cut (SWARM_SYNC=normal). */
  durability?: Durability;
  /** How changes are noticed; the simulator brings its own. */
  watch?: Watch;
  /** Sets up the connection once it is open, for whoever wants other limits than a process has: the simulator. */
  tune?(db: Database): void;
};

/** Opens, creates and migrates the ledger. Throws DatabaseUnusable or SchemaMismatch with the next step. */
export async function openLedger({
  path,
  clock,
  random = systemRandom,
  durability = "full",
  watch,
  tune,
}: LedgerOptions): Promise<Ledger> {
  const db = openDatabase(path, { durability });
  try {
    tune?.(db);
    await migrate(db, { what: `The ledger ${path}`, migrations, clock });
  } catch (error) {
    db.close();
    throw error;
  }
  const changes = watch ?? watchDatabase(db, clock);
  const steps = atomic(db, { clock, random, onWrite: changes.touch });
  const tell = createTell(db, clock);
  const record = createRecord(db, clock, tell);
  const putOutcome = createPutOutcome(db, clock, tell);
  const give = createGive(db, clock, tell);
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
    claims: createClaims({ db, atomic: steps, clock, tell, putOutcome }),
    assignments: createAssignments({ db, atomic: steps, clock, tell }),
    watches: createWatches({ db, atomic: steps, clock, tell, give }),
    approvals: createApprovals({ db, atomic: steps, clock, tell, give }),
    sharedFacts: createSharedFacts(db, steps),
    grants: createGrants(db, steps, clock, tell),
    drafts: createDrafts(db, steps),
    outbox: createOutbox({ db, atomic: steps, clock, record, delivered }),
    outcomes: createOutcomes(db, steps, putOutcome),
    controls: createControls(db, steps, clock, tell),
    occurrences: createOccurrences(db, steps, clock, tell),
    jobs: createJobs(db, steps, clock, tell),
    deliveries: createDeliveries(db, steps, clock, tell),
    retention: createRetention(db, steps),
    spend: createSpend(db, steps, clock),
    events: createEvents(db, steps),
    logins: createLogins(db, steps, clock, tell),
    floodWaits: createFloodWaits(db, steps, clock),
    reactions: createReactions(db, steps, clock, tell),
    supervisor: createSupervisor(db, steps, clock),
    report: createReport(db, steps),
    changes,
    checkpoint: async () => void db.pragma("wal_checkpoint(PASSIVE)"),
    close() {
      changes.close();
      db.close();
    },
  };
}
