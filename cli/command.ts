/** What a command is: it says what it takes, and what it does with it. */
import { type Command, InvalidArgumentError } from "commander";
import type { Context } from "./context.ts";

/** Adds arguments, options, examples and the action to a command. `context` may be asked for in the action only. */
export type Define = (command: Command, context: () => Context) => void;

/** Examples below a command's help, each with what it does. */
export function examples(command: Command, lines: readonly (readonly [string, string])[]): void {
  const width = Math.max(...lines.map(([example]) => example.length));
  const rows = lines.map(([example, does]) => `  ${example.padEnd(width)}  ${does}`);
  command.addHelpText("after", `\nExamples:\n${rows.join("\n")}`);
}

/** A whole number from `min` to `max`, for options. Throws what commander tells as wrong usage. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`Write a whole number from ${min} to ${max}.`);
  };
}
