/** Keeps a lease while work is done under it, and stops the work when the lease is lost or a person says stop. */
import { type Clock, type Log, repeat, stopWith } from "../base/index.ts";
import { type Ledger, RENEW_EVERY_MS } from "../ledger/index.ts";

type Deps = {
  agent: string;
  ledger: Pick<Ledger, "changes" | "controls">;
  clock: Clock;
  log: Log;
  /** False when the lease is lost. */
  renew(): Promise<boolean>;
};

/** Runs `work` with a signal that also fires when the lease is lost, the agent is paused, or somebody stops it. */
export async function underLease<Result>(
  { agent, ledger, clock, log, renew }: Deps,
  signal: AbortSignal,
  work: (working: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const lease = new AbortController();
  const leave = stopWith(lease, signal);
  const working = lease.signal;
  const renewing = repeat({ clock, everyMs: RENEW_EVERY_MS, signal: working }, async () => {
    try {
      if (!(await renew())) lease.abort("a lost lease");
    } catch (error) {
      // A busy ledger is no lost lease: the next beat tries again, and the fence decides in the end.
      log.warn("lease not renewed", { error });
    }
  });
  const listening = listen(agent, ledger, clock.now(), working, (by) => lease.abort(by));
  try {
    return await work(working);
  } finally {
    leave();
    lease.abort("the end of the work");
    await Promise.all([renewing, listening]);
  }
}

const IDLE_MS = 30_000;

/** Hears a pause or a stop as soon as it stands in the ledger. */
async function listen(
  agent: string,
  { changes, controls }: Pick<Ledger, "changes" | "controls">,
  since: number,
  signal: AbortSignal,
  stop: (by: string) => void,
): Promise<void> {
  while (!signal.aborted) {
    const seen = changes.version();
    const by = await controls.stoppedBy(agent, since).catch(() => undefined);
    if (by !== undefined) return stop(by);
    await changes.past(seen, { signal, atMostMs: IDLE_MS });
  }
}
