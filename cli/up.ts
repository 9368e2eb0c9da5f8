/** `kaos up`: starts the swarm, or some of it, and says so when it is ready. */
import { type Define, examples } from "./command.ts";
import type { Context } from "./context.ts";
import { openDoor } from "./control-room.ts";
import type { BroughtUp } from "./processes/bring-up.ts";
import { chooseNames, readRoster, SUPERVISOR } from "./processes/choose.ts";
import { startProcesses } from "./processes/start.ts";
import { duration, listed, widthOf, wrap } from "./terminal/layout.ts";
import { withLedger } from "./with-ledger.ts";

export const up: Define = (command, context) => {
  command
    .argument("[agents...]", "only these agents; the supervisor always comes along")
    .option("--json", "print what runs as JSON")
    .action(async (asked: string[], { json }: { json?: boolean }) => {
      const here = context();
      const roster = readRoster();
      const agents = chooseNames(
        asked,
        roster.agents.map(({ name }) => name),
      );
      for (const warning of roster.warnings) here.note(`Note: ${warning}`);
      await withLedger(here, { create: true }, async (ledger) => {
        const brought = await startProcesses(here, ledger, { names: [...agents, SUPERVISOR], again: false });
        const door = await openDoor(ledger);
        if (json)
          here.print(JSON.stringify({ home: here.home.folder, ...brought, url: door?.url, login: door?.login }));
        else here.print(told(here, brought, door?.login));
      });
    });
  examples(command, [
    ["kaos up", "all agents and the supervisor"],
    ["kaos up kronos nexus", "two agents and the supervisor"],
    ["kaos --home /srv/kaos up", "the same for another home"],
  ]);
};

function told(
  { kaos, paint, home }: Context,
  { before, started, tookMs }: BroughtUp,
  login: string | undefined,
): string {
  const lines =
    started.length === 0
      ? [folded(`${paint.good("✓")} Already up: ${listed(named(before, paint.agent))}.`)]
      : [folded(`${paint.good("✓")} Up after ${duration(tookMs)}: ${listed(named(started, paint.agent))}.`)];
  if (started.length > 0 && before.length > 0)
    lines.push(folded(`  Was up already: ${listed(named(before, paint.agent))}.`));
  if (login !== undefined)
    lines.push("", `Control room ${paint.soft("(the link works once, within 10 minutes)")}`, `  ${login}`);
  lines.push("", `Home   ${home.folder}`, `Group  ${kaos} room`, `Stop   ${kaos} down`);
  return lines.join("\n");
}

function folded(line: string): string {
  return wrap(line, { width: widthOf(process.stdout), first: "", indent: "  " });
}

function named(names: readonly string[], hue: (name: string) => string): string[] {
  return names.map((name) => (name === SUPERVISOR ? "the supervisor" : hue(name)));
}
