/** What `kaos up` and `kaos restart` share: one at a time, with progress told, and Ctrl-C stops what was started here and nothing else. */
import { isAbort } from "../../shared/base/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";
import type { Context } from "../context.ts";
import { CommandFailed } from "../failures.ts";
import { stopSignal } from "../stop-signal.ts";
import { duration } from "../terminal/layout.ts";
import { createProgress } from "../terminal/progress.ts";
import { alone } from "./alone.ts";
import { type BroughtUp, bringUp } from "./bring-up.ts";
import { createPm2 } from "./pm2.ts";
import { readUp } from "./processes.ts";
import { stopAndWait, takeDown } from "./take-down.ts";

/** Starts those of `names` that do not run; with `again`, all of them, after they were stopped. Throws CommandFailed. */
export async function startProcesses(
  { home, env, clock, note }: Context,
  ledger: Ledger,
  { names, again }: { names: readonly string[]; again: boolean },
): Promise<BroughtUp> {
  const pm2 = createPm2({ home });
  const progress = createProgress(process.stderr);
  const stopping = stopSignal();
  const word = again ? "Restarting" : "Starting";
  const onWait = () => note("Another kaos command is starting or stopping this home; waiting for it …");
  const onReady = (ready: readonly string[], waitedMs: number) =>
    progress.show(`${word}: ${ready.length} of ${names.length} ready, ${duration(waitedMs)}`);
  try {
    return await alone({ home, clock, onWait }, async () => {
      if (again) {
        progress.show(`${word}: stopping …`);
        await stopAndWait(names, { ledger, pm2, clock });
      }
      const ran = new Set((await pm2.list()).flatMap(({ name, state }) => (state === "stopped" ? [] : [name])));
      try {
        return await bringUp(names, { ledger, pm2, home, clock, env, signal: stopping.signal, onReady });
      } catch (error) {
        if (isAbort(error)) {
          progress.show("Stopping what was started …");
          await stopAndWait(
            names.filter((name) => !ran.has(name)),
            { ledger, pm2, clock },
          );
        }
        // Nothing came up: then pm2 has nothing to keep either.
        if ((await readUp(ledger)).length === 0) await takeDown({ ledger, pm2, clock });
        throw isAbort(error)
          ? new CommandFailed("Interrupted: what was started is stopped again.", { cause: error })
          : error;
      }
    });
  } finally {
    progress.clear();
    stopping.release();
  }
}
