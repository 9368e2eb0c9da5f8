/**
 * A Hermes home (`~/.hermes`): `memories/MEMORY.md` and `USER.md` with entries parted by §, `skills/` in folders by subject, and the
 * conversations in `state.db`, which is read from a copy so that the home stays as it is.
 */
import { copyFileSync, existsSync, lstatSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../base/index.ts";
import { type Database, openDatabase } from "../../sqlite/index.ts";
import { ArchiveRefused } from "../refused.ts";
import type { ForeignSaid, Found, ReadForeign } from "./found.ts";
import { contentOf, textOf, timeOf } from "./json.ts";
import { readNote } from "./notes.ts";
import { skillsBelow } from "./skills-below.ts";

const MEMORIES = ["memories/MEMORY.md", "memories/USER.md"];
const STATE_BYTES_MAX = 4 * 1024 ** 3;
/** Places in which only whoever sits at the machine writes. */
const OWN_SOURCES = new Set(["cli", "tui", "desktop", "acp"]);

export const readHermes: ReadForeign = async function* (path, options) {
  const { now, signal } = options;
  const there = [...MEMORIES, "state.db", "skills", "SOUL.md"].filter((name) => existsSync(join(path, name)));
  if (there.length === 0)
    throw new ArchiveRefused(`${path} is no Hermes home: it has neither memories nor a state.db.`);
  for (const name of MEMORIES.filter((one) => there.includes(one))) yield* entriesOf(path, name, now);
  if (there.includes("SOUL.md"))
    yield {
      kind: "skipped",
      what: "SOUL.md",
      because: "who an agent is and how it works is written by you: `kaos templates` shows how",
    };
  for (const what of [".env", "auth.json", "config.yaml"])
    if (existsSync(join(path, what))) yield { kind: "skipped", what, because: "it may hold keys and was not opened" };
  if (existsSync(join(path, "cron", "jobs.json")))
    yield {
      kind: "skipped",
      what: "cron/jobs.json",
      because: "jobs are added with `kaos jobs add`, so that you see what they cost",
    };
  yield* skillsBelow(join(path, "skills"), signal);
  if (there.includes("state.db")) yield* conversationsOf(join(path, "state.db"), options);
};

function* entriesOf(path: string, name: string, now: number): Generator<Found> {
  const read = readNote(join(path, name));
  if ("because" in read) return yield { kind: "skipped", what: name, because: read.because };
  const title = name.endsWith("USER.md") ? "What Hermes knows of you" : "What Hermes noted";
  for (const text of read.text.split(/\n?§\n?/u).map((entry) => entry.trim()))
    if (text !== "") yield { kind: "note", id: name, title, text, at: Math.min(read.changedAt, now), by: "Hermes" };
}

type Session = {
  id: string;
  source: string | null;
  user_id: string | null;
  title: string | null;
  model: string | null;
};
type Row = { id: number | string; role: string | null; content: unknown; timestamp: unknown };

async function* conversationsOf(
  file: string,
  { me, now, signal }: { me: string | undefined; now: number; signal: AbortSignal },
): AsyncGenerator<Found> {
  if (lstatSync(file).size > STATE_BYTES_MAX)
    return yield { kind: "skipped", what: "state.db", because: `it has more than ${STATE_BYTES_MAX} bytes` };
  const aside = mkdtempSync(join(tmpdir(), "kaos-hermes-"));
  let db: Database | undefined;
  try {
    for (const ending of ["", "-wal"])
      if (existsSync(file + ending)) copyFileSync(file + ending, join(aside, `state.db${ending}`));
    db = openDatabase(join(aside, "state.db"), { durability: "off" });
    const sessions = columnsOf(db, "sessions");
    if (!sessions.has("id") || !columnsOf(db, "messages").has("session_id"))
      return yield { kind: "skipped", what: "state.db", because: "it has no conversations that this program knows" };
    const optional = ["source", "user_id", "title", "model"].map((name) =>
      sessions.has(name) ? name : `NULL AS ${name}`,
    );
    const all = db.prepare<[], Session>(`SELECT id, ${optional.join(", ")} FROM sessions ORDER BY rowid`).all();
    const messages = db.prepare<[string], Row>(
      "SELECT id, role, content, timestamp FROM messages WHERE session_id = ? ORDER BY timestamp, id",
    );
    for (const session of all) {
      signal.throwIfAborted();
      yield* sessionOf(session, messages.iterate(session.id), { me, now });
    }
  } catch (error) {
    signal.throwIfAborted();
    yield { kind: "skipped", what: "state.db", because: `it cannot be read: ${messageOf(error)}` };
  } finally {
    db?.close();
    rmSync(aside, { recursive: true, force: true });
  }
}

function columnsOf(db: Database, table: "sessions" | "messages"): Set<string> {
  return new Set((db.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name));
}

function* sessionOf(
  session: Session,
  rows: Iterable<Row>,
  { me, now }: { me: string | undefined; now: number },
): Generator<Found> {
  const title = session.title ?? session.id;
  const isOwners = OWN_SOURCES.has(session.source ?? "") || (me !== undefined && session.user_id === me);
  const said: ForeignSaid[] = [];
  for (const { id, role, content, timestamp } of rows) {
    const text = wordsIn(content);
    if ((role !== "user" && role !== "assistant") || text.trim() === "") continue;
    const common = { id: String(id), text, at: timeOf(timestamp, said.at(-1)?.at ?? now) };
    if (role === "assistant") said.push({ ...common, by: "assistant", name: "Hermes", model: session.model ?? "" });
    else
      said.push({
        ...common,
        by: isOwners ? "owner" : "other",
        name: isOwners ? "you" : (session.user_id ?? "somebody"),
        model: "",
      });
  }
  if (said.length === 0) return yield { kind: "skipped", what: title, because: "nobody said anything in it" };
  if (!isOwners)
    yield {
      kind: "skipped",
      what: title,
      because: "it is not known whether it was you, so nothing in it counts as your words: say --me <your id there>",
    };
  yield { kind: "conversation", id: session.id, title, said };
}

/** Text, or a list of parts written as JSON. */
function wordsIn(content: unknown): string {
  const text = textOf(content);
  if (!text.startsWith("[{")) return text;
  try {
    return contentOf(JSON.parse(text));
  } catch {
    return text;
  }
}
