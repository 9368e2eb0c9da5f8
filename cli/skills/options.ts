/** What the commands of `kaos skills` have in common: their options, and printing for people or for programs. */
import type { Context } from "../context.ts";

export type Options = { agent?: string; json?: boolean; force?: boolean };

export const AGENT = ["--agent <name>", "whose skills"] as const;
export const JSON_OUT = ["--json", "print it as JSON"] as const;

/** Words for a person, or the data with `--json`; only what is asked for is made. */
export function printed(here: Context, json: boolean | undefined, told: () => string, data: () => unknown): void {
  here.print(json === true ? JSON.stringify(data(), undefined, 2) : told());
}
