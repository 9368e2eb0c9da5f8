/** Claude's data export: a zip with `conversations.json`, `projects.json` and, in newer ones, `memories.json`. */
import { ArchiveRefused } from "../refused.ts";
import type { ForeignSaid, Found, ReadForeign } from "./found.ts";
import { contentOf, type JsonMap, listOf, mapOf, textOf, timeOf } from "./json.ts";
import { type ForeignExport, openExport, readJson } from "./open-export.ts";
import { readList } from "./read-list.ts";

const CONVERSATIONS = /(?:^|\/)conversations\.json$/;
const PROJECTS = /(?:^|\/)projects(?:\/[^/]+)?\.json$/;
const MEMORIES = /(?:^|\/)memories\.json$/;

export const readClaude: ReadForeign = async function* (path, { now, signal }) {
  const from = await openExport(path);
  try {
    const of = (pattern: RegExp) => from.names.filter((name) => pattern.test(name));
    if (of(CONVERSATIONS).length === 0)
      throw new ArchiveRefused(
        `${path} has no conversations.json: it is no export of Claude. It comes as a zip by e-mail.`,
      );
    for (const name of of(CONVERSATIONS))
      for await (const conversation of readList(from.pieces(name), name)) {
        signal.throwIfAborted();
        yield* conversationOf(mapOf(conversation), now);
      }
    for (const name of of(PROJECTS)) yield* projectsIn(await allOf(from, name), now);
    for (const name of of(MEMORIES)) yield* memoriesIn(await allOf(from, name), now);
  } finally {
    from.close();
  }
};

async function allOf(from: ForeignExport, name: string): Promise<JsonMap[]> {
  const value = await readJson(from, name);
  return (Array.isArray(value) ? value : [value]).map(mapOf);
}

function* conversationOf(conversation: JsonMap, now: number): Generator<Found> {
  const id = textOf(conversation["uuid"]);
  const title = textOf(conversation["name"]) || "untitled";
  if ("mapping" in conversation)
    return yield {
      kind: "skipped",
      what: title,
      because: "it is a conversation with ChatGPT: use `kaos import-from chatgpt`",
    };
  if (id === "") return yield { kind: "skipped", what: title, because: "it has no id or no messages" };
  const begun = timeOf(conversation["created_at"], now);
  const said = listOf(conversation["chat_messages"]).flatMap((one, number) => saidIn(mapOf(one), number, begun));
  yield said.length === 0
    ? { kind: "skipped", what: title, because: "nobody said anything in it" }
    : { kind: "conversation", id, title, said };
}

/** A file that a person attached is not the person's words: it is told apart from what they wrote. */
function saidIn(message: JsonMap, number: number, begun: number): ForeignSaid[] {
  const id = textOf(message["uuid"]) || String(number);
  const at = timeOf(message["created_at"], begun);
  const isPersons = message["sender"] === "human";
  const text = contentOf(message["content"]) || textOf(message["text"]);
  const files = listOf(message["attachments"]).map(mapOf);
  return [
    ...files.map((file, place) => ({
      id: `${id}/${place}`,
      by: "other" as const,
      name: textOf(file["file_name"]) || "a file",
      text: textOf(file["extracted_content"]),
      at,
      model: "",
    })),
    {
      id,
      by: isPersons ? ("owner" as const) : ("assistant" as const),
      name: isPersons ? "you" : "Claude",
      text,
      at,
      model: textOf(message["model"]),
    },
  ].filter((one) => one.text.trim() !== "");
}

function* projectsIn(projects: readonly JsonMap[], now: number): Generator<Found> {
  for (const project of projects) {
    const name = textOf(project["name"]) || "a project";
    const id = textOf(project["uuid"]) || name;
    const at = timeOf(project["created_at"], now);
    const texts = [
      { id: `${id}/prompt`, title: `${name}: instructions`, text: textOf(project["prompt_template"]), at },
      ...listOf(project["docs"])
        .map(mapOf)
        .map((doc) => ({
          id: `${id}/${textOf(doc["uuid"]) || textOf(doc["filename"])}`,
          title: `${name}: ${textOf(doc["filename"])}`,
          text: textOf(doc["content"]),
          at: timeOf(doc["created_at"], at),
        })),
    ];
    for (const note of texts) if (note.text.trim() !== "") yield { kind: "note", by: "Claude", ...note };
  }
}

function* memoriesIn(memories: readonly JsonMap[], now: number): Generator<Found> {
  for (const memory of memories) {
    const all: [string, unknown][] = [
      ["Claude's memory of you", memory["conversations_memory"]],
      ...Object.entries(mapOf(memory["project_memories"])).map(([id, text]): [string, unknown] => [
        `Claude's memory of project ${id}`,
        text,
      ]),
    ];
    for (const [title, text] of all)
      if (textOf(text).trim() !== "")
        yield { kind: "note", id: title, title, text: textOf(text), at: now, by: "Claude" };
  }
}
