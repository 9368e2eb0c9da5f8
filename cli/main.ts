/** The `kaos` command: finds the command that is asked for, gives it its context, and ends with one sentence and an exit code. */
import { Command, CommanderError } from "commander";
import { homeAt, ownEnv, programVersion } from "../shared/config/index.ts";
import { createContext, defaultHome, type GlobalOptions } from "./context.ts";
import { EXIT, tell } from "./failures.ts";
import { commands } from "./index.ts";
import { paintFor } from "./terminal/paint.ts";

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  endQuietlyWhenNobodyReads();
  const program = createProgram();
  try {
    await program.parseAsync(words, { from: "user" });
    return typeof process.exitCode === "number" ? process.exitCode : EXIT.fine;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.wrongUsage;
    const { home = defaultHome() } = program.opts<GlobalOptions>();
    // Asked past readEnv, because reading the environment may be the very thing that failed.
    const debug = ownEnv({})["LOG_LEVEL"] === "debug";
    const { sentence, exitCode } = tell(error, { logFolder: homeAt(home).logs, debug });
    process.stderr.write(`${paintFor(process.stderr).bad("✗")} ${sentence}\n`);
    return exitCode;
  }
}

function createProgram(): Command {
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
      .showHelpAfterError(`Try \`kaos ${name} --help\`.`)
      .helpOption("-h, --help", "print this help");
  }
  program.hook("preSubcommand", async (_program, command) => {
    const entry = commands.find(({ name }) => name === command.name());
    const define = await entry?.load();
    define?.(command, () => createContext(program.opts<GlobalOptions>()));
  });
  return program;
}

/** `kaos logs | head` closes the pipe: that is no failure. */
function endQuietlyWhenNobodyReads(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(EXIT.fine);
  });
}
