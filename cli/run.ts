/** `kaos run <agent>`: one process with an agent, the jobs and the control room. */
import { runProcess } from "../shared/base/index.ts";
import { openLedger } from "../shared/ledger/index.ts";
import { startAgentProcess } from "../agents/agent-process.ts";
import { startSupervisor } from "../supervisor/supervisor.ts";
import { type Define, examples } from "./command.ts";
import { openDoor } from "./control-room.ts";
import { chooseNames, readRoster } from "./processes/choose.ts";
import { refuseTakenPort } from "./processes/port.ts";
import { createTerminalLog } from "./terminal/log.ts";

export const run: Define = (command, context) => {
  command.argument("<agent>", "who it is").action(async (asked: string) => {
    const here = context();
    const { home, env, raw, clock, paint, print, note } = here;
    const [name = asked] = chooseNames(
      [asked],
      readRoster().agents.map((agent) => agent.name),
    );
    await refuseTakenPort({ host: env.DASHBOARD_HOST, port: env.DASHBOARD_PORT });
    const log = createTerminalLog(note);
    process.exitCode = await runProcess(log, async (lifetime) => {
      const ledger = await openLedger({ path: home.ledger, clock, durability: env.SWARM_SYNC });
      lifetime.onClose(() => ledger.close());
      await startAgentProcess({ name, env, raw, home, clock, log, lifetime, ledger, alone: true });
      await startSupervisor({ ledger, clock, log, env, home, lifetime });
      const door = await openDoor(ledger);
      print(`${paint.good("✓")} ${paint.agent(name)} is up, alone: it answers whatever is said in the room.`);
      print(`  ${paint.bold("Home")}          ${home.folder}`);
      if (door !== undefined) print(`  ${paint.bold("Control room")}  ${door.login}`);
      print(`  ${paint.bold("Stop")}          Ctrl-C`);
    });
  });
  examples(command, [["kaos run kronos", "kronos with jobs and control room, until Ctrl-C"]]);
};
