/** The other direction: tools of ours, offered to whoever speaks MCP to this process over its standard streams. */
import type { Readable, Writable } from "node:stream";
import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { z } from "zod";
import { assert, type Log, messageOf, secret } from "../base/index.ts";
import type { Tool, ToolContext } from "../engine/index.ts";

/** What is offered, however the client reaches us. */
export type Offering = {
  tools: readonly Tool[];
  version: string;
  /** What the client tells its model about us. */
  instructions: string;
  log: Log;
};

export type Serving = Offering & {
  input: Readable;
  output: Writable;
  /** Ends the serving; it also ends when the client closes our input. */
  signal: AbortSignal;
};

/**
 * Serves until the client or the signal ends it. Bad arguments, an unknown tool and a failure are results that the client's model
 * reads. The tools are all there is: a scope is a shorter list.
 */
export async function serveTools({ input, output, signal, ...offering }: Serving): Promise<void> {
  const { StdioServerTransport } = await import("@modelcontextprotocol/sdk/server/stdio.js");
  const server = await createServing(offering);
  const ended = Promise.withResolvers<void>();
  server.onclose = () => ended.resolve();
  // The SDK hears data, not the end of it.
  input.once("end", () => ended.resolve());
  signal.addEventListener("abort", () => ended.resolve(), { once: true });
  await server.connect(new StdioServerTransport(input, output));
  if (!signal.aborted) await ended.promise;
  await server.close();
}

/** A server of the SDK with these tools, connected to nobody yet. */
export async function createServing({ tools, version, instructions, log }: Offering): Promise<Server> {
  for (const { name, gate } of tools)
    assert(gate === undefined, `no tool that is served needs a gate, and ${name} is behind a gate`);
  const [{ Server }, types] = await Promise.all([
    import("@modelcontextprotocol/sdk/server/index.js"),
    import("@modelcontextprotocol/sdk/types.js"),
  ]);
  const server = new Server({ name: "kronos-agent-os", version }, { capabilities: { tools: {} }, instructions });
  server.setRequestHandler(types.ListToolsRequestSchema, () => ({ tools: tools.map(describe) }));
  server.setRequestHandler(types.CallToolRequestSchema, async ({ params }, extra) => {
    const context = {
      agent: "",
      turnId: "mcp",
      callId: secret(9),
      effectKey: "",
      sources: [],
      said: [],
      saidNow: [],
      seen: [],
      signal: extra.signal,
    };
    const { text, ok } = await run(tools, params.name, params.arguments ?? {}, context);
    log.info("mcp call served", { tool: params.name, ok });
    return { content: [{ type: "text", text }], isError: !ok };
  });
  return server;
}

function describe({ name, description, input, effects, risk, source }: Tool) {
  const schema = z.toJSONSchema(input, { io: "input", unrepresentable: "any" });
  return {
    name,
    description,
    inputSchema: { ...schema, type: "object" as const },
    annotations: {
      readOnlyHint: effects === "none",
      destructiveHint: risk === "risky",
      openWorldHint: source === "outside" || effects === "external",
    },
  };
}

async function run(
  tools: readonly Tool[],
  name: string,
  input: unknown,
  context: ToolContext,
): Promise<{ ok: boolean; text: string }> {
  const tool = tools.find((one) => one.name === name);
  if (tool === undefined)
    return { ok: false, text: `There is no tool "${name}" here, only ${tools.map((one) => one.name).join(", ")}.` };
  const parsed = await tool.input.safeParseAsync(input);
  if (!parsed.success) return { ok: false, text: z.prettifyError(parsed.error) };
  try {
    const result = await tool.run(parsed.data, context);
    return { ok: true, text: "text" in result ? result.text : result.passed };
  } catch (error) {
    return { ok: false, text: messageOf(error) };
  }
}
