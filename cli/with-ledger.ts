/** The ledger for the length of one command. */
import { existsSync } from "node:fs";
import { OperationalError } from "../shared/base/index.ts";
import { type Ledger, openLedger } from "../shared/ledger/index.ts";
import type { Context } from "./context.ts";
import { CommandFailed } from "./failures.ts";

type Needs = {
  /** Makes the ledger when the home has none yet; otherwise the command fails with the next step. */
  create?: boolean;
};

/** Opens the ledger of this home, does the work, closes it. Throws what opening throws: unreadable, newer than this code. */
export async function withLedger<Result>(
  { home, clock, env }: Context,
  { create = false }: Needs,
  work: (ledger: Ledger) => Promise<Result>,
): Promise<Result> {
  if (!create && !existsSync(home.ledger)) {
    throw new CommandFailed(
      `Nothing has run in ${home.folder} yet. Start the swarm with \`kaos up\`, or name another folder with --home.`,
    );
  }
  const ledger = await openLedger({ path: home.ledger, clock, durability: env.SWARM_SYNC });
  try {
    return await work(ledger);
  } finally {
    ledger.close();
  }
}

/** The same for commands that must work on a home whose ledger is missing, broken or newer: they get undefined then. */
export async function withLedgerIfAny<Result>(
  context: Context,
  work: (ledger: Ledger | undefined) => Promise<Result>,
): Promise<Result> {
  const { home, clock, env } = context;
  if (!existsSync(home.ledger)) return work(undefined);
  let ledger: Ledger;
  try {
    ledger = await openLedger({ path: home.ledger, clock, durability: env.SWARM_SYNC });
  } catch (error) {
    if (!(error instanceof OperationalError)) throw error;
    context.note(error.message);
    return work(undefined);
  }
  try {
    return await work(ledger);
  } finally {
    ledger.close();
  }
}
