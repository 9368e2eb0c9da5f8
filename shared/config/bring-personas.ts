/** An installed program keeps nothing beside its code: the personas that come with it are copied to the person's folder, once. */
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { messageOf, secret } from "../base/index.ts";
import { agentsFolder, programRoot } from "./paths.ts";
import { ConfigProblem } from "./problem.ts";

type Places = { from?: string; to?: string };

/** Does nothing where they are there, or where the program runs from its clone. Throws a ConfigProblem. */
export function bringPersonas({ from = join(programRoot(), "agents"), to = agentsFolder() }: Places = {}): void {
  if (from === to || existsSync(to)) return;
  const aside = `${to}.new-${secret(6)}`;
  try {
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    for (const name of readdirSync(from)) {
      const isPersona = name === "COMMON.md" || existsSync(join(from, name, "agent.json"));
      if (isPersona) cpSync(join(from, name), join(aside, name), { recursive: true });
    }
    renameSync(aside, to);
  } catch (cause) {
    // Two commands at once: the other one was first, and what it brought is the same.
    if (!existsSync(to))
      throw new ConfigProblem(`The personas cannot be copied to ${to}: ${messageOf(cause)}.`, { cause });
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}
