/** `kaos swarm report|pause|resume`: what the swarm did; and the whole swarm, one agent or one tool stops acting and goes on. */
import { type Pause, YOU } from "../shared/ledger/index.ts";
import type { Define } from "./command.ts";
import { WrongUsage } from "./failures.ts";
import { chooseNames, readRoster } from "./processes/choose.ts";
import { tellReport } from "./tell-report.ts";
import { widthOf } from "./terminal/layout.ts";
import { withLedger } from "./with-ledger.ts";

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

export const swarm: Define = (command, context) => {
  command.action(() => command.help({ error: true }));

  command
    .command("report")
    .option("--day", "the last 24 hours, which is what it shows unless told otherwise")
    .option("--week", "the last seven days")
    .option("--json", "print it as JSON")
    .description("What was said, who answered how soon, why others did not, what it cost, what went wrong.")
    .action(async ({ day, week, json }: { day?: boolean; week?: boolean; json?: boolean }) => {
      if (day && week) throw new WrongUsage("Ask for --day or for --week.");
      const here = context();
      const now = here.clock.now();
      const since = now - (week ? WEEK_MS : DAY_MS);
      const report = await withLedger(here, {}, (ledger) => ledger.report(since, now + 1));
      if (json) here.print(JSON.stringify(report, undefined, 2));
      else {
        const { paint, kaos } = here;
        here.print(tellReport(report, { paint, kaos, now, width: widthOf(process.stdout) }));
      }
    });

  command
    .command("pause")
    .argument("[agent]", "only this agent")
    .option("--tool <name>", "only this tool, of every agent")
    .description("Stop answering: what is said meanwhile is blocked, with this reason.")
    .action(async (asked: string | undefined, { tool }: { tool?: string }) => {
      const here = context();
      const paused = chosen(asked, tool);
      await withLedger(here, { create: true }, (ledger) => ledger.controls.pause({ ...paused, by: YOU, until: null }));
      here.print(
        `${here.paint.good("✓")} ${paused.name || "The swarm"} is paused. \`${resuming(paused)}\` lets it go on.`,
      );
    });

  command
    .command("resume")
    .argument("[agent]", "only this agent")
    .option("--tool <name>", "only this tool, of every agent")
    .description("Go on answering.")
    .action(async (asked: string | undefined, { tool }: { tool?: string }) => {
      const here = context();
      const { scope, name } = chosen(asked, tool);
      const left = await withLedger(here, { create: true }, async ({ controls }) => {
        await controls.resume(scope, name);
        return controls.active();
      });
      here.print(`${here.paint.good("✓")} ${name || "The swarm"} goes on.`);
      for (const pause of left.filter((one) => one.scope !== "job"))
        here.note(`Still paused: ${pause.name || "the whole swarm"}. \`${resuming(pause)}\` lets it go on.`);
    });
};

type Chosen = Pick<Pause, "scope" | "name">;

function chosen(agent: string | undefined, tool: string | undefined): Chosen {
  if (agent !== undefined && tool !== undefined) throw new WrongUsage("Name an agent or a tool.");
  if (tool !== undefined) return { scope: "tool", name: tool };
  if (agent === undefined) return { scope: "swarm", name: "" };
  const known = readRoster().agents.map(({ name }) => name);
  return { scope: "agent", name: chooseNames([agent], known)[0] ?? "" };
}

function resuming({ scope, name }: Chosen): string {
  return `kaos swarm resume${scope === "tool" ? " --tool" : ""}${name && ` ${name}`}`;
}
