/** The tree of commands, for whoever runs it, prints it or completes it. */
import { Command } from "commander";
import { programVersion } from "../shared/config/index.ts";
import { createContext, type GlobalOptions } from "./context.ts";
import { type Entry, commands as listed } from "./index.ts";
import { paintFor } from "./terminal/paint.ts";

/** Those of the list, and the one that tells of all others. */
const commands: readonly Entry[] = [
  ...listed,
  {
    name: "completion",
    group: "Look closer:",
    summary: "complete commands in bash, zsh or fish",
    load: async () => (await import("./completion.ts")).completionOf(createWholeProgram),
  },
];

/** The program as it is started: a command is defined when it is asked for. */
export function createProgram(): Command {
  const paint = paintFor(process.stdout);
  const program = new Command("kaos")
    .description("Kronos Agent OS: six agents in one group chat that never talk over each other.")
    .option("--home <folder>", "folder of this installation's data (KAOS_HOME; ./data in a clone)")
    .version(programVersion(), "-v, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .showHelpAfterError("Try `kaos --help`.")
    .configureHelp({ styleTitle: paint.bold, sortSubcommands: false })
    .configureOutput({
      outputError: (text, write) => write(`${paintFor(process.stderr).bad("✗")} ${text.replace(/^error: /, "")}`),
    })
    .exitOverride()
    .addHelpText(
      "after",
      "\nBegin with `kaos demo`. `kaos <command> --help` tells more.\nEnds with 0 when all is well, 1 when it failed, 2 on wrong usage, 3 when a gate is closed.",
    );
  for (const { name, group, summary } of commands) {
    program
      .command(name)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
      .helpGroup(group)
      .helpCommand(false)
      .showHelpAfterError(`Try \`kaos ${name} --help\`.`)
      .helpOption("-h, --help", "print this help");
  }
  program.hook("preSubcommand", (_program, command) => define(program, command));
  return program;
}

/** The same with every command defined, down to its last option. */
export async function createWholeProgram(): Promise<Command> {
  const program = createProgram();
  for (const command of program.commands) await define(program, command);
  return program;
}

async function define(program: Command, command: Command): Promise<void> {
  const entry = commands.find(({ name }) => name === command.name());
  const defining = await entry?.load();
  defining?.(command, () => createContext(program.opts<GlobalOptions>()));
}
