import type { Migration } from "../../sqlite/index.ts";
import { ground } from "./0001-ground.ts";
import { workingTogether } from "./0002-working-together.ts";
import { telegram } from "./0003-telegram.ts";
import { sharedFacts } from "./0004-shared-facts.ts";
import { reservations } from "./0005-reservations.ts";
import { approvals } from "./0006-approvals.ts";
import { jobs } from "./0007-jobs.ts";
import { standingWork } from "./0008-standing-work.ts";
import { plans } from "./0009-plans.ts";
import { auditHeadsAndProviders } from "./0010-audit-heads-and-providers.ts";
import { tide } from "./0011-tide.ts";
import { caughtUp } from "./0012-caught-up.ts";
import { acknowledgements } from "./0013-acknowledgements.ts";
import { seenAtAGlance } from "./0014-seen-at-a-glance.ts";
import { toldOrNot } from "./0015-told-or-not.ts";

/** In order; a released one never changes. */
export const migrations: readonly Migration[] = [
  ground,
  workingTogether,
  telegram,
  sharedFacts,
  reservations,
  approvals,
  jobs,
  standingWork,
  plans,
  auditHeadsAndProviders,
  tide,
  caughtUp,
  acknowledgements,
  seenAtAGlance,
  toldOrNot,
];
