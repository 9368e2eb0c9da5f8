/** Which processes of a home a person means by the names they typed. */
import { nearest } from "../../shared/base/index.ts";
import { agentsFolder, loadRoster, type Roster } from "../../shared/config/index.ts";
import { WrongUsage } from "../failures.ts";
import { listed } from "../terminal/layout.ts";

/** The process that keeps time and hosts the control room. */
export const SUPERVISOR = "supervisor";

/** Everybody who has a folder among the personas. Throws ConfigProblem when a file there is unusable. */
export function readRoster(): Roster {
  return loadRoster(agentsFolder());
}

/** The names as they are called, each once; all, when none is asked for. Throws WrongUsage at a name that nobody has. */
export function chooseNames(asked: readonly string[], known: readonly string[], what = "agent"): string[] {
  if (asked.length === 0) return [...known];
  return [...new Set(asked.map((name) => chooseName(name, known, what)))];
}

function chooseName(asked: string, known: readonly string[], what: string): string {
  const name = asked.toLowerCase().replace(/^@/, "");
  if (known.includes(name)) return name;
  const near = nearest(name, known);
  throw new WrongUsage(
    `There is no ${what} "${asked}". ${near === undefined ? `Known are ${listed(known)}.` : `Did you mean ${near}?`}`,
  );
}
