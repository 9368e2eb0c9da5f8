/** What a program asks for: the fields of a chat completion that mean something here, and a sentence for those that cannot. */
import { z } from "zod";
import { MESSAGE_CHARACTERS_MAX } from "../../shared/ledger/index.ts";
import { ApiFailure } from "./failure.ts";

const part = z.object({ type: z.string(), text: z.string().optional() });
const message = z.object({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: z.union([z.string(), z.array(part)]).nullish(),
});
const request = z.object({
  model: z.string().min(1),
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.number().nullish(),
  tools: z.array(z.unknown()).nullish(),
  functions: z.array(z.unknown()).nullish(),
  modalities: z.array(z.string()).nullish(),
  response_format: z.object({ type: z.string() }).nullish(),
});

export type Asked = {
  model: string;
  /** What is said now: the last message of the user. */
  text: string;
  /** The first message of the user, by which a conversation is known again. */
  opening: string;
  /** Whether the program has had an answer in this conversation already. */
  goesOn: boolean;
  stream: boolean;
  usage: boolean;
};

/** Reads a request. Throws an ApiFailure that names the field. */
export function readAsked(body: unknown): Asked {
  const parsed = request.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const param = issue?.path.join(".") ?? "";
    const where = param === "" ? "The body" : `"${param}"`;
    throw wrong(`${where} cannot be used: ${issue?.message ?? "it has another shape"}.`, param || null);
  }
  const { model, messages, stream, stream_options, n, tools, functions, modalities, response_format } = parsed.data;
  if ((n ?? 1) !== 1) throw wrong("An agent gives one answer. Leave `n` out.", "n");
  if ((tools ?? functions ?? []).length > 0)
    throw wrong("Agents use tools of their own, behind their own gates. Send the request without `tools`.", "tools");
  if (modalities?.some((one) => one !== "text"))
    throw wrong("Agents answer in text. Leave `modalities` out.", "modalities");
  if (response_format != null && response_format.type !== "text")
    throw wrong("Agents answer in words. Leave `response_format` out.", "response_format");
  const said = messages.filter(({ role }) => role === "user");
  const last = said.at(-1);
  if (last === undefined || messages.at(-1)?.role !== "user")
    throw wrong("The last message must be the user's: it is what is said to the agent.", "messages");
  const text = textOf(last).trim();
  if (text === "") throw wrong("The last message of the user holds no text.", "messages");
  if (text.length > MESSAGE_CHARACTERS_MAX - 64)
    throw wrong(
      `The last message has ${text.length} characters, and ${MESSAGE_CHARACTERS_MAX - 64} fit into one. Send it in parts.`,
      "messages",
    );
  return {
    model,
    text,
    opening: said[0] === undefined ? text : textOf(said[0]).trim(),
    goesOn: messages.some(({ role }) => role === "assistant"),
    stream: stream === true,
    usage: stream_options?.include_usage === true,
  };
}

function textOf({ content }: z.output<typeof message>): string {
  if (content == null || typeof content === "string") return content ?? "";
  if (content.some(({ type }) => type !== "text"))
    throw wrong("Only text can be said here; leave images, sound and files out.", "messages");
  return content.map(({ text }) => text ?? "").join("\n");
}

function wrong(sentence: string, param: string | null): ApiFailure {
  return new ApiFailure(400, "invalid_value", sentence, { param });
}
