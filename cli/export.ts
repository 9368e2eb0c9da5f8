/** `kaos export`: everything a person owns here, as one archive in open formats. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { agentsFolder, programVersion } from "../shared/config/index.ts";
import { openMemory } from "../shared/memory/index.ts";
import { type Exported, exportHome } from "../shared/portability/index.ts";
import { createRedactor } from "../shared/security/index.ts";
import { type Define, examples } from "./command.ts";
import type { Context } from "./context.ts";
import { WrongUsage } from "./failures.ts";
import { tellExport } from "./portability/tell-moves.ts";
import { chooseNames, readRoster } from "./processes/choose.ts";
import { stopSignal } from "./stop-signal.ts";
import { withLedger } from "./with-ledger.ts";

export const exportCommand: Define = (command, context) => {
  command
    .requiredOption("--to <file>", "the archive to write: .tar, or .tar.gz to have it compressed")
    .option("--agent <name>", "only what belongs to this agent: persona, memory, skills")
    .option("--all", "all agents with jobs and settings (this is so without --agent)")
    .option("--json", "print what is in it as JSON")
    .action(async ({ to, agent, all, json }: { to: string; agent?: string; all?: boolean; json?: boolean }) => {
      if (agent !== undefined && all) throw new WrongUsage("Say --agent or --all, not both.");
      const here = context();
      const known = readRoster().agents.map(({ name }) => name);
      const agents = chooseNames(agent === undefined ? [] : [agent], known);
      const exported = await archive(here, { agents, isWhole: agent === undefined, to: resolve(to) });
      here.print(
        json
          ? JSON.stringify({ file: resolve(to), ...exported }, undefined, 2)
          : tellExport(resolve(to), exported, here),
      );
    });
  examples(command, [
    ["kaos export --to me.tar", "all of it"],
    ["kaos export --agent kronos --to kronos.tar.gz", "one agent, compressed"],
    ["kaos --home ./new import me.tar --dry-run", "what it would bring elsewhere"],
  ]);
};

type Asked = { agents: readonly string[]; isWhole: boolean; to: string };

async function archive(here: Context, asked: Asked): Promise<Exported> {
  const { home, clock } = here;
  const { signal, release } = stopSignal();
  const deps = {
    home,
    clock,
    agentsFolder: agentsFolder(),
    openMemory: (name: string) => openMemory({ path: home.agent(name).database, clock }),
    redact: createRedactor({ secrets: [] }),
    version: programVersion(),
  };
  try {
    if (!existsSync(home.ledger)) return await exportHome({ ...deps, ledger: undefined }, { ...asked, signal });
    return await withLedger(here, {}, (ledger) => exportHome({ ...deps, ledger }, { ...asked, signal }));
  } finally {
    release();
  }
}
