/** `kaos restart`: stops processes and starts them again, with the settings as they are now. */
import type { Ledger } from "../shared/ledger/index.ts";
import { type Define, examples } from "./command.ts";
import type { Context } from "./context.ts";
import { alone } from "./processes/alone.ts";
import { type BroughtUp, bringUp } from "./processes/bring-up.ts";
import { chooseNames, readRoster, SUPERVISOR } from "./processes/choose.ts";
import { createPm2 } from "./processes/pm2.ts";
import { stopAndWait } from "./processes/take-down.ts";
import { stopSignal } from "./stop-signal.ts";
import { duration, listed } from "./terminal/layout.ts";
import { createProgress } from "./terminal/progress.ts";
import { withLedger } from "./with-ledger.ts";

export const restart: Define = (command, context) => {
  command
    .argument("[names...]", "only these agents, or `supervisor`; all, when none is named")
    .option("--json", "print what was restarted as JSON")
    .action(async (asked: string[], { json }: { json?: boolean }) => {
      const here = context();
      const known = [...readRoster().agents.map(({ name }) => name), SUPERVISOR];
      const names = chooseNames(asked, known, "process");
      const { started, tookMs } = await withLedger(here, { create: true }, (ledger) => restartAll(here, ledger, names));
      if (json) here.print(JSON.stringify({ home: here.home.folder, restarted: started, tookMs }));
      else here.print(`${here.paint.good("✓")} Up again after ${duration(tookMs)}: ${listed(started)}.`);
    });
  examples(command, [
    ["kaos restart", "everything, after a change in .env"],
    ["kaos restart nexus", "one agent, after a change of its persona"],
  ]);
};

async function restartAll(
  { home, env, clock, note }: Context,
  ledger: Ledger,
  names: readonly string[],
): Promise<BroughtUp> {
  const pm2 = createPm2({ home });
  const progress = createProgress(process.stderr);
  const stopping = stopSignal();
  const onWait = () => note("Another kaos command is starting or stopping this home; waiting for it …");
  const onReady = (ready: readonly string[]) => progress.show(`Restarting: ${ready.length} of ${names.length} ready`);
  try {
    return await alone({ home, clock, onWait }, async () => {
      progress.show("Restarting: stopping …");
      await stopAndWait(names, { ledger, pm2, clock });
      return bringUp(names, { ledger, pm2, home, clock, env, signal: stopping.signal, onReady });
    });
  } finally {
    progress.clear();
    stopping.release();
  }
}
