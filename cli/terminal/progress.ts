/** One line on stderr that shows what is going on: rewritten on a terminal, absent anywhere else. */
import type { WriteStream } from "node:tty";

export type Progress = {
  /** Replaces what the line shows. */
  show(text: string): void;
  /** Takes the line away. */
  clear(): void;
};

/** A progress line on this stream. */
export function createProgress(stream: NodeJS.WritableStream): Progress {
  const { isTTY, columns = 80 } = stream as Partial<WriteStream>;
  if (isTTY !== true) return { show() {}, clear() {} };
  return {
    show: (text) => void stream.write(`\r\u001b[2K${text.slice(0, columns - 1)}`),
    clear: () => void stream.write("\r\u001b[2K"),
  };
}
