/** The log of a process that runs in a person's terminal: the same events, in words. */
import type { Log } from "../../shared/base/index.ts";
import { tellLogLine } from "../tell-log-line.ts";
import type { Paint } from "./paint.ts";

type Options = { process: string; level: string; paint: Paint; print(text: string): void; note(text: string): void };

/** pino's numbers, so that a line looks as `kaos logs` shows it. */
const LEVELS = { debug: 20, info: 30, warn: 40, error: 50 } as const;
const SILENT = 100;

/** A log that prints events from this level on. Why the process ended, which `runProcess` says last, is a sentence of its own. */
export function createTerminalLog({ process, level, paint, print, note }: Options): Log {
  const least = level in LEVELS ? LEVELS[level as keyof typeof LEVELS] : SILENT;
  const at =
    (number: number) =>
    (phrase: string, fields: Record<string, unknown> = {}) => {
      if (phrase === "stopped") return note(`${paint.bad("✗")} ${String(fields["because"])}`);
      if (number < least) return;
      print(
        tellLogLine(
          { process, text: "", at: Date.now(), event: { level: number, phrase, fields } },
          paint,
          process.length,
        ),
      );
    };
  return { debug: at(LEVELS.debug), info: at(LEVELS.info), warn: at(LEVELS.warn), error: at(LEVELS.error) };
}
