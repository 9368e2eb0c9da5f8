/** One live connection to one server, over the SDK's client. What it throws is an McpFailure or an AbortError. */
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { RequestOptions } from "@modelcontextprotocol/sdk/shared/protocol.js";
import type { CallToolResult, GetPromptResult, ReadResourceResult } from "@modelcontextprotocol/sdk/types.js";
import type { McpServerConfig } from "../config/index.ts";
import { type Asked, answerElicitation, answerSampling } from "./asked.ts";
import { type OpenDeps, type Opening, openChild, openHttp } from "./open.ts";
import type { Breaking } from "./stdio.ts";
import { toFailure } from "./translate.ts";

/** A tool as its server describes it. All of it is foreign text. */
export type RawTool = {
  name: string;
  description?: string | undefined;
  inputSchema: Record<string, unknown>;
  annotations?:
    | { readOnlyHint?: boolean | undefined; destructiveHint?: boolean | undefined; openWorldHint?: boolean | undefined }
    | undefined;
};
export type RawResource = {
  uri: string;
  name: string;
  description?: string | undefined;
  mimeType?: string | undefined;
};
export type RawPrompt = {
  name: string;
  description?: string | undefined;
  arguments?: { name: string; description?: string | undefined; required?: boolean | undefined }[] | undefined;
};

/** How far a long call is, in the server's own measure. */
export type Progress = { progress: number; total?: number | undefined; message?: string | undefined };

export type CallOptions = { signal: AbortSignal; onProgress?: (progress: Progress) => void };

export type Connection = {
  /** What the server says it is. */
  about: { name: string; version: string };
  pid: number | undefined;
  has: { tools: boolean; resources: boolean; prompts: boolean };
  /** Resolves with the reason, as half a sentence, once nothing more comes from it. */
  ended: Promise<string>;
  tools(signal: AbortSignal): Promise<RawTool[]>;
  call(tool: string, input: Record<string, unknown>, options: CallOptions): Promise<CallToolResult>;
  resources(signal: AbortSignal): Promise<RawResource[]>;
  readResource(uri: string, signal: AbortSignal): Promise<ReadResourceResult>;
  prompts(signal: AbortSignal): Promise<RawPrompt[]>;
  getPrompt(name: string, input: Record<string, string>, signal: AbortSignal): Promise<GetPromptResult>;
  ping(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
};

export type ConnectDeps = Asked &
  OpenDeps & {
    /** Our version, as the server hears it. */
    version: string;
    onToolsChanged(): void;
  };

/** Pages of one list. A server that never ends its list is not believed. */
const PAGES_MAX = 20;

/** Starts the child or reaches the address, and shakes hands. The signal ends the attempt. */
export async function connect(server: McpServerConfig, deps: ConnectDeps, signal: AbortSignal): Promise<Connection> {
  const [{ Client }, types] = await Promise.all([
    import("@modelcontextprotocol/sdk/client/index.js"),
    import("@modelcontextprotocol/sdk/types.js"),
  ]);
  const ending = Promise.withResolvers<string>();
  let broken: Breaking | undefined;
  const translate = (error: unknown): unknown => toFailure(server.name, error, broken);

  const newClient = (): Client => {
    const client = new Client(
      { name: "kronos-agent-os", version: deps.version },
      {
        capabilities: {
          ...(deps.sample !== undefined && server.sampling && { sampling: {} }),
          ...(deps.elicit !== undefined && { elicitation: { form: { applyDefaults: true } } }),
        },
      },
    );
    if (deps.sample !== undefined && server.sampling) answerSampling(client, types, server.name, deps.sample);
    if (deps.elicit !== undefined) answerElicitation(client, types, server.name, deps.elicit);
    client.setNotificationHandler(types.ToolListChangedNotificationSchema, () => deps.onToolsChanged());
    return client;
  };

  const opening: Opening = {
    server,
    deps,
    signal,
    newClient,
    broke(how) {
      broken ??= how;
    },
    translate,
  };
  const { link } = server;
  const opened = await (link.kind === "stdio" ? openChild(link, opening) : openHttp(link, opening)).catch(
    (error: unknown) => {
      throw translate(error);
    },
  );
  const { client, again } = opened;
  const capabilities = client.getServerCapabilities() ?? {};
  client.onclose = () => ending.resolve(broken?.because ?? "closed the connection");

  /**
   * One request, once more where a login came between. It has a signal of its own: the SDK goes on listening to the one it is
   * given, and would cancel requests that were answered long ago.
   */
  const ask = async <T>(outer: AbortSignal, request: (options: RequestOptions) => Promise<T>): Promise<T> => {
    const own = new AbortController();
    const stop = (): void => own.abort(outer.reason);
    outer.addEventListener("abort", stop, { once: true });
    try {
      outer.throwIfAborted();
      return await again(() => request({ signal: own.signal, timeout: server.callMs, maxTotalTimeout: server.callMs }));
    } catch (error) {
      throw translate(error);
    } finally {
      outer.removeEventListener("abort", stop);
    }
  };
  const pages = async <T>(
    signal: AbortSignal,
    list: (params: { cursor?: string }, options: RequestOptions) => Promise<{ items: T[]; next: string | undefined }>,
  ): Promise<T[]> => {
    const all: T[] = [];
    let params: { cursor?: string } = {};
    for (let page = 0; page < PAGES_MAX; page++) {
      const { items, next } = await ask(signal, (options) => list(params, options));
      all.push(...items);
      if (next === undefined) break;
      params = { cursor: next };
    }
    return all;
  };

  return {
    about: client.getServerVersion() ?? { name: server.name, version: "" },
    pid: opened.pid,
    has: {
      tools: capabilities.tools !== undefined,
      resources: capabilities.resources !== undefined,
      prompts: capabilities.prompts !== undefined,
    },
    ended: Promise.race([ending.promise, opened.ended]),
    // Not through the client's own methods: those compile the schemas that the server sends into code.
    tools: (signal) =>
      pages(signal, async (params, options) => {
        const listing = { method: "tools/list" as const, params };
        const { tools, nextCursor } = await client.request(listing, types.ListToolsResultSchema, options);
        return { items: tools as RawTool[], next: nextCursor };
      }),
    call: (name, input, { signal, onProgress }) =>
      ask(signal, (options) =>
        client.request({ method: "tools/call", params: { name, arguments: input } }, types.CallToolResultSchema, {
          ...options,
          ...(onProgress !== undefined && { onprogress: onProgress }),
        }),
      ),
    resources: (signal) =>
      pages(signal, async (params, options) => {
        const { resources, nextCursor } = await client.listResources(params, options);
        return { items: resources, next: nextCursor };
      }),
    readResource: (uri, signal) => ask(signal, (options) => client.readResource({ uri }, options)),
    prompts: (signal) =>
      pages(signal, async (params, options) => {
        const { prompts, nextCursor } = await client.listPrompts(params, options);
        return { items: prompts, next: nextCursor };
      }),
    getPrompt: (name, input, signal) => ask(signal, (options) => client.getPrompt({ name, arguments: input }, options)),
    ping: (signal) => ask(signal, async (options) => void (await client.ping(options))),
    close: opened.close,
  };
}
