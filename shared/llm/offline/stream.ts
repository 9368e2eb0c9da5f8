/** A reply as the server-sent events of the OpenAI API, word by word, at the pace of somebody who speaks. */
import type { Clock } from "../../base/index.ts";
import type { Reply } from "./persona.ts";

type Pace = {
  id: string;
  usage: { inputTokens: number; outputTokens: number };
  clock: Clock;
  wordsPerSecond: number;
  signal: AbortSignal | null | undefined;
};

/** Ends with an AbortError when the signal says stop. */
export function streamReply(
  reply: Reply,
  { id, usage, clock, wordsPerSecond, signal }: Pace,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const events = eventsOf(reply, id, usage);
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      const event = events[at++];
      if (event === undefined) return controller.close();
      if (event.spoken && wordsPerSecond > 0) await clock.sleep(1000 / wordsPerSecond, signal ?? undefined);
      signal?.throwIfAborted();
      controller.enqueue(encoder.encode(`data: ${event.data}\n\n`));
    },
  });
}

function eventsOf(
  reply: Reply,
  id: string,
  { inputTokens, outputTokens }: Pace["usage"],
): { data: string; spoken: boolean }[] {
  const frame = { id: `offline-${id}`, object: "chat.completion.chunk", created: 0, model: "offline" };
  const choice = (delta: object, finish_reason: string | null = null) => ({
    choices: [{ index: 0, delta, finish_reason }],
  });
  const event = (fields: object, spoken = false) => ({ data: JSON.stringify({ ...frame, ...fields }), spoken });
  const spoken =
    "text" in reply
      ? words(reply.text).map((content) => choice({ content }))
      : callPieces(reply, id).map((call) => choice({ tool_calls: [call] }));
  return [
    event(choice({ role: "assistant" })),
    ...spoken.map((fields) => event(fields, true)),
    event(choice({}, "text" in reply ? "stop" : "tool_calls")),
    event({
      choices: [],
      usage: { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens },
    }),
    { data: "[DONE]", spoken: false },
  ];
}

/** The name first, then the arguments, as real providers do it. */
function callPieces(reply: { tool: string; arguments: string }, id: string): object[] {
  return [
    { index: 0, id: `call_${id}`, type: "function", function: { name: reply.tool, arguments: "" } },
    { index: 0, function: { arguments: reply.arguments } },
  ];
}

/** Each word with the white space behind it. */
function words(text: string): string[] {
  return text.match(/\S+\s*/g) ?? [];
}
