/** The log of one process: events as JSON lines, a constant phrase and fields, never message text, never secrets. */
import { type LoggerOptions, pino } from "pino";

type Fields = Record<string, unknown>;

/** Where events go. `event` is a constant phrase; what varies is in the fields. */
export interface Log {
  debug(event: string, fields?: Fields): void;
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
}

/** Names of fields whose values never reach a log, whatever calls them so, at any depth. */
const SECRET_FIELDS = new Set(["password", "token", "secret", "apiKey", "authorization", "cookie", "session"]);
/** What lies deeper is left out: an event is short. */
const DEPTH_MAX = 6;

/** A log that writes JSON lines to stdout (pm2 keeps them in a file), one per event, with the process's name in each. */
export function createLog(options: { process: string; level: string }): Log {
  const stdout = pino.destination({ fd: process.stdout.fd, sync: true });
  // A file on a full disk takes no line: it is kept for the next one, and ends nobody.
  stdout.on("error", () => {});
  const settings: LoggerOptions = {
    base: { process: options.process, pid: process.pid },
    level: options.level,
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  const logger = pino(settings, stdout);
  const at =
    (level: "debug" | "info" | "warn" | "error") =>
    (event: string, fields: Fields = {}) =>
      logger[level](fieldsOf(fields, 0), event);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** An event as it stands in a log: when, how heavy by pino's levels (40 is a warning, 50 an error), and what. */
export type LogEvent = { at: number | undefined; level: number; phrase: string; fields: Readonly<Fields> };

/** Reads a line that such a log has written; undefined for anything else that stands in the file. */
export function readLogLine(line: string): LogEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const { level, time, msg, process: _process, pid: _pid, ...fields } = JSON.parse(line) as Fields;
    if (typeof level !== "number" || typeof msg !== "string") return undefined;
    const at = Date.parse(String(time));
    return { at: Number.isNaN(at) ? undefined : at, level, phrase: msg, fields };
  } catch {
    return undefined;
  }
}

/** A log that keeps nothing: for programs whose output is for a person. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Without secrets; errors become their name, sentence and stack. */
function fieldsOf(fields: object, depth: number): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, SECRET_FIELDS.has(name) ? "[redacted]" : plain(value, depth)]),
  );
}

function plain(value: unknown, depth: number): unknown {
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  if (typeof value !== "object" || value === null) return value;
  // A date, an address: it says itself how it is written.
  if ("toJSON" in value) return value;
  if (depth === DEPTH_MAX) return "[too deep]";
  return Array.isArray(value) ? value.map((one) => plain(one, depth + 1)) : fieldsOf(value, depth + 1);
}
