import type { Migration } from "../../sqlite/index.ts";
import { ground } from "./0001-ground.ts";

/** In order; a released one never changes. */
export const migrations: readonly Migration[] = [ground];
