/** `kaos dashboard`: a link that logs a browser into the control room, once. */
import type { Define } from "./command.ts";
import { openDoor } from "./control-room.ts";
import { CommandFailed } from "./failures.ts";
import { duration } from "./terminal/layout.ts";
import { withLedger } from "./with-ledger.ts";

export const dashboard: Define = (command, context) => {
  command.option("--json", "print the link as JSON").action(async ({ json }: { json?: boolean }) => {
    const here = context();
    await withLedger(here, {}, async (ledger) => {
      const door = await openDoor(ledger);
      if (door === undefined)
        throw new CommandFailed("The control room is closed: the supervisor does not run. Start it with `kaos up`.");
      if (json) here.print(JSON.stringify(door));
      else {
        here.print(door.login);
        here.note(here.paint.soft(`Works once, within ${duration(door.goodForMs)}; the browser then stays logged in.`));
      }
    });
  });
};
