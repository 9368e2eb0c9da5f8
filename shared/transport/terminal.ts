/** A person at a terminal: lines come in, text goes out above the line that is being typed. */
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { Writable } from "node:stream";

export type Terminal = {
  /** Whether a person sits there; a pipe otherwise. */
  readonly interactive: boolean;
  /**
   * Shows the prompt and resolves with the next line; undefined when there will be none. `fresh` is for questions: a line that
   * was typed before the question was shown does not answer it.
   */
  read(prompt: string, options?: { fresh?: boolean }): Promise<string | undefined>;
  /** Takes the lines that were typed while nobody read, up to the first that is not wanted. */
  typed(wanted: (line: string) => boolean): string[];
  /** Changes the prompt under a line that is being typed. */
  prompt(text: string): void;
  /** Whole lines, above what is being typed. */
  print(text: string): void;
  /** Goes on where the last piece ended. What is typed meanwhile shows with the next prompt. */
  write(piece: string): void;
  /** Ctrl-C. Returns how to stop listening; while nobody listens, the line is given up and reading ends. */
  onInterrupt(listener: () => void): () => void;
  close(): void;
};

type Streams = { input: Readable & { isTTY?: boolean }; output: NodeJS.WritableStream & { isTTY?: boolean } };

/** A terminal on these streams. */
export function createTerminal({ input, output }: Streams): Terminal {
  const interactive = input.isTTY === true && output.isTTY === true;
  const waiting: ((line: string | undefined) => void)[] = [];
  const typed: string[] = [];
  const listeners: (() => void)[] = [];
  let ended = false;
  let reading = false;

  // What readline shows passes through here, so that it can be kept silent while an answer is being written.
  const shown = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (interactive && reading) output.write(chunk);
      done();
    },
  });
  Object.defineProperty(shown, "columns", { get: () => (output as { columns?: number }).columns ?? 80 });
  const lines = createInterface({ input, output: shown, terminal: interactive });
  lines.on("line", (line) => {
    const next = waiting.shift();
    if (next === undefined) typed.push(line);
    else next(line);
  });
  lines.on("close", () => {
    ended = true;
    for (const next of waiting.splice(0)) next(undefined);
  });
  lines.on("SIGINT", () => {
    const listener = listeners.at(-1);
    if (listener === undefined) lines.close();
    else listener();
  });

  /** Takes away the line that is being typed, however many rows it has. */
  function lift(): void {
    const { rows } = lines.getCursorPos();
    output.write(`${rows > 0 ? `\u001b[${rows}A` : ""}\r\u001b[J`);
  }

  return {
    interactive,
    typed(wanted) {
      const end = typed.findIndex((line) => !wanted(line));
      return typed.splice(0, end === -1 ? typed.length : end);
    },
    async read(prompt, { fresh = false } = {}) {
      const line = fresh ? undefined : typed.shift();
      if (line !== undefined || ended) return line;
      reading = true;
      lines.setPrompt(prompt);
      if (interactive) lines.prompt(true);
      const next = await new Promise<string | undefined>((resolve) => waiting.push(resolve));
      reading = false;
      return next;
    },
    prompt(text) {
      if (!interactive || !reading || text === lines.getPrompt()) return;
      lift();
      lines.setPrompt(text);
      lines.prompt(true);
    },
    print(text) {
      if (interactive && reading) lift();
      output.write(`${text}\n`);
      if (interactive && reading) lines.prompt(true);
    },
    write: (piece) => void output.write(piece),
    onInterrupt(listener) {
      listeners.push(listener);
      return () => {
        const at = listeners.indexOf(listener);
        if (at !== -1) listeners.splice(at, 1);
      };
    },
    close() {
      lines.close();
    },
  };
}
