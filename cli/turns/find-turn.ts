/** The turn that a person means: by its id, and whose it is where several agents have one of that id. */
import { existsSync } from "node:fs";
import { openTurns, type TurnRow, type Turns } from "../../shared/turns/index.ts";
import type { Context } from "../context.ts";
import { CommandFailed, WrongUsage } from "../failures.ts";
import { chooseNames, readRoster } from "../processes/choose.ts";
import { listed } from "../terminal/layout.ts";

export type FoundTurn = { agent: string; turn: TurnRow };

/** `words` are an agent and an id, or an id alone. Throws CommandFailed when there is no such turn, WrongUsage when it is not clear whose. */
export async function findTurn(here: Context, words: readonly string[]): Promise<FoundTurn> {
  const [asked, id] = words.length === 1 ? [undefined, words[0] ?? ""] : [words[0], words.slice(1).join(" ")];
  const found: FoundTurn[] = [];
  for (const agent of agentsOf(asked)) {
    const turn = await withTurns(here, agent, (store) => store.get(id));
    if (turn !== undefined) found.push({ agent, turn });
  }
  const [first, ...others] = found;
  if (first === undefined) {
    throw new CommandFailed(
      `${asked === undefined ? "Nobody has a" : `${asked} has no`} turn "${id}". \`kaos turns list${asked === undefined ? "" : ` ${asked}`}\` lists the newest.`,
    );
  }
  if (others.length > 0) {
    const names = listed(found.map(({ agent }) => agent));
    throw new WrongUsage(`${names} have a turn "${id}". Say whose: ${first.agent} "${id}".`);
  }
  return first;
}

export function agentsOf(asked: string | undefined): string[] {
  const known = readRoster().agents.map(({ name }) => name);
  return asked === undefined ? known : chooseNames([asked], known);
}

/** Looks at the file without changing anything in it. Undefined when the agent has kept none yet. */
export async function withTurns<Result>(
  { home, clock }: Context,
  agent: string,
  look: (turns: Turns) => Promise<Result>,
): Promise<Result | undefined> {
  const path = home.agent(agent).turns;
  if (!existsSync(path)) return undefined;
  const store = await openTurns({ path, clock, readonly: true });
  try {
    return await look(store);
  } finally {
    store.close();
  }
}
