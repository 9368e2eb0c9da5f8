/** `kaos swarm report|pause|resume`: what the swarm did; and the whole swarm, or one agent, stops acting and goes on. */
import type { Define } from "./command.ts";
import { WrongUsage } from "./failures.ts";
import { chooseNames, readRoster } from "./processes/choose.ts";
import { tellReport } from "./tell-report.ts";
import { widthOf } from "./terminal/layout.ts";
import { withLedger } from "./with-ledger.ts";

/** The person at this terminal, as the control room names them too. */
const BY = "you";

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
    .description("Stop answering: what is said meanwhile is blocked, with this reason.")
    .action(async (asked?: string) => {
      const here = context();
      const name = nameOf(asked);
      await withLedger(here, { create: true }, (ledger) =>
        ledger.controls.pause({ scope: name === "" ? "swarm" : "agent", name, by: BY, until: null }),
      );
      here.print(
        `${here.paint.good("✓")} ${name || "The swarm"} is paused. \`kaos swarm resume${name && ` ${name}`}\` lets it go on.`,
      );
    });

  command
    .command("resume")
    .argument("[agent]", "only this agent")
    .description("Go on answering.")
    .action(async (asked?: string) => {
      const here = context();
      const name = nameOf(asked);
      const left = await withLedger(here, { create: true }, async ({ controls }) => {
        await controls.resume(name === "" ? "swarm" : "agent", name);
        return controls.active();
      });
      here.print(`${here.paint.good("✓")} ${name || "The swarm"} goes on.`);
      for (const pause of left.filter(({ scope }) => scope === "swarm" || scope === "agent")) {
        const who = pause.scope === "swarm" ? "the whole swarm" : pause.name;
        here.note(`Still paused: ${who}. \`kaos swarm resume${pause.name && ` ${pause.name}`}\` lets it go on.`);
      }
    });
};

/** Empty for the whole swarm. */
function nameOf(asked: string | undefined): string {
  if (asked === undefined) return "";
  const known = readRoster().agents.map(({ name }) => name);
  return chooseNames([asked], known)[0] ?? "";
}
