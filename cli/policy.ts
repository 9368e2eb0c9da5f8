/** `kaos policy report`: every effective value, and who said it. */
import { type ReportLine, reportOf, secretsIn } from "../shared/config/index.ts";
import { variablesOfProviders } from "../shared/llm/index.ts";
import { createRedactor, type GateState, gateSettings, gateStates } from "../shared/security/index.ts";
import { type Define, examples } from "./command.ts";
import type { Context } from "./context.ts";
import { table } from "./terminal/layout.ts";

export const policy: Define = (command, context) => {
  command.action(() => command.help({ error: true }));

  command
    .command("report")
    .description(
      "Every setting as it is in force, where it comes from, and what it overrules. Secrets are only set or not set.",
    )
    .option("--set", "only what somebody set")
    .option("--json", "print it as JSON")
    .action(({ set, json }: { set?: boolean; json?: boolean }) => {
      const here = context();
      const lines = settingsOf(here).filter(({ source }) => !set || source !== "the default");
      const gates = gateStates(gateSettings(here.settings));
      if (json) {
        const told = gates.map(({ name, variable, open, because }) => ({ name, variable, open, because }));
        return here.print(JSON.stringify({ policy: here.home.policy, gates: told, settings: lines }, undefined, 2));
      }
      here.print(tell(here, lines, gates));
      here.note(`A policy is read from ${here.home.policy}. Changes count from the next start: ${here.kaos} restart`);
    });

  examples(command, [
    ["kaos policy report", "what is in force, and who said it"],
    ["kaos policy report --set --json", "only what somebody set, for a program"],
  ]);
};

/** Every variable, for people's eyes. */
export function settingsOf({ raw, settings }: Pick<Context, "raw" | "settings">): ReportLine[] {
  const more = variablesOfProviders(raw);
  const redact = createRedactor({ secrets: secretsIn(raw, [...settings.map(({ name }) => name), ...more]) });
  return reportOf({ raw, settings }, { more, redact: (text) => String(redact(text)) });
}

function tell({ paint }: Context, lines: readonly ReportLine[], gates: readonly GateState[]): string {
  const open = gates.map(({ name, open: isOpen, because }) => [
    name,
    isOpen ? paint.wait("open") : paint.soft("closed"),
    paint.soft(because),
  ]);
  const rows = lines.map(({ name, value, source, overruled }) => [
    name,
    value === "" ? paint.soft("empty") : value,
    source === "the default" ? paint.soft(source) : source,
    paint.soft(overruled.map((other) => `not ${other.value} of ${other.source}`).join(", ")),
  ]);
  return [paint.bold("Gates"), table(open), "", paint.bold("Settings"), table(rows)].join("\n");
}
