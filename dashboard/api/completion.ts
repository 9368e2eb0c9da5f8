/** An answer in the shape of a chat completion, whole or in pieces. */
import type { Ledger } from "../../shared/ledger/index.ts";

type Usage = { prompt_tokens: number; completion_tokens: number; total_tokens: number };
type About = { seq: number; model: string; at: number };

/** The whole answer. */
export function completionOf({ seq, model, at }: About, content: string, usage: Usage): object {
  return {
    ...head({ seq, model, at }),
    object: "chat.completion",
    choices: [
      { index: 0, message: { role: "assistant", content, refusal: null }, logprobs: null, finish_reason: "stop" },
    ],
    usage,
  };
}

/** One piece of a stream; without content it is the last. */
export function chunkOf(about: About, content: string | undefined): object {
  const delta = content === undefined ? {} : { role: "assistant", content };
  return {
    ...head(about),
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, logprobs: null, finish_reason: content === undefined ? "stop" : null }],
  };
}

/** What was used, after the last piece, for whoever asked to be told. */
export function usageChunkOf(about: About, usage: Usage): object {
  return { ...head(about), object: "chat.completion.chunk", choices: [], usage };
}

/** What all agents used for a message: judging, answering, whatever it took. */
export async function usageOf(ledger: Ledger, seq: number): Promise<Usage> {
  const spent = await ledger.spend.ofMessage(seq);
  const prompt = spent.reduce((sum, { inputTokens }) => sum + inputTokens, 0);
  const completion = spent.reduce((sum, { outputTokens }) => sum + outputTokens, 0);
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

function head({ seq, model, at }: About): object {
  return { id: `chatcmpl-${seq}`, created: Math.floor(at / 1_000), model };
}
