/** `kaos config`: look up one setting, or write it into `.env` without touching what else stands there. */
import { text as textOf } from "node:stream/consumers";
import { nearest } from "../shared/base/index.ts";
import { describeVariables, dotEnvFile, isSet, setInDotEnv, whyNot } from "../shared/config/index.ts";
import { providers } from "../shared/llm/index.ts";
import { type Define, examples } from "./command.ts";
import type { Context } from "./context.ts";
import { WrongUsage } from "./failures.ts";
import { settingsOf } from "./policy.ts";

export const config: Define = (command, context) => {
  command.action(() => command.help({ error: true }));

  command
    .command("get")
    .argument("<name>", "a variable")
    .description("What is in force, where it comes from and what it is for. A secret is only set or not set.")
    .option("--json", "print it as JSON")
    .action((name: string, { json }: { json?: boolean }) => {
      const here = context();
      const known = knownName(name);
      const line = settingsOf(here).find((one) => one.name === known);
      if (json)
        return here.print(JSON.stringify(line ?? { name: known, value: "", source: "the default" }, undefined, 2));
      here.print(line?.value ?? "");
      here.note(line === undefined ? "Nobody set it." : `From ${line.source}. ${line.meaning}`);
    });

  command
    .command("set")
    .argument("<name>", "a variable")
    .argument("<value>", "its value; - reads it from a pipe, so that a secret is in no history")
    .description(
      "Write one setting into .env, in its place. Comments and order stay, and only its owner can read the file.",
    )
    .action(async (name: string, given: string) => {
      const here = context();
      const known = knownName(name);
      const value = (given === "-" ? await textOf(process.stdin) : given).trim();
      const wrong =
        value === "" || !isSet(value)
          ? "an empty value and a placeholder count as not set; use `kaos config unset`"
          : undefined;
      if (wrong !== undefined) throw new WrongUsage(`${known} was not set: ${wrong}.`);
      const refused = whyNot(known, value);
      if (refused !== undefined) throw new WrongUsage(refused);
      setInDotEnv(known, value);
      tellWritten(here, known, "It is written down");
    });

  command
    .command("unset")
    .argument("<name>", "a variable")
    .description("Take one setting out of .env, so that its default counts.")
    .action((name: string) => {
      const here = context();
      const known = knownName(name);
      setInDotEnv(known, undefined);
      tellWritten(here, known, "It is taken out");
    });

  examples(command, [
    ["kaos config get DAILY_LIMIT_USD", "what is in force, and who said it"],
    ["kaos config set KAOS_STANDARD_CHAIN deepseek", "answers by DeepSeek from the next start"],
    ["kaos config set DEEPSEEK_API_KEY - < key.txt", "a secret, without showing it"],
  ]);
};

/** The environment may say something else, and wins. */
function tellWritten({ note, settings, kaos }: Context, name: string, what: string): void {
  const inForce = settings.find((setting) => setting.name === name)?.source.kind;
  const wins = inForce === "environment" ? ` The environment sets ${name} too, and wins over it.` : "";
  note(`${what} in ${dotEnvFile()}, and counts from the next start: ${kaos} restart.${wins}`);
}

/** Variables of parts that have names of their own. */
const OF_PARTS = [
  /^PROVIDER_[A-Z0-9_]+_(BASE_URL|API_KEY|MODEL|LITE_MODEL|STANDARD_MODEL|PRICE_INPUT|PRICE_CACHED|PRICE_OUTPUT)$/,
  /^DISCORD_TOKEN_[A-Z0-9_]+$/,
  /^WEBHOOK_[A-Z0-9_]+_(SECRET|URL)$/,
];

/** Throws WrongUsage for a name that nothing here reads. */
function knownName(asked: string): string {
  const name = asked.toUpperCase();
  const known = [
    ...describeVariables().map((variable) => String(variable.name)),
    ...providers.map(({ keyVariable }) => keyVariable).filter((one) => one !== ""),
  ];
  if (known.includes(name) || OF_PARTS.some((pattern) => pattern.test(name))) return name;
  const near = nearest(name, known);
  throw new WrongUsage(
    `Nothing here reads a variable ${name}. ${near === undefined ? "docs/configuration.md lists all there are." : `Did you mean ${near}?`}`,
  );
}
