/** What is told of a broken promise: the story of one message, line by line, with what befell the swarm meanwhile. */
import type { Database } from "../sqlite/index.ts";
import type { EventRow } from "./history.ts";

/** Something that went wrong, to a process or, with an empty `who`, to the whole machine. */
export type Befell = { at: number; who: string; what: string };

const LINES_MAX = 80;
/** Said of each event already, or of no use without the rest. */
const UNTOLD = new Set(["claim", "standing", "part", "messageId", "costUsd", "kind"]);

/** The story of a root and everything that goes back to it, oldest first; declined messages are left out. */
export function traceOf(db: Database, message: number, befell: readonly Befell[] = []): string[] {
  const root = db
    .prepare<[number], number>("SELECT coalesce(root, seq) FROM messages WHERE seq = ?")
    .pluck()
    .get(message);
  if (root === undefined) return [];
  const said = db.prepare<
    [number, number],
    { seq: number; id: string; name: string; text: string; replyTo: string | null }
  >(`
    SELECT seq, message_id AS id, sender_name AS name, text, reply_to AS replyTo FROM messages WHERE seq = ? OR root = ?
  `);
  const events = db
    .prepare<[number, number], EventRow>(`
      SELECT * FROM events WHERE message IN (SELECT seq FROM messages WHERE seq = ? OR root = ?) ORDER BY id
    `)
    .all(root, root)
    .filter(({ kind, detail }) => kind !== "outcome" || !detail.includes('"outcome":"declined"'));
  const messages = new Map(said.all(root, root).map((row) => [row.seq, row]));
  const start = events[0]?.at ?? 0;
  const end = Math.max(...events.map(({ at }) => at));
  const concerned = new Set(events.map(({ agent }) => agent));
  const lines = events.map(({ at, kind, message: about, agent, detail }) => {
    const row = messages.get(about ?? 0);
    const what =
      kind === "message recorded" && row !== undefined
        ? `${row.name} said “${shorten(row.text)}”${row.replyTo === null ? "" : ` in reply to ${row.replyTo}`} (message ${row.id})`
        : `${agent ?? ""} ${kind}${told(detail, start)}`;
    return { at, line: `#${about} ${what.trim()}` };
  });
  const faults = befell
    .filter(({ at, who }) => at >= start && at <= end && (who === "" || concerned.has(who)))
    .map(({ at, who, what }) => ({ at, line: `   ${who === "" ? "the machine:" : who} ${what}` }));
  const all = merged(lines, faults).map(
    ({ at, line }) => `${((at - start) / 1_000).toFixed(1).padStart(7)} s  ${line}`,
  );
  return all.length <= LINES_MAX ? all : [...all.slice(0, LINES_MAX), `… and ${all.length - LINES_MAX} more lines`];
}

/** Both lists in their own order, which a jump of the clock does not change. */
function merged<Item extends { at: number }>(events: readonly Item[], faults: readonly Item[]): Item[] {
  const rest = [...faults];
  const all = events.flatMap((event) => {
    const before = rest.findIndex(({ at }) => at > event.at);
    return [...rest.splice(0, before === -1 ? rest.length : before), event];
  });
  return [...all, ...rest];
}

function told(detail: string, start: number): string {
  const pairs = Object.entries(JSON.parse(detail) as Record<string, unknown>)
    .filter(([key, value]) => !UNTOLD.has(key) && value !== null && value !== "")
    .map(([key, value]) => {
      if (key === "eta") return `eta ${((Number(value) - start) / 1_000).toFixed(1)} s`;
      return `${key} ${typeof value === "string" ? value : JSON.stringify(value)}`;
    });
  return pairs.length === 0 ? "" : `: ${pairs.join(", ")}`;
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
