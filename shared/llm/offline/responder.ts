/**
 * The model that needs no key: an OpenAI-compatible endpoint inside this process, given to the `openai` client as its
 * `fetch`. The same request gets the same answer. It does not think, and says so when asked; see the README.
 */
import { z } from "zod";
import { type Clock, stableId } from "../../base/index.ts";
import { estimateTokens } from "../prices.ts";
import { type Reply, replyAs } from "./persona.ts";
import { type RequestBody, readSituation, requestBody } from "./reading.ts";
import { reactionInput, relevanceInput, scoreReaction, scoreRelevance } from "./relevance.ts";
import { streamReply } from "./stream.ts";

type Refused = { status: number; message: string };

/** A `fetch` that answers `POST …/chat/completions` and nothing else. `wordsPerSecond` 0 streams without a delay. */
export function createOfflineFetch({ clock, wordsPerSecond }: { clock: Clock; wordsPerSecond: number }): typeof fetch {
  return async (input, init) => {
    const body = typeof init?.body === "string" ? init.body : "";
    const reply = answer(input instanceof Request ? input.url : String(input), body);
    if ("status" in reply) {
      return Response.json(
        { error: { message: reply.message, type: "invalid_request_error" } },
        { status: reply.status },
      );
    }
    const usage = { inputTokens: estimateTokens(body.length), outputTokens: estimateTokens(lengthOf(reply)) };
    const stream = streamReply(reply, { id: stableId(body), usage, clock, wordsPerSecond, signal: init?.signal });
    return new Response(stream, { headers: { "content-type": "text/event-stream" } });
  };
}

function answer(url: string, text: string): Reply | Refused {
  if (!new URL(url).pathname.endsWith("/chat/completions")) {
    return { status: 404, message: "The offline model knows chat completions only." };
  }
  const body = requestBody.safeParse(jsonIn(text));
  if (!body.success)
    return { status: 400, message: `The offline model cannot read this: ${z.prettifyError(body.error)}` };
  const shape = body.data.response_format?.json_schema?.name;
  return shape === undefined ? replyAs(readSituation(body.data)) : inShape(shape, body.data);
}

/** Two shapes are known. Of any other nothing is invented. */
function inShape(shape: string, { messages }: RequestBody): Reply | Refused {
  const data = jsonIn(messages.findLast((one) => one.role === "user")?.content ?? "");
  const scored = <T>(input: z.ZodType<T>, score: (value: T) => Record<string, number>): Reply | Refused => {
    const parsed = input.safeParse(data);
    if (!parsed.success) return { status: 400, message: `No ${shape} from this: ${z.prettifyError(parsed.error)}` };
    return { text: JSON.stringify({ scores: score(parsed.data) }) };
  };
  if (shape === "relevance") return scored(relevanceInput, scoreRelevance);
  if (shape === "reaction") return scored(reactionInput, scoreReaction);
  return { status: 400, message: `The offline model cannot fill the form "${shape}"; a provider can.` };
}

function lengthOf(reply: Reply): number {
  return "text" in reply ? reply.text.length : reply.tool.length + reply.arguments.length;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
