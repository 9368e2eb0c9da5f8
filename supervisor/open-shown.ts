/** The ledger as the control room asks it: whoever sits there is told at once that the disk is full, and does not wait for it. */
import type { Clock, Lifetime } from "../shared/base/index.ts";
import type { Env, Home } from "../shared/config/index.ts";
import { type Ledger, openLedger } from "../shared/ledger/index.ts";
import type { Patience } from "../shared/sqlite/index.ts";

type Deps = { home: Home; env: Env; clock: Clock; lifetime: Lifetime; patience: Patience };

/** Closed with the lifetime. Not ready while something of this process waits. Rejects with what opening a ledger throws. */
export async function openShown({ home, env, clock, lifetime, patience }: Deps): Promise<Ledger> {
  const shown = await openLedger({ path: home.ledger, clock, durability: env.SWARM_SYNC });
  lifetime.onClose(() => shown.close());
  return { ...shown, unready: () => shown.unready() ?? patience.waitsFor() };
}
