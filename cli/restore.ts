/** `kaos restore`: a backup becomes the home again, and is checked whole. */
import { resolve } from "node:path";
import { checkHome } from "../supervisor/backup/check-home.ts";
import { restoreHome } from "../supervisor/backup/restore-home.ts";
import { type Define, examples } from "./command.ts";
import { CommandFailed, WrongUsage } from "./failures.ts";
import { stopSignal } from "./stop-signal.ts";

export const restore: Define = (command, context) => {
  command
    .argument("[backup]", "the folder that `kaos backup` named")
    .option("--check", "check this home, without restoring anything")
    .option("--json", "print what was found as JSON")
    .action(async (from: string | undefined, { check: only, json }: { check?: boolean; json?: boolean }) => {
      const here = context();
      const { folder } = here.home;
      if (from === undefined && !only)
        throw new WrongUsage("Name the backup, as `kaos backup` printed it, or ask for --check.");
      const check = only ? await checkHome(folder, stopSignal().signal) : await bringBack(resolve(from ?? ""), folder);
      if (json) here.print(JSON.stringify(check, undefined, 2));
      else
        here.print(
          `${check.databases} databases, ${check.auditLogs} audit logs, ${check.messages} messages in ${folder}`,
        );
      if (check.problems.length > 0)
        throw new CommandFailed(
          `This home is not whole:\n${check.problems.map((problem) => `  ${problem}`).join("\n")}`,
        );
      if (!json)
        here.print(`${here.paint.good("✓")} Every database is sound, and every audit log is as it was written.`);
    });
  examples(command, [
    ["kaos --home ./new restore ./data/backups/2026-03-01T04-20-00", "into an empty folder"],
    ["kaos restore --check", "is this home whole?"],
  ]);
};

async function bringBack(from: string, to: string) {
  const restored = await restoreHome(from, to, stopSignal().signal);
  if (!restored.restored) throw new CommandFailed(`Nothing was restored: ${restored.because}.`);
  return restored.check;
}
