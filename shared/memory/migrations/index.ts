import type { Migration } from "../../sqlite/index.ts";
import { sessions } from "./0001-sessions.ts";

/** In order; a released one never changes. */
export const migrations: readonly Migration[] = [sessions];
