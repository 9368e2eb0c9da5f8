/** Puts an answer together from the pieces in which it is streamed. Providers differ, so nothing in a piece is taken for granted. */
import { z } from "zod";
import type { ToolCall, Usage } from "../engine/index.ts";
import { estimateTokens, priced } from "./prices.ts";
import type { ProviderSettings } from "./settings.ts";

/** The fields of a piece that we read, any of which may be missing or something else than it should be. */
const piece = z
  .object({
    choices: z.array(z.object({ delta: z.unknown(), finish_reason: z.unknown() }).partial()).catch([]),
    usage: z.record(z.string(), z.unknown()).nullable().catch(null),
  })
  .catch({ choices: [], usage: null });
const part = z.object({ text: z.string() }).catch({ text: "" });
const delta = z
  .object({
    // A few endpoints send the text in parts.
    content: z
      .union([z.string(), z.array(part).transform((parts) => parts.map(({ text }) => text).join(""))])
      .catch(""),
    refusal: z.string().catch(""),
    tool_calls: z.array(z.unknown()).catch([]),
  })
  .catch({ content: "", refusal: "", tool_calls: [] });
const asked = z
  .object({
    name: z.string().catch(""),
    // A few endpoints send the arguments as the object they stand for.
    arguments: z
      .union([z.string(), z.record(z.string(), z.unknown()).transform((value) => JSON.stringify(value))])
      .catch(""),
  })
  .catch({ name: "", arguments: "" });
const callDelta = z
  .object({ index: z.number().catch(0), id: z.string().catch(""), function: asked })
  .catch({ index: 0, id: "", function: { name: "", arguments: "" } });

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
  /** The last count that came. Some send a running total with every piece, some the same one twice. */
  let counted: Record<string, unknown> | null = null;
  let started = false;
  /** By the index the provider gives; a new id under an old index is a new call all the same. */
  const open = new Map<number, ToolCall>();
  const calls: ToolCall[] = [];

  const addCall = (sent: unknown): void => {
    const { index, id, function: named } = callDelta.parse(sent);
    let call = open.get(index);
    if (call === undefined || (id !== "" && id !== call.id)) {
      call = { id: id || `call_${calls.length + 1}`, tool: "", arguments: "" };
      open.set(index, call);
      calls.push(call);
    }
    // Some providers repeat the whole name with each piece.
    if (named.name !== "" && call.tool !== named.name) call.tool += named.name;
    call.arguments += named.arguments;
  };

  return {
    add(sent) {
      started = true;
      const { choices, usage } = piece.parse(sent);
      counted = usage ?? counted;
      const [choice] = choices;
      if (typeof choice?.finish_reason === "string") finish = choice.finish_reason;
      const { content, refusal, tool_calls } = delta.parse(choice?.delta);
      for (const call of tool_calls) addCall(call);
      if (refusal !== "") finish = "content_filter";
      text += content;
      return content;
    },
    text: () => text,
    calls: () => calls.map((call) => ({ ...call })),
    finished: () => (finish === undefined || finish === "content_filter" ? finish : "other"),
    usage() {
      const received = text.length + calls.reduce((sum, call) => sum + call.tool.length + call.arguments.length, 0);
      const cached = (counted?.["prompt_tokens_details"] as { cached_tokens?: unknown } | undefined)?.cached_tokens;
      const tokens = {
        inputTokens: count(counted?.["prompt_tokens"]) ?? (started ? estimateTokens(sentCharacters) : 0),
        cachedTokens: count(cached) ?? count(counted?.["prompt_cache_hit_tokens"]) ?? 0,
        outputTokens: count(counted?.["completion_tokens"]) ?? estimateTokens(received),
      };
      const usage = priced(tokens, settings.prices);
      const bill = settings.quirks.reportsCost ? amount(counted?.["cost"]) : undefined;
      return { usage: { ...usage, costUsd: bill ?? usage.costUsd }, estimated: started && counted === null };
    },
  };
}

/** A count that nobody can have counted is none. */
function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function amount(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}
