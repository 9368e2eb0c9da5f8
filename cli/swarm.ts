/** `kaos swarm pause|resume`: the whole swarm, or one agent, stops acting and goes on. */
import type { Define } from "./command.ts";
import { chooseNames, readRoster } from "./processes/choose.ts";
import { withLedger } from "./with-ledger.ts";

/** The person at this terminal, as the control room names them too. */
const BY = "you";

export const swarm: Define = (command, context) => {
  command.action(() => command.help({ error: true }));

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
