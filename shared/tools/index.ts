/** The tools that every agent has. A new one is one file here and one line in this list. */
import type { Clock } from "../base/index.ts";
import type { Tool } from "../engine/index.ts";
import { calculate } from "./calculate.ts";
import { currentTime } from "./current-time.ts";
import { pass } from "./pass.ts";

export function builtInTools({ clock }: { clock: Clock }): Tool[] {
  return [calculate, currentTime(clock), pass];
}
