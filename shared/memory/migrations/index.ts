import type { Migration } from "../../sqlite/index.ts";
import { sessions } from "./0001-sessions.ts";
import { facts } from "./0002-facts.ts";
import { graph } from "./0003-graph.ts";
import { work } from "./0004-work.ts";
import { successors } from "./0005-successors.ts";
import { compactions } from "./0006-compactions.ts";
import { unsettled } from "./0007-unsettled.ts";
import { cited } from "./0008-cited.ts";
import { aliases } from "./0009-aliases.ts";
import { setAside } from "./0010-set-aside.ts";
import { moreWork } from "./0011-more-work.ts";

/** In order; a released one never changes. */
export const migrations: readonly Migration[] = [
  sessions,
  facts,
  graph,
  work,
  successors,
  compactions,
  unsettled,
  cited,
  aliases,
  setAside,
  moreWork,
];
