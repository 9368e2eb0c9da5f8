/** One agent's memory, opened for as long as a command takes. */
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { messageOf } from "../../shared/base/index.ts";
import type { Env } from "../../shared/config/index.ts";
import { createShared, type Memory, openMemory, storesOf } from "../../shared/memory/index.ts";
import type { Context } from "../context.ts";
import { CommandFailed } from "../failures.ts";
import { payFrom } from "../pay.ts";
import { chooseNames, readRoster } from "../processes/choose.ts";
import { stopSignal } from "../stop-signal.ts";
import { withLedger } from "../with-ledger.ts";

/** What every part of `kaos memory` takes. */
export type Common = { agent: string; json?: boolean };

/** Begins a part of `kaos memory`; whose memory it is, and how it is printed, is asked alike everywhere. */
export type Part = (name: string, description: string) => Command;

/** Parts of one kind, added to the command. */
export type DefineParts = (part: Part, context: () => Context) => void;

/** Facts that one call of the embedder's batch loop takes in before progress is told. */
export const INDEX_BATCH = 256;

/** Any value, for programs. */
export function json(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}

/** Why there is no fact of this id. */
export async function nothingOf(memory: Memory, id: string, agent: string): Promise<CommandFailed> {
  if (await memory.wasForgotten(id)) return new CommandFailed(`${id} was forgotten. Nothing of it is kept but that.`);
  return new CommandFailed(`${agent} has no fact ${id}. \`kaos memory facts --agent ${agent}\` lists them.`);
}

/** The agent may live meanwhile: each step is one transaction, and its process notices what another one wrote. */
export async function withMemory(
  here: Context,
  asked: string,
  work: (memory: Memory, signal: AbortSignal) => Promise<void>,
  env: Env = here.env,
): Promise<void> {
  const [agent = asked] = chooseNames(
    [asked],
    readRoster().agents.map(({ name }) => name),
  );
  const path = here.home.agent(agent).database;
  if (!existsSync(path)) throw new CommandFailed(`${agent} remembers nothing in ${here.home.folder} yet.`);
  const { signal, release } = stopSignal();
  try {
    await withLedger(here, { create: true }, async (ledger) => {
      const memory = await openMemory({
        path,
        clock: here.clock,
        shared: createShared(ledger.sharedFacts, { agent }),
        ...storesOf(env, { home: here.home, agent, pay: payFrom(here, ledger, agent) }),
      });
      try {
        await work(memory, signal);
      } catch (error) {
        if (signal.aborted) throw new CommandFailed(`Stopped: ${messageOf(error)}. What was done until then stands.`);
        throw error;
      } finally {
        memory.close();
      }
    });
  } finally {
    release();
  }
}
