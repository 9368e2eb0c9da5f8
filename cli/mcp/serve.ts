/** `kaos mcp serve`: the swarm as a server for other programs, over standard streams or, where that is asked for, over HTTP. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { secret, silentLog } from "../../shared/base/index.ts";
import { programVersion } from "../../shared/config/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";
import { serveTools, serveToolsOverHttp } from "../../shared/mcp/index.ts";
import { createShared, openMemory, storesOf } from "../../shared/memory/index.ts";
import { MAIN_ROOM } from "../../shared/transport/index.ts";
import type { Context } from "../context.ts";
import { CommandFailed } from "../failures.ts";
import { payFrom } from "../pay.ts";
import { chooseNames, readRoster } from "../processes/choose.ts";
import { stopSignal } from "../stop-signal.ts";
import { withLedger } from "../with-ledger.ts";
import { offerTools, type Scope } from "./offer.ts";

export type ServeOptions = { scope: Scope; http?: boolean; port: number };

/** After those of the control room and of hooks. */
export const PORT = 8_791;

const KEY_BYTES = 32;

/** Serves until the client goes, or the person says stop. */
export async function serve(here: Context, { scope, http, port }: ServeOptions): Promise<void> {
  const { signal, release } = stopSignal();
  await withLedger(here, { create: true }, async (ledger) => {
    const offering = {
      tools: offerTools({ ledger, clock: here.clock, scope, paint: here.paint, searchMemory: searchIn(here, ledger) }),
      version: programVersion(),
      instructions:
        "A swarm of six AI agents in one group chat. `read-ledger` tells who they are, what was said and why each answered or did not; `search-memory` what one of them remembers for everybody in the room.",
      log: silentLog,
    };
    if (http !== true) return serveTools({ ...offering, input: process.stdin, output: process.stdout, signal });
    const { url, close } = await serveToolsOverHttp({ ...offering, port, key: keyOf(here.home.mcpKey) });
    here.print(url);
    here.note(`Clients send the key in ${here.home.mcpKey} as \`Authorization: Bearer …\`. Ctrl-C ends it.`);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await close();
  }).finally(release);
}

/** Made once, so that what clients were told stays right. */
function keyOf(file: string): string {
  if (!existsSync(file)) writeFileSync(file, `${secret(KEY_BYTES)}\n`, { mode: 0o600, flag: "wx" });
  return readFileSync(file, "utf8").trim();
}

/**
 * What the room may hear, as a program reads what was said there: nothing that was told in private, to the owner alone or in
 * another room. The memory is opened to be read, beside the agent that writes it.
 */
function searchIn(here: Context, ledger: Ledger) {
  return async (asked: string, question: string, limit: number, signal: AbortSignal): Promise<string[]> => {
    const known = readRoster().agents.map(({ name }) => name);
    const [agent = asked] = chooseNames([asked], known);
    const path = here.home.agent(agent).database;
    if (!existsSync(path)) throw new CommandFailed(`${agent} remembers nothing yet.`);
    const memory = await openMemory({
      path,
      clock: here.clock,
      readonly: true,
      shared: createShared(ledger.sharedFacts, { agent }),
      ...storesOf(here.env, { home: here.home, agent, pay: payFrom(here, ledger, agent) }),
    });
    try {
      const reader = { person: "", isOwner: false, room: MAIN_ROOM };
      const { recollections } = await memory.recall(question, { reader, limit, tokensMax: TOKENS_MAX, signal });
      return recollections.map(({ fact }) => fact.text);
    } finally {
      memory.close();
    }
  };
}

/** Of one answer. */
const TOKENS_MAX = 8_000;
