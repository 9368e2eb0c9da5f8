/** The same loop with the `openai` client and nothing else: what any agent on it costs at least. */
import type OpenAI from "openai";
import type { ChatCompletionMessageParam, ChatCompletionTool } from "openai/resources/chat/completions";
import { TOOL } from "./provider.ts";
import { PROMPT, QUESTION } from "./turn.ts";

const tools: ChatCompletionTool[] = [
  {
    type: "function",
    function: {
      name: TOOL.name,
      description: TOOL.description,
      parameters: {
        type: "object",
        properties: { of: { type: "string" } },
        required: ["of"],
        additionalProperties: false,
      },
    },
  },
];

/** Streams, runs the tool, and asks again until there is an answer. */
export async function runBare(openai: OpenAI): Promise<string> {
  const messages: ChatCompletionMessageParam[] = [
    { role: "system", content: PROMPT },
    { role: "user", content: QUESTION },
  ];
  for (;;) {
    const stream = await openai.chat.completions.create({
      model: "small",
      messages,
      tools,
      max_tokens: 4_096,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    const calls: { id: string; name: string; arguments: string }[] = [];
    for await (const { choices } of stream) {
      const delta = choices[0]?.delta;
      text += delta?.content ?? "";
      for (const { index, id, function: asked } of delta?.tool_calls ?? []) {
        const call = calls[index] ?? { id: "", name: "", arguments: "" };
        calls[index] = call;
        call.id ||= id ?? "";
        call.name ||= asked?.name ?? "";
        call.arguments += asked?.arguments ?? "";
      }
    }
    if (calls.length === 0) return text;
    messages.push({
      role: "assistant",
      content: text,
      tool_calls: calls.map(({ id, ...asked }) => ({ id, type: "function", function: asked })),
    });
    for (const { id, arguments: asked } of calls) {
      JSON.parse(asked);
      messages.push({ role: "tool", tool_call_id: id, content: TOOL.result });
    }
  }
}
