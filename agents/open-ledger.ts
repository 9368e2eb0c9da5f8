/** The ledger as an agent's process holds it: on a full disk its steps wait, and the feed tells so as soon as it can be written. */
import type { Clock, Lifetime, Log } from "../shared/base/index.ts";
import type { Env, Home } from "../shared/config/index.ts";
import { type Ledger, openLedger } from "../shared/ledger/index.ts";
import { createPatience, type Patience } from "../shared/sqlite/index.ts";

type Deps = { name: string; home: Home; env: Env; clock: Clock; log: Log; lifetime: Lifetime };

/** Closed with the lifetime. The patience is that of the whole process: its other stores wait with the same. Rejects with what opening a ledger throws. */
export async function openAgentLedger({
  name,
  home,
  env,
  clock,
  log,
  lifetime,
}: Deps): Promise<{ ledger: Ledger; patience: Patience }> {
  const untold = (error: unknown) => log.warn("the feed does not tell", { error });
  const patience = createPatience({
    clock,
    log,
    signal: lifetime.signal,
    onWait: (because) => void ledger.agents.waits(name, because).catch(untold),
    onGoOn: (waitedMs) => void ledger.agents.goesOn(name, waitedMs).catch(untold),
  });
  const ledger = await openLedger({
    path: home.ledger,
    clock,
    durability: env.SWARM_SYNC,
    approvalMs: env.APPROVAL_EXPIRES_AFTER,
    patience,
  });
  lifetime.onClose(() => ledger.close());
  return { ledger, patience };
}
