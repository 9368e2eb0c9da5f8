/** The `kaos` command: finds the command that is asked for, gives it its context, and ends with one sentence and an exit code. */
import { CommanderError } from "commander";
import { defaultHome, findHome, homeAt, ownEnv } from "../shared/config/index.ts";
import type { GlobalOptions } from "./context.ts";
import { EXIT, tell } from "./failures.ts";
import { createProgram } from "./program.ts";
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
    // Asked past readEnv, because reading the environment may be the very thing that failed.
    const debug = ownEnv({})["LOG_LEVEL"] === "debug";
    const { sentence, exitCode } = tell(error, { logFolder: logFolder(program.opts<GlobalOptions>()), debug });
    process.stderr.write(`${paintFor(process.stderr).bad("✗")} ${sentence}\n`);
    return exitCode;
  }
}

function logFolder({ home }: GlobalOptions): string {
  try {
    return findHome(home).logs;
  } catch {
    return homeAt(home ?? defaultHome()).logs;
  }
}

/** `kaos logs | head` closes the pipe: that is no failure. */
function endQuietlyWhenNobodyReads(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(EXIT.fine);
  });
}
