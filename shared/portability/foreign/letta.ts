/**
 * A Letta agent file (`.af`), which is JSON: in the older shape one agent with `core_memory` and `messages`, in the newer one lists of
 * `agents` and of `blocks` that they name.
 */
import { ArchiveRefused } from "../refused.ts";
import type { ForeignSaid, Found, ReadForeign } from "./found.ts";
import { contentOf, type JsonMap, listOf, mapOf, textOf, timeOf } from "./json.ts";
import { openExport, readJson } from "./open-export.ts";

export const readLetta: ReadForeign = async function* (path, { now }) {
  const from = await openExport(path);
  try {
    const name = from.names.find((one) => /\.(?:af|json)$/.test(one));
    if (name === undefined) throw new ArchiveRefused(`${path} is no agent file. Letta's end with .af.`);
    const file = mapOf(await readJson(from, name));
    const agents = "agents" in file ? listOf(file["agents"]).map(mapOf) : [file];
    if (!agents.some((agent) => "messages" in agent || "core_memory" in agent))
      throw new ArchiveRefused(`${name} is no Letta agent file: it has no agents.`);
    const blocks = listOf(file["blocks"]).map(mapOf);
    for (const agent of agents) {
      const title = textOf(agent["name"]) || "a Letta agent";
      const own = listOf(agent["block_ids"]).map(textOf);
      const memory = [
        ...listOf(agent["core_memory"]).map(mapOf),
        ...blocks.filter((block) => own.includes(textOf(block["id"]))),
      ];
      for (const block of memory) yield blockOf(block, title, now);
      yield* messagesOf(agent, title, now);
      if (textOf(agent["system"]) !== "") yield skipped(title, "its system prompt is for Letta's own tools");
      if (
        Object.keys(mapOf(agent["tool_exec_environment_variables"])).length > 0 ||
        listOf(agent["tool_exec_environment_variables"]).length > 0
      )
        yield skipped(title, "variables of its tools may be keys: set them anew where they are needed");
    }
    for (const tool of listOf(file["tools"] ?? agents[0]?.["tools"]).map(mapOf))
      yield skipped(textOf(tool["name"]) || "a tool", "tools are code for Letta");
  } finally {
    from.close();
  }
};

function blockOf(block: JsonMap, agent: string, now: number): Found {
  const label = textOf(block["label"]) || "memory";
  const text = textOf(block["value"]);
  if (text.trim() === "") return skipped(label, "it is empty");
  if (label === "persona") return skipped(label, "a persona is written by you: `kaos templates` shows how");
  return {
    kind: "note",
    id: `${agent}/${label}`,
    title: `${agent}: ${label}`,
    text,
    at: timeOf(block["updated_at"], now),
    by: agent,
  };
}

function* messagesOf(agent: JsonMap, title: string, now: number): Generator<Found> {
  const said: ForeignSaid[] = [];
  const begun = timeOf(agent["created_at"], now);
  for (const [number, message] of listOf(agent["messages"]).map(mapOf).entries()) {
    const role = textOf(message["role"]);
    const text = role === "user" ? wordsOf(message) : role === "assistant" ? answerIn(message) : "";
    const id = textOf(message["id"]) || String(number);
    const at = timeOf(message["created_at"], said.at(-1)?.at ?? begun);
    if (text.trim() === "") yield skipped(title, "what the system, tools and Letta's own events wrote");
    else if (role === "user") said.push({ id, by: "owner", name: "you", text, at, model: "" });
    else said.push({ id, by: "assistant", name: title, text, at, model: textOf(message["model"]) });
  }
  // Ids such as message-3 are of this file alone: what an agent is called and when it began tells two files apart.
  const id = `${title}/${textOf(agent["created_at"]) || textOf(agent["id"])}`;
  if (said.length > 0) yield { kind: "conversation", id, title, said };
}

/** Letta wraps what a person wrote, and its own events, in JSON: only the first are a person's words. */
function wordsOf(message: JsonMap): string {
  const text = contentOf(message["content"]) || textOf(message["text"]);
  if (!text.trimStart().startsWith("{")) return text;
  try {
    const wrapped = mapOf(JSON.parse(text));
    if (!("type" in wrapped)) return text;
    return wrapped["type"] === "user_message" ? textOf(wrapped["message"]) : "";
  } catch {
    return text;
  }
}

/** Older agents speak by a tool, and what stands beside the call are their thoughts. */
function answerIn(message: JsonMap): string {
  const calls = listOf(message["tool_calls"]).map((call) => mapOf(mapOf(call)["function"]));
  if (calls.length === 0) return contentOf(message["content"]) || textOf(message["text"]);
  const sent = calls.find((call) => call["name"] === "send_message");
  try {
    return textOf(mapOf(JSON.parse(textOf(sent?.["arguments"])))["message"]);
  } catch {
    return "";
  }
}

function skipped(what: string, because: string): Found {
  return { kind: "skipped", what, because };
}
