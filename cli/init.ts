/** `kaos init`: from nothing to an agent that has given one real answer. Writes only what was tried. */
import { text as textOf } from "node:stream/consumers";
import { type Define, examples } from "./command.ts";
import type { Context } from "./context.ts";
import { CommandFailed, WrongUsage } from "./failures.ts";
import { tryProvider } from "./init/brain.ts";
import { carryOut, firstAnswer, understood } from "./init/carry-out.ts";
import type { Brain, Wishes } from "./init/wishes.ts";
import { askWishes } from "./init/wizard.ts";
import { agentName } from "./templates/make-agent.ts";
import { withArticle } from "./templates/template.ts";
import { allTemplates, chooseTemplate } from "./templates.ts";

type Options = {
  template?: string;
  role?: string;
  language?: string;
  provider?: string;
  baseUrl?: string;
  model?: string;
  key?: string;
  job?: string;
  telegram?: boolean;
  force?: boolean;
  /** Set by --no-answer alone. */
  answer?: false;
  yes?: boolean;
  json?: boolean;
};

export const init: Define = (command, context) => {
  command
    .argument("[agent]", "an agent of your own; without it you are asked, or the six stay as they are")
    .option("--template <name>", "what it is made of; `kaos templates list` shows them")
    .option("--role <words>", "its role, in a few words")
    .option("--language <language>", "what it speaks, unless the person writes in another")
    .option("--provider <id>", "who answers: offline, deepseek, openai, ollama … or a name of your own with --base-url")
    .option("--base-url <address>", "address of an OpenAI-compatible endpoint")
    .option("--model <name>", "its model, when not the usual one")
    .option("--key <->", "read the provider's key from a pipe; without it the environment is asked")
    .option("--job <words>", 'when to be told what: "every weekday 8:30 stretch"')
    .option("--telegram", "say how to log in to Telegram at the end")
    .option("--force", "give an agent that is there this persona; its old files are kept")
    .option("--no-answer", "do not ask it anything at the end")
    .option("--yes", "ask nothing: flags and defaults decide")
    .option("--json", "print what was set up as JSON")
    .action(async (asked: string | undefined, options: Options) => {
      const here = context();
      const agent = asked === undefined ? undefined : agentName(asked);
      const wishes = await wishesOf(here, agent, options);
      const done = await carryOut(here, wishes, { force: options.force === true });
      const { agent: name } = done;
      if (!options.json) tellDone(here, done, wishes);
      else if (options.answer === false) here.print(JSON.stringify(done));
      const question = wishes.own?.template.prompts[0];
      const json = options.json ? done : undefined;
      if (options.answer !== false) await firstAnswer(context(), { agent: name, question, json });
      if (!options.json) here.note(`\n${nextSteps(here, name, wishes).join("\n")}`);
    });
  examples(command, [
    ["kaos init", "be asked, one question at a time"],
    ["kaos init atlas --template research-agent --provider offline --yes", "without a question"],
    ["kaos init --provider deepseek --key - < key.txt", "the six, with a model that has just answered"],
  ]);
};

/** Flags decide; what they leave open a person at a terminal is asked, and a script gets the default. */
async function wishesOf(here: Context, agent: string | undefined, options: Options): Promise<Wishes> {
  const { template, role, language, job, telegram = false, yes = false } = options;
  if (agent === undefined && (template ?? role ?? language) !== undefined)
    throw new WrongUsage("Whose persona is it? Name the agent: `kaos init atlas --template research-agent`.");
  if (job !== undefined) understood(here, job);
  const brain = await brainOf(here, options);
  const own =
    agent === undefined || (template === undefined && !yes)
      ? undefined
      : {
          agent,
          template: chooseTemplate(template ?? "personal-operator"),
          ...(role === undefined ? {} : { role }),
          ...(language === undefined ? {} : { language }),
        };
  const given = {
    ...(own === undefined ? {} : { own }),
    ...(brain === undefined ? {} : { brain }),
    ...(job === undefined ? {} : { job }),
    telegram,
  };
  if (yes) return given;
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true)
    throw new WrongUsage("Nobody is here to be asked. Say what you want by flags and add --yes: `kaos init --help`.");
  return askWishes(here, allTemplates(), { ...given, ...(agent === undefined ? {} : { agent }) });
}

/** Throws CommandFailed when the provider does not answer: then nothing is written. */
async function brainOf(here: Context, { provider, model, key, baseUrl }: Options): Promise<Brain | undefined> {
  if (provider === undefined) {
    if ((model ?? key ?? baseUrl) !== undefined) throw new WrongUsage("Of which provider? Add --provider.");
    return undefined;
  }
  if (provider.toLowerCase() === "offline") return { kind: "offline" };
  if (key !== undefined && key !== "-")
    throw new WrongUsage("A key on the command line stays in the shell's history. Pipe it: `--key - < key.txt`.");
  const typed = key === undefined ? undefined : (await textOf(process.stdin)).trim();
  const tried = await tryProvider(here, {
    id: provider.toLowerCase(),
    ...(typed === undefined ? {} : { key: typed }),
    ...(model === undefined ? {} : { model }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
  });
  if ("problem" in tried) throw new CommandFailed(`Nothing was written: ${tried.problem}`);
  here.note(`${here.paint.good("✓")} ${tried.says}.`);
  return tried.brain;
}

function tellDone(
  { paint, print }: Context,
  { agent, wrote, job }: Awaited<ReturnType<typeof carryOut>>,
  { own }: Wishes,
): void {
  if (own !== undefined) print(`${paint.good("✓")} ${paint.agent(agent)} is ${withArticle(own.template.title)}.`);
  if (wrote.length > 0) print(`${paint.good("✓")} Written into .env: ${wrote.join(", ")}.`);
  if (job !== null) print(`${paint.good("✓")} The job ${job} runs while the supervisor does.`);
}

function nextSteps({ kaos, paint }: Context, agent: string, { own, telegram }: Wishes): string[] {
  const steps = [
    [`${kaos} chat${own === undefined ? "" : ` --agent ${agent}`}`, "talk on, here"],
    own === undefined
      ? [`${kaos} up`, "the six and the supervisor"]
      : [`${kaos} run ${agent}`, "with jobs and control room"],
  ];
  if (telegram) steps.push([`${kaos} telegram login ${agent}`, "its account; docs/telegram.md says what you need"]);
  const width = Math.max(...steps.map(([line = ""]) => line.length));
  return [paint.bold("Next"), ...steps.map(([line = "", does = ""]) => `  ${line.padEnd(width)}  ${paint.soft(does)}`)];
}
