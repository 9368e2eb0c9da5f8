/** `kaos restart`: stops processes and starts them again, with the settings as they are now. */
import { type Define, examples } from "./command.ts";
import { chooseNames, readRoster, SUPERVISOR } from "./processes/choose.ts";
import { startProcesses } from "./processes/start.ts";
import { duration, listed } from "./terminal/layout.ts";
import { withLedger } from "./with-ledger.ts";

export const restart: Define = (command, context) => {
  command
    .argument("[names...]", "only these agents, or `supervisor`; all, when none is named")
    .option("--json", "print what was restarted as JSON")
    .action(async (asked: string[], { json }: { json?: boolean }) => {
      const here = context();
      const known = [...readRoster().agents.map(({ name }) => name), SUPERVISOR];
      const names = chooseNames(asked, known, "process");
      const { started, tookMs } = await withLedger(here, { create: true }, (ledger) =>
        startProcesses(here, ledger, { names, again: true }),
      );
      if (json) here.print(JSON.stringify({ home: here.home.folder, restarted: started, tookMs }));
      else here.print(`${here.paint.good("✓")} Up again after ${duration(tookMs)}: ${listed(started)}.`);
    });
  examples(command, [
    ["kaos restart", "everything, after a change in .env"],
    ["kaos restart nexus", "one agent, after a change of its persona"],
  ]);
};
