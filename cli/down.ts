/** `kaos down`: stops everything of a home, pm2 too, and waits until it is gone. */
import { existsSync } from "node:fs";
import type { Ledger } from "../shared/ledger/index.ts";
import type { Define } from "./command.ts";
import { alone } from "./processes/alone.ts";
import { createPm2 } from "./processes/pm2.ts";
import { takeDown } from "./processes/take-down.ts";
import { listed } from "./terminal/layout.ts";
import { createProgress } from "./terminal/progress.ts";
import { withLedgerIfAny } from "./with-ledger.ts";

export const down: Define = (command, context) => {
  command.option("--json", "print what was stopped as JSON").action(async ({ json }: { json?: boolean }) => {
    const here = context();
    const { home, clock, note, print, paint } = here;
    const progress = createProgress(process.stderr);
    const stop = (ledger: Ledger | undefined) => {
      progress.show("Stopping …");
      return takeDown({ ledger, pm2: createPm2({ home }), clock });
    };
    const onWait = () => note("Another kaos command is starting or stopping this home; waiting for it …");
    const work = () => withLedgerIfAny(here, stop);
    const stopped = existsSync(home.folder) ? await alone({ home, clock, onWait }, work).finally(progress.clear) : [];
    if (json) print(JSON.stringify({ home: home.folder, stopped }));
    else
      print(
        stopped.length === 0 ? `Nothing ran in ${home.folder}.` : `${paint.good("✓")} Stopped: ${listed(stopped)}.`,
      );
  });
};
