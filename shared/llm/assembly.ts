/** Puts an answer together from the pieces in which it is streamed. Providers differ, so nothing in a piece is taken for granted. */
import type { ToolCall, Usage } from "../engine/index.ts";
import { estimateTokens, priced } from "./prices.ts";
import type { ProviderSettings } from "./settings.ts";

/** What has arrived so far. */
export type Assembly = {
  /** Takes a piece in; returns the text that came with it, often none. */
  add(piece: unknown): string;
  text(): string;
  calls(): ToolCall[];
  /** Why the model stopped; undefined while it has not. At a `length` it was not at its end. */
  finished(): "content_filter" | "length" | "other" | undefined;
  /** By the provider's own count, else estimated from characters, of what has arrived. */
  usage(): { usage: Usage; estimated: boolean };
};

/** In whose words ever: the answer has as many tokens as it may have. */
const AT_LENGTH = /^(length|max_tokens|max_output_tokens)$/iu;

/** The reason that OpenRouter gives for the end when the model broke off. */
const BROKEN = "error";

/** Nothing has arrived yet. `sentCharacters` is the length of the request, asked for when no usage came. */
export function createAssembly(settings: ProviderSettings, sentCharacters: () => number): Assembly {
  let text = "";
  let finish: string | undefined;
  /** The last count that came. Some send a running total with every piece, some the same one twice. */
  let counted: Fields | undefined;
  let started = false;
  /** By the index the provider gives; a new id under an old index is a new call all the same. */
  const open = new Map<number, ToolCall>();
  const calls: ToolCall[] = [];

  const addCall = (sent: unknown, place: number): void => {
    const fields = fieldsOf(sent);
    const asked = fieldsOf(fields["function"]);
    const [id, name] = [textOf(fields["id"]), textOf(asked["name"])];
    const unnumbered = name === "" ? 0 : place;
    const index = typeof fields["index"] === "number" ? fields["index"] : unnumbered;
    let call = open.get(index);
    if (call === undefined || (id !== "" && id !== call.id)) {
      call = { id: id || `call_${calls.length + 1}`, tool: "", arguments: "" };
      open.set(index, call);
      calls.push(call);
    }
    // Some providers repeat the whole name with each piece.
    if (name !== "" && call.tool !== name) call.tool += name;
    call.arguments += argumentsOf(asked["arguments"]);
  };

  return {
    add(sent) {
      started = true;
      const { choices, usage } = fieldsOf(sent);
      if (isFields(usage)) counted = usage;
      const [choice] = listOf(choices);
      const { delta, message, finish_reason: reason } = fieldsOf(choice);
      if (typeof reason === "string") finish = reason;
      // A count that comes alone comes last, and a few endpoints give no other sign of the end.
      if (isFields(usage) && choice === undefined) finish ??= "stop";
      // Some send all at once, as if no stream had been asked for.
      const isFirst = text === "" && calls.length === 0;
      const { content, refusal, tool_calls: asked } = fieldsOf(delta ?? (isFirst ? message : undefined));
      for (const [place, call] of listOf(asked).entries()) addCall(call, place);
      if (textOf(refusal) !== "") finish = "content_filter";
      const piece = contentOf(content);
      text += piece;
      return piece;
    },
    text: () => text,
    calls: () => calls.map((call) => ({ ...call })),
    finished() {
      if (finish === undefined || finish === BROKEN) return undefined;
      if (AT_LENGTH.test(finish)) return "length";
      return finish === "content_filter" ? finish : "other";
    },
    usage() {
      const received = text.length + calls.reduce((sum, call) => sum + call.tool.length + call.arguments.length, 0);
      const cached = fieldsOf(counted?.["prompt_tokens_details"])["cached_tokens"];
      const tokens = {
        inputTokens: count(counted?.["prompt_tokens"]) ?? (started ? estimateTokens(sentCharacters()) : 0),
        cachedTokens: count(cached) ?? count(counted?.["prompt_cache_hit_tokens"]) ?? 0,
        outputTokens: count(counted?.["completion_tokens"]) ?? estimateTokens(received),
      };
      const usage = priced(tokens, settings.prices);
      const bill = settings.quirks.reportsCost ? amount(counted?.["cost"]) : undefined;
      return { usage: { ...usage, costUsd: bill ?? usage.costUsd }, estimated: started && counted === undefined };
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Read by hand, for this is done with every word of every answer: what is missing or something else than it should be is empty. */
function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A few endpoints send the text in parts. */
function contentOf(value: unknown): string {
  return typeof value === "string"
    ? value
    : listOf(value).reduce<string>((all, part) => all + textOf(fieldsOf(part)["text"]), "");
}

/** A few endpoints send the arguments as the object they stand for. */
function argumentsOf(value: unknown): string {
  return isFields(value) ? JSON.stringify(value) : textOf(value);
}

/** A count that nobody can have counted is none. */
function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function amount(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}
