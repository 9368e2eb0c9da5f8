/** What the commands of `kaos skills` have in common: their options, and printing for people or for programs. */
import type { Done } from "../../shared/skills/index.ts";
import type { Context } from "../context.ts";
import { CommandFailed } from "../failures.ts";

export type Options = { agent?: string; json?: boolean; force?: boolean };

export const AGENT = ["--agent <name>", "whose skills"] as const;
export const JSON_OUT = ["--json", "print it as JSON"] as const;

/** Words for a person, or the data with `--json`; only what is asked for is made. */
export function printed(here: Context, json: boolean | undefined, told: () => string, data: () => unknown): void {
  here.print(json === true ? JSON.stringify(data(), undefined, 2) : told());
}

/** One line on what was done. Throws CommandFailed with why it was not. */
export function finish(here: Context, json: boolean | undefined, done: Done): void {
  if (!done.done) throw new CommandFailed(done.because);
  printed(
    here,
    json,
    () => `${here.paint.good("✓")} ${done.because}`,
    () => done,
  );
}
