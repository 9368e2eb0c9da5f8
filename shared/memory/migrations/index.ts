import type { Migration } from "../../sqlite/index.ts";
import { sessions } from "./0001-sessions.ts";
import { facts } from "./0002-facts.ts";
import { graph } from "./0003-graph.ts";
import { work } from "./0004-work.ts";
import { successors } from "./0005-successors.ts";

/** In order; a released one never changes. */
export const migrations: readonly Migration[] = [sessions, facts, graph, work, successors];
