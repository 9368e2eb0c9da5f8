/** The log of a process that a person watches: what went wrong as a sentence, nothing else. */
import { type Log, messageOf } from "../../shared/base/index.ts";

export function createTerminalLog(note: (text: string) => void): Log {
  const tell = (event: string, fields: Record<string, unknown> = {}) => {
    const why = fields["because"] ?? (fields["error"] === undefined ? "" : messageOf(fields["error"]));
    note(why === "" ? `${event}` : `${event}: ${String(why)}`);
  };
  return { debug() {}, info() {}, warn: tell, error: tell };
}
