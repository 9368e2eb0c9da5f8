/** Our request in the words of the OpenAI API. The same request gives the same bytes, so provider caches hold. */
import type {
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from "openai/resources/chat/completions";
import { z } from "zod";
import type { Entry, ModelRequest, Tool } from "../engine/index.ts";
import type { ProviderSettings } from "./settings.ts";

type JsonSchema = Record<string, unknown>;

/** The JSON schema of a zod type. */
export type SchemaOf = (type: z.ZodType) => JsonSchema;

/** Remembers what it worked out: the same tools go out with every step. */
export function createSchemaOf(): SchemaOf {
  const known = new WeakMap<z.ZodType, JsonSchema>();
  return (type) => {
    const made = known.get(type) ?? withoutDialect(z.toJSONSchema(type, { io: "input", unrepresentable: "any" }));
    known.set(type, made);
    return made;
  };
}

/** What is sent to this provider for this request. */
export function toWire(
  request: ModelRequest,
  settings: ProviderSettings,
  schemaOf: SchemaOf,
): ChatCompletionCreateParamsStreaming {
  const tools = request.tools.map((tool) => toolOnWire(tool, schemaOf));
  return {
    model: settings.model,
    messages: request.entries.map(message),
    ...(tools.length > 0 && { tools }),
    [settings.quirks.limitField]: request.tokensMax,
    stream: true,
    stream_options: { include_usage: true },
    ...settings.quirks.extra,
    ...shape(request, settings, schemaOf),
  };
}

/** An answer of a given shape: by schema, or by the arguments of a tool that must be called. */
function shape(request: ModelRequest, settings: ProviderSettings, schemaOf: SchemaOf): object {
  if (request.answer === undefined) return {};
  const { name } = request.answer;
  const schema = schemaOf(request.answer.schema);
  switch (settings.quirks.structured) {
    case "schema":
      // Not strict: that mode knows neither optional fields nor records. Whoever asked checks the answer anyway.
      return { response_format: { type: "json_schema", json_schema: { name, schema, strict: false } } };
    case "tool":
      return {
        tools: [
          {
            type: "function",
            function: { name, description: "Give your answer by calling this.", parameters: schema },
          },
        ],
        tool_choice: { type: "function", function: { name } },
      };
  }
}

function message(entry: Entry): ChatCompletionMessageParam {
  switch (entry.role) {
    case "system":
    case "user":
      return { role: entry.role, content: entry.text };
    case "tool":
      return { role: "tool", tool_call_id: entry.callId, content: entry.text };
    case "assistant": {
      if (entry.calls.length === 0) return { role: "assistant", content: entry.text };
      const calls = entry.calls.map((call) => ({
        id: call.id,
        type: "function" as const,
        function: { name: call.tool, arguments: call.arguments },
      }));
      return { role: "assistant", content: entry.text === "" ? null : entry.text, tool_calls: calls };
    }
  }
}

function toolOnWire({ name, description, input }: Tool, schemaOf: SchemaOf) {
  return { type: "function" as const, function: { name, description, parameters: schemaOf(input) } };
}

function withoutDialect({ $schema, ...schema }: JsonSchema): JsonSchema {
  return schema;
}
