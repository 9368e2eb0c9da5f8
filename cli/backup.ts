/** `kaos backup`: a copy of this home while it is in use, tried by restoring it. */
import { resolve } from "node:path";
import { programVersion } from "../shared/config/index.ts";
import { backUp } from "../supervisor/backup/back-up.ts";
import { BACKUPS_KEPT } from "../supervisor/jobs/back-up.ts";
import { type Define, examples } from "./command.ts";
import { inShell } from "./context.ts";
import { CommandFailed } from "./failures.ts";
import { stopSignal } from "./stop-signal.ts";
import { bytes } from "./terminal/layout.ts";

export const backup: Define = (command, context) => {
  command
    .option(
      "--to <folder>",
      `where the copy is put; none there is ever removed (default: backups in the home, where the newest ${BACKUPS_KEPT} stay)`,
    )
    .option("--json", "print what was made as JSON")
    .action(async ({ to, json }: { to?: string; json?: boolean }) => {
      const here = context();
      const made = await backUp({
        home: here.home.folder,
        backups: to === undefined ? here.home.backups : resolve(to),
        now: here.clock.now(),
        version: programVersion(),
        kept: to === undefined ? BACKUPS_KEPT : Number.POSITIVE_INFINITY,
        signal: stopSignal().signal,
      });
      if (!made.made) throw new CommandFailed(`No backup was made: ${made.because}.`);
      if (json) return here.print(JSON.stringify(made, undefined, 2));
      const { folder, files, check } = made;
      here.print(`${here.paint.good("✓")} ${folder}`);
      here.print(
        `  ${files} files, ${bytes(made.bytes)}; restored for trial: ${check.databases} databases and ${check.auditLogs} audit logs are sound.`,
      );
      here.note(
        `It holds sessions and keys of this home. Bring it back with \`kaos --home <empty folder> restore ${inShell(folder)}\`.`,
      );
    });
  examples(command, [
    ["kaos backup", "agents may go on meanwhile"],
    ["kaos backup --to /mnt/disk", "onto another disk"],
  ]);
};
