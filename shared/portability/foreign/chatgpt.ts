/**
 * ChatGPT's data export: a zip with `conversations.json`, or several `conversations-000.json`, each a list of conversations whose
 * messages are a tree: every edit and every "regenerate" is a branch. The branch that was open last is the conversation.
 */
import { ArchiveRefused } from "../refused.ts";
import type { ForeignSaid, Found, ReadForeign } from "./found.ts";
import { type JsonMap, listOf, mapOf, textOf, timeOf } from "./json.ts";
import { openExport } from "./open-export.ts";
import { readList } from "./read-list.ts";

const LISTS = /(?:^|\/)conversations(?:-\d+)?\.json$/;

export const readChatgpt: ReadForeign = async function* (path, { now, signal }) {
  const from = await openExport(path);
  try {
    const names = from.names.filter((name) => LISTS.test(name));
    if (names.length === 0)
      throw new ArchiveRefused(
        `${path} has no conversations.json: it is no export of ChatGPT. It comes as a zip by e-mail.`,
      );
    for (const name of names)
      for await (const conversation of readList(from.pieces(name), name)) {
        signal.throwIfAborted();
        yield* conversationOf(mapOf(conversation), now);
      }
  } finally {
    from.close();
  }
};

function* conversationOf(conversation: JsonMap, now: number): Generator<Found> {
  const id = textOf(conversation["conversation_id"]) || textOf(conversation["id"]);
  const title = textOf(conversation["title"]) || "untitled";
  if ("chat_messages" in conversation)
    return yield skipped(title, "it is a conversation with Claude: use `kaos import-from claude`");
  if (id === "" || !("mapping" in conversation)) return yield skipped(title, "it has no id or no messages");
  const begun = timeOf(conversation["create_time"], now);
  const said: ForeignSaid[] = [];
  for (const node of branchOf(conversation)) {
    const message = mapOf(node["message"]);
    const one = saidIn(message, { fallback: textOf(conversation["default_model_slug"]), at: said.at(-1)?.at ?? begun });
    if ("because" in one) {
      if (one.because !== "") yield skipped(title, one.because);
      yield* instructionsIn(message, one.because === ABOUT_YOU ? begun : undefined);
      continue;
    }
    said.push({ id: textOf(message["id"]) || textOf(node["id"]), ...one });
  }
  yield said.length === 0 ? skipped(title, "nobody said anything in it") : { kind: "conversation", id, title, said };
}

/** From the first message to the one that was open last; a tree that leads in circles ends where it meets itself. */
function branchOf(conversation: JsonMap): JsonMap[] {
  const nodes = mapOf(conversation["mapping"]);
  const known = (id: string) => Object.hasOwn(nodes, id);
  const time = (id: string) => timeOf(mapOf(mapOf(nodes[id])["message"])["create_time"], 0);
  const current = textOf(conversation["current_node"]);
  const leaves = Object.keys(nodes).filter((id) => listOf(mapOf(nodes[id])["children"]).length === 0);
  const branch: JsonMap[] = [];
  const met = new Set<string>();
  let at = known(current) ? current : (leaves.toSorted((a, b) => time(b) - time(a))[0] ?? "");
  while (known(at) && !met.has(at)) {
    met.add(at);
    const node = mapOf(nodes[at]);
    branch.unshift(node);
    at = textOf(node["parent"]);
  }
  return branch;
}

const ABOUT_YOU = "custom instructions are taken as notes";

function saidIn(
  message: JsonMap,
  { fallback, at }: { fallback: string; at: number },
): Omit<ForeignSaid, "id"> | { because: string } {
  const role = textOf(mapOf(message["author"])["role"]);
  const metadata = mapOf(message["metadata"]);
  const content = mapOf(message["content"]);
  const type = textOf(content["content_type"]);
  if (role === "") return { because: "" };
  if (type === "user_editable_context") return { because: ABOUT_YOU };
  if (metadata["is_visually_hidden_from_conversation"] === true || role === "system") return { because: "" };
  if (role !== "user" && role !== "assistant") return { because: "what tools brought is left out" };
  if (type !== "text" && type !== "multimodal_text") return { because: "thoughts and calls of tools are left out" };
  if (role === "assistant" && !["all", ""].includes(textOf(message["recipient"])))
    return { because: "thoughts and calls of tools are left out" };
  const parts = listOf(content["parts"]);
  const text = parts
    .map(textOfPart)
    .filter((part) => part.trim() !== "")
    .join("\n\n");
  if (text === "")
    return {
      because: parts.length > 0 && type === "multimodal_text" ? "pictures and files are not in the export's text" : "",
    };
  const by = role === "user" ? ("owner" as const) : ("assistant" as const);
  const model = textOf(metadata["model_slug"]) || fallback;
  return { by, name: by === "owner" ? "you" : "ChatGPT", text, at: timeOf(message["create_time"], at), model };
}

function textOfPart(part: unknown): string {
  if (typeof part === "string") return part;
  return mapOf(part)["content_type"] === "audio_transcription" ? textOf(mapOf(part)["text"]) : "";
}

function* instructionsIn(message: JsonMap, at: number | undefined): Generator<Found> {
  if (at === undefined) return;
  const content = mapOf(message["content"]);
  for (const [field, title] of [
    ["user_profile", "What ChatGPT was told about you"],
    ["user_instructions", "How ChatGPT was to answer"],
  ] as const) {
    const text = textOf(content[field]);
    if (text.trim() !== "") yield { kind: "note", id: field, title, text, at, by: "ChatGPT" };
  }
}

function skipped(what: string, because: string): Found {
  return { kind: "skipped", what, because };
}
