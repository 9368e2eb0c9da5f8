/**
 * An OpenClaw home (`~/.openclaw`) or one workspace of it: `MEMORY.md`, `USER.md` and `memory/*.md` are notes, `skills/` are skills,
 * `agents/<id>/sessions/*.jsonl` are conversations. What says who the agent is stays for a person to write.
 */
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseJson } from "../../base/index.ts";
import { ArchiveRefused } from "../refused.ts";
import type { ForeignSaid, Found, ReadForeign } from "./found.ts";
import { contentOf, type JsonMap, mapOf, textOf, timeOf } from "./json.ts";
import { filesEndingWith, noteOf } from "./notes.ts";
import { skillsBelow } from "./skills-below.ts";

const NOTES = ["MEMORY.md", "memory.md", "USER.md"];
const PERSONA = ["AGENTS.md", "SOUL.md", "IDENTITY.md", "TOOLS.md", "HEARTBEAT.md", "BOOTSTRAP.md"];
const SESSION_BYTES_MAX = 256 * 1024 ** 2;
/** The one session that by default holds the direct messages of everybody who writes. */
const MAIN_SESSION = /^agent:[^:]+:main$/;
/** A direct chat with one person, who is named last. */
const DIRECT_SESSION = /^agent:(?:[^:]+:)+(?:dm|direct):(?<peer>[^:]+)$/;

export const readOpenclaw: ReadForeign = async function* (path, { me, now, signal }) {
  const mine = me?.split(",").map((one) => one.trim()) ?? [];
  const workspaces = workspacesOf(path);
  if (workspaces.length === 0)
    throw new ArchiveRefused(
      `${path} is no OpenClaw home: it has no workspace with a SOUL.md, AGENTS.md or MEMORY.md.`,
    );
  for (const workspace of workspaces) {
    const there = readdirSync(workspace);
    const notes = [
      ...NOTES.filter((name) => there.includes(name)),
      ...filesEndingWith(join(workspace, "memory"), ".md").map((name) => `memory/${name}`),
    ];
    for (const name of notes) {
      signal.throwIfAborted();
      yield noteOf(workspace, name, "OpenClaw");
    }
    for (const what of PERSONA.filter((name) => there.includes(name)))
      yield {
        kind: "skipped",
        what,
        because: "who an agent is and how it works is written by you: `kaos templates` shows how",
      };
    yield* skillsBelow(join(workspace, "skills"), signal);
  }
  if (!workspaces.includes(path)) yield* skillsBelow(join(path, "skills"), signal);
  for (const what of ["openclaw.json", "credentials", ".env"])
    if (existsSync(join(path, what))) yield { kind: "skipped", what, because: "it may hold keys and was not opened" };
  for (const agent of foldersOf(join(path, "agents"))) {
    const folder = join(path, "agents", agent, "sessions");
    const keys = keysIn(join(folder, "sessions.json"));
    for (const name of filesEndingWith(folder, ".jsonl")) {
      signal.throwIfAborted();
      const key = keys.get(basename(name, ".jsonl"));
      yield* sessionOf(join(folder, name), key, { isOwners: key !== undefined && isOf(mine, key), now });
    }
  }
};

function workspacesOf(path: string): string[] {
  const isWorkspace = (folder: string) =>
    ["SOUL.md", "AGENTS.md", "MEMORY.md"].some((name) => existsSync(join(folder, name)));
  if (isWorkspace(path)) return [path];
  return foldersOf(path)
    .filter((name) => /^workspace(?:-|$)/.test(name))
    .map((name) => join(path, name))
    .filter(isWorkspace);
}

function foldersOf(path: string): string[] {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
}

/** Which session a file is of, as OpenClaw's own list says: it tells a chat with the owner from a group. */
function keysIn(path: string): Map<string, string> {
  if (!existsSync(path)) return new Map();
  const sessions = Object.entries(mapOf(parseJson(readFileSync(path, "utf8"))));
  return new Map(sessions.map(([key, session]) => [textOf(mapOf(session)["sessionId"]), key]));
}

/** Nobody but the owner knows which sessions are theirs alone, so the owner names them: `main`, or the id of a direct chat. */
function isOf(mine: readonly string[], key: string): boolean {
  const peer = MAIN_SESSION.test(key) ? "main" : DIRECT_SESSION.exec(key)?.groups?.["peer"];
  return peer !== undefined && mine.includes(peer);
}

function* sessionOf(
  path: string,
  key: string | undefined,
  { isOwners, now }: { isOwners: boolean; now: number },
): Generator<Found> {
  const title = key ?? basename(path, ".jsonl");
  const found = lstatSync(path);
  if (found.size > SESSION_BYTES_MAX) return yield skipped(title, `it has more than ${SESSION_BYTES_MAX} bytes`);
  const said: ForeignSaid[] = [];
  let id = basename(path, ".jsonl");
  for (const [number, line] of readFileSync(path, "utf8").split("\n").entries()) {
    if (line.trim() === "") continue;
    const written = parseJson(line);
    const entry = mapOf(written);
    if (written === undefined) yield skipped(title, "lines that are no JSON");
    else if (entry["type"] === "session") id = textOf(entry["id"]) || id;
    else if (entry["type"] === "message") {
      const one = saidIn(entry, { number, isOwners, at: said.at(-1)?.at ?? now });
      if (one !== undefined) said.push(one);
    }
  }
  if (said.length === 0) return yield skipped(title, "nobody said anything in it");
  if (!isOwners)
    yield skipped(
      title,
      "nothing in it counts as your own words, because others may write there too: --me names the sessions that are yours",
    );
  yield { kind: "conversation", id, title, said };
}

function saidIn(
  entry: JsonMap,
  { number, isOwners, at }: { number: number; isOwners: boolean; at: number },
): ForeignSaid | undefined {
  const message = mapOf(entry["message"]);
  const role = message["role"];
  const text = contentOf(message["content"]);
  if ((role !== "user" && role !== "assistant") || text.trim() === "" || /^(?:NO_REPLY|HEARTBEAT_OK)\b/.test(text))
    return undefined;
  const common = {
    id: textOf(entry["id"]) || String(number),
    text,
    at: timeOf(entry["timestamp"] ?? message["timestamp"], at),
  };
  if (role === "assistant") return { ...common, by: "assistant", name: "OpenClaw", model: textOf(message["model"]) };
  return isOwners
    ? { ...common, by: "owner", name: "you", model: "" }
    : { ...common, by: "other", name: "somebody", model: "" };
}

function skipped(what: string, because: string): Found {
  return { kind: "skipped", what, because };
}
