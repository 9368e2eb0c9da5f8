import type { Migration } from "../../sqlite/index.ts";
import { ground } from "./0001-ground.ts";
import { workingTogether } from "./0002-working-together.ts";
import { telegram } from "./0003-telegram.ts";
import { sharedFacts } from "./0004-shared-facts.ts";
import { reservations } from "./0005-reservations.ts";
import { approvals } from "./0006-approvals.ts";
import { jobs } from "./0007-jobs.ts";

/** In order; a released one never changes. */
export const migrations: readonly Migration[] = [
  ground,
  workingTogether,
  telegram,
  sharedFacts,
  reservations,
  approvals,
  jobs,
];
