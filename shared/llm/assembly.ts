/** Puts an answer together from the pieces in which it is streamed. Providers differ, so nothing in a piece is taken for granted. */
import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import type { ToolCall, Usage } from "../engine/index.ts";
import { estimateTokens, priced } from "./prices.ts";
import type { ProviderSettings } from "./settings.ts";

/** The fields of a piece that we read, any of which may be missing. */
type Piece = {
  choices?: readonly { delta?: Delta | null; finish_reason?: string | null }[];
  usage?: (Partial<ChatCompletionChunk["usage"]> & { cost?: unknown; prompt_cache_hit_tokens?: unknown }) | null;
};
type Delta = { content?: unknown; refusal?: unknown; tool_calls?: readonly CallDelta[] | null };
type CallDelta = { index?: number; id?: string | null; function?: { name?: string | null; arguments?: string | null } };

/** What has arrived so far. */
export type Assembly = {
  /** Takes a piece in; returns the text that came with it, often none. */
  add(piece: unknown): string;
  text(): string;
  calls(): ToolCall[];
  /** Why the model stopped; undefined while it has not. */
  finished(): "content_filter" | "other" | undefined;
  /** By the provider's own count, else estimated from characters, of what has arrived. */
  usage(): { usage: Usage; estimated: boolean };
};

/** Nothing has arrived yet. `sentCharacters` is the length of the request, for when no usage comes. */
export function createAssembly(settings: ProviderSettings, sentCharacters: number): Assembly {
  let text = "";
  let finish: string | undefined;
  let counted: Piece["usage"];
  let started = false;
  /** By the index the provider gives; a new id under an old index is a new call all the same. */
  const open = new Map<number, ToolCall>();
  const calls: ToolCall[] = [];

  const addCall = ({ index = 0, id, function: asked }: CallDelta) => {
    let call = open.get(index);
    if (call === undefined || (id && id !== call.id)) {
      call = { id: id || `call_${calls.length + 1}`, tool: "", arguments: "" };
      open.set(index, call);
      calls.push(call);
    }
    // Some providers repeat the whole name with each piece.
    if (asked?.name && call.tool !== asked.name) call.tool += asked.name;
    call.arguments += asked?.arguments ?? "";
  };

  return {
    add(piece) {
      started = true;
      const { choices, usage } = (piece ?? {}) as Piece;
      counted = usage ?? counted;
      const choice = choices?.[0];
      finish = choice?.finish_reason ?? finish;
      const delta = choice?.delta;
      for (const call of delta?.tool_calls ?? []) addCall(call);
      if (typeof delta?.refusal === "string" && delta.refusal !== "") finish = "content_filter";
      if (typeof delta?.content !== "string") return "";
      text += delta.content;
      return delta.content;
    },
    text: () => text,
    calls: () => calls.map((call) => ({ ...call })),
    finished: () => (finish === undefined || finish === "content_filter" ? finish : "other"),
    usage() {
      const received = text.length + calls.reduce((sum, call) => sum + call.tool.length + call.arguments.length, 0);
      const tokens = {
        inputTokens: counted?.prompt_tokens ?? (started ? estimateTokens(sentCharacters) : 0),
        cachedTokens: counted?.prompt_tokens_details?.cached_tokens ?? number(counted?.prompt_cache_hit_tokens) ?? 0,
        outputTokens: counted?.completion_tokens ?? estimateTokens(received),
      };
      const usage = priced(tokens, settings.prices);
      const bill = settings.quirks.reportsCost ? number(counted?.cost) : undefined;
      return { usage: { ...usage, costUsd: bill ?? usage.costUsd }, estimated: started && !counted };
    },
  };
}

function number(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 ? value : undefined;
}
