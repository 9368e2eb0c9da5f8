/** What a server may ask of us while it works: a completion of our model, or an answer of a person. Refused unless somebody allows it. */
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { ToolContext } from "../engine/index.ts";

/** A server asks a person for something, as a small form. */
export type Elicitation = {
  server: string;
  message: string;
  /** The form as a JSON schema of flat fields; foreign text. */
  schema: unknown;
  signal: AbortSignal;
  /** The call during which it asks, so that the person who is asked is the one whom the turn answers. */
  during: { tool: string; context: ToolContext };
};
export type Elicited =
  | { action: "accept"; content: Record<string, string | number | boolean | string[]> }
  | { action: "decline" | "cancel" };

/** A server asks our model. What it says is foreign text, and what it gets leaves this machine. */
export type Sampling = {
  server: string;
  systemPrompt: string;
  messages: { role: "user" | "assistant"; text: string }[];
  tokensMax: number;
  signal: AbortSignal;
};
export type Sampled = { text: string; by: string };

export type Asked = {
  /** Without it no server may ask a person anything. */
  elicit?: (asking: Omit<Elicitation, "during">) => Promise<Elicited>;
  /** Without it, or where `mcp.json` does not say `sampling`, no server may ask our model. */
  sample?: (asking: Sampling) => Promise<Sampled>;
};

type Types = typeof import("@modelcontextprotocol/sdk/types.js");

export function answerElicitation(
  client: Client,
  types: Types,
  server: string,
  elicit: NonNullable<Asked["elicit"]>,
): void {
  client.setRequestHandler(types.ElicitRequestSchema, async ({ params }, { signal }) => {
    const schema = "requestedSchema" in params ? params.requestedSchema : {};
    return { ...(await elicit({ server, message: params.message, schema, signal })) };
  });
}

export function answerSampling(
  client: Client,
  types: Types,
  server: string,
  sample: NonNullable<Asked["sample"]>,
): void {
  client.setRequestHandler(types.CreateMessageRequestSchema, async ({ params }, { signal }) => {
    const messages = params.messages.map(({ role, content }) => {
      const blocks = Array.isArray(content) ? content : [content];
      return { role, text: blocks.map((block) => (block.type === "text" ? block.text : `[${block.type}]`)).join("\n") };
    });
    const { text, by } = await sample({
      server,
      systemPrompt: params.systemPrompt ?? "",
      messages,
      tokensMax: params.maxTokens,
      signal,
    });
    return { role: "assistant" as const, content: { type: "text" as const, text }, model: by };
  });
}
