/** `kaos run <agent>`: single-agent mode. One process in this terminal: the agent, the jobs and the control room. */
import { startAgentProcess } from "../agents/agent-process.ts";
import { openAgentLedger } from "../agents/open-ledger.ts";
import { runProcess } from "../shared/base/index.ts";
import { isWeather } from "../shared/sqlite/index.ts";
import { openShown } from "../supervisor/open-shown.ts";
import { startSupervisor } from "../supervisor/supervisor.ts";
import { type Define, examples } from "./command.ts";
import { openDoor } from "./control-room.ts";
import { chooseNames, readRoster } from "./processes/choose.ts";
import { createTerminalLog } from "./terminal/log.ts";

export const run: Define = (command, context) => {
  command.argument("<agent>", "who runs; Ctrl-C stops it").action(async (asked: string) => {
    const { home, env, raw, settings, clock, paint, print, note } = context();
    const [name = asked] = chooseNames(
      [asked],
      readRoster().agents.map((agent) => agent.name),
    );
    const log = createTerminalLog({ process: name, level: env.LOG_LEVEL, paint, print, note });
    process.exitCode = await runProcess(
      log,
      async (lifetime) => {
        const common = { name, env, raw, settings, home, clock, log, lifetime };
        const { ledger, patience } = await openAgentLedger(common);
        await startAgentProcess({ ...common, ledger, patience, alone: true });
        const shown = await openShown({ home, env, clock, lifetime, patience });
        await startSupervisor({ ledger, shown, clock, log, env, raw, settings, home, lifetime });
        const door = await openDoor(ledger);
        note(
          `\n${paint.agent(name, paint.bold(name))} runs in ${home.folder}. Ctrl-C stops it.\nControl room ${paint.soft("(the link works once, within 10 minutes)")}`,
        );
        note(`  ${door?.login ?? "closed"}\nWrite to it there, or in a second terminal with \`kaos room\`.\n`);
      },
      isWeather,
    );
  });
  examples(command, [["kaos run kronos", "kronos alone, with its jobs and the control room"]]);
};
