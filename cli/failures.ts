/** How a command ends when it cannot do what was asked: one sentence on stderr, and an exit code that a script can use. */
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { BrokenPromise, messageOf, OperationalError } from "../shared/base/index.ts";

/** The command line itself is wrong. The message says what is, and what would be right. */
export class WrongUsage extends OperationalError {
  override readonly name = "WrongUsage";
}

/** The command could not do what it was asked for. The message says why, and what to do next. */
export class CommandFailed extends OperationalError {
  override readonly name = "CommandFailed";
}

export const EXIT = { fine: 0, failed: 1, wrongUsage: 2, blockedByGate: 3 } as const;

export type Told = { sentence: string; exitCode: number };

/**
 * What a person reads of an error. A bug's stack is kept in `logFolder` for whoever mends it, and shown only when `debug` is on.
 */
export function tell(error: unknown, { logFolder, debug }: { logFolder: string; debug: boolean }): Told {
  if (error instanceof WrongUsage) return { sentence: error.message, exitCode: EXIT.wrongUsage };
  if (error instanceof OperationalError)
    return { sentence: withStack(error.message, error, debug), exitCode: EXIT.failed };
  const what = error instanceof BrokenPromise ? `it is not true that ${error.message}` : messageOf(error);
  const file = keep(error, join(logFolder, "kaos.log"));
  const where = file === undefined ? "the output of the same command with LOG_LEVEL=debug" : file;
  return {
    sentence: withStack(`KAOS met a mistake of its own: ${what}. Please report it with ${where}.`, error, debug),
    exitCode: EXIT.failed,
  };
}

function withStack(sentence: string, error: unknown, debug: boolean): string {
  if (!debug || !(error instanceof Error) || error.stack === undefined) return sentence;
  const frames = error.stack.split("\n").filter((line) => /^\s+at /.test(line));
  return [sentence, ...frames].join("\n");
}

/** Undefined when the file cannot be written: the sentence must come out even then. */
function keep(error: unknown, file: string): string | undefined {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const stack = error instanceof Error ? error.stack : undefined;
    const line = {
      level: 50,
      time: new Date().toISOString(),
      process: "kaos",
      msg: "bug",
      error: messageOf(error),
      stack,
      argv: process.argv.slice(2, 3),
    };
    appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
    return file;
  } catch {
    return undefined;
  }
}
