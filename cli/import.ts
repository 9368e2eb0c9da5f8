/** `kaos import`: an archive of `kaos export` becomes part of this home; what is here stays. */
import { resolve } from "node:path";
import { agentsFolder } from "../shared/config/index.ts";
import { openLedger } from "../shared/ledger/index.ts";
import { openMemory } from "../shared/memory/index.ts";
import { ArchiveRefused, importHome } from "../shared/portability/index.ts";
import { type Define, examples } from "./command.ts";
import { CommandFailed } from "./failures.ts";
import { tellImport } from "./portability/tell-moves.ts";
import { stopSignal } from "./stop-signal.ts";

export const importCommand: Define = (command, context) => {
  command
    .argument("<file>", "the archive that `kaos export` wrote")
    .option("--dry-run", "say what it would add, what is here already and what differs; change nothing")
    .option("--replace", "replace personas, skills and settings that differ here; the old ones are kept in the home")
    .option("--json", "print what became of it as JSON")
    .action(
      async (file: string, { dryRun, replace, json }: { dryRun?: boolean; replace?: boolean; json?: boolean }) => {
        const here = context();
        const { home, clock } = here;
        const { signal, release } = stopSignal();
        try {
          const imported = await importHome(
            {
              home,
              clock,
              agentsFolder: agentsFolder(),
              openMemory: (path) => openMemory({ path, clock }),
              openLedger: (path) => openLedger({ path, clock, durability: here.env.SWARM_SYNC }),
            },
            { file: resolve(file), dryRun: dryRun ?? false, replace: replace ?? false, signal },
          );
          here.print(json ? JSON.stringify(imported, undefined, 2) : tellImport(imported, here));
        } catch (error) {
          if (error instanceof ArchiveRefused)
            throw new CommandFailed(`Nothing was imported. ${error.message}`, { cause: error });
          throw error;
        } finally {
          release();
        }
      },
    );
  examples(command, [
    ["kaos import me.tar --dry-run", "what it would change"],
    ["kaos --home ./new import me.tar", "into another home"],
  ]);
  command.addHelpText(
    "after",
    "\nAn archive brings personas, skills, jobs and programs to start: import only one that is yours.",
  );
};
