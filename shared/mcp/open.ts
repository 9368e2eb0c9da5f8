/** How a connection begins: a child is started or an address reached, and hands are shaken. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { Clock } from "../base/index.ts";
import { childEnv, type McpServerConfig } from "../config/index.ts";
import { boundedFetch } from "./bounded-fetch.ts";
import { startChild } from "./child.ts";
import { McpFailure } from "./failure.ts";
import { type Authorize, createLogin } from "./login.ts";
import { type Breaking, MESSAGE_BYTES_MAX, stdioTransport } from "./stdio.ts";
import { isClosed } from "./translate.ts";

export type OpenDeps = {
  clock: Clock;
  fetch: typeof globalThis.fetch;
  redact(text: string): string;
  /** Where this agent keeps what belongs to this server. */
  folder: string;
  /** Where what a login brought is kept. */
  loginFile: string;
  /** Named in the environment of every child, so that an orphan is known. */
  owner: string;
  /** Opens a page where a person logs in; without it a server that wants a login stays closed. */
  authorize?: Authorize;
};

export type Opening = {
  server: McpServerConfig;
  deps: OpenDeps;
  /** Ends the attempt. */
  signal: AbortSignal;
  newClient(): Client;
  /** Hears why nothing more can be read. */
  broke(how: Breaking): void;
  translate(error: unknown): unknown;
};

export type Opened = {
  client: Client;
  pid: number | undefined;
  /** Resolves with the reason when it ended by itself. */
  ended: Promise<string>;
  /** Makes a request, and once more after a login that came between. */
  again: <T>(request: () => Promise<T>) => Promise<T>;
  close(): Promise<void>;
};

type StdioLink = Extract<McpServerConfig["link"], { kind: "stdio" }>;
type HttpLink = Extract<McpServerConfig["link"], { kind: "http" }>;

/** Starts the child and shakes hands. */
export async function openChild(link: StdioLink, opening: Opening): Promise<Opened> {
  const { server, deps, newClient, broke, translate } = opening;
  const child = await startChild({
    ...link,
    env: childEnv({ HOME: deps.folder, ...link.env }),
    folder: deps.folder,
    owner: deps.owner,
    clock: deps.clock,
    redact: deps.redact,
  });
  const client = newClient();
  const transport = stdioTransport(child, (how) => {
    broke(how);
    void child.close();
  });
  try {
    await handshake(client, transport, opening);
  } catch (error) {
    await child.close();
    // Where it ended by itself, why it did says more than that the connection is gone.
    const failure = translate(error);
    if (!(failure instanceof McpFailure) || failure.kind !== "unreachable" || !isClosed(error)) throw failure;
    throw new McpFailure("unreachable", `${server.name} ${await child.ended}`, { cause: error });
  }
  return { client, pid: child.pid, ended: child.ended, again: (request) => request(), close: child.close };
}

/** Reaches the address, logs in where that is needed and possible, and shakes hands. */
export async function openHttp(link: HttpLink, opening: Opening): Promise<Opened> {
  const { server, deps, newClient, broke } = opening;
  mkdirSync(dirname(deps.loginFile), { recursive: true, mode: 0o700 });
  const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
  const { UnauthorizedError } = await import("@modelcontextprotocol/sdk/client/auth.js");
  const login = createLogin({
    server: server.name,
    file: deps.loginFile,
    oauth: link.oauth,
    ...(deps.authorize !== undefined && { authorize: deps.authorize }),
  });
  let client = newClient();
  const newTransport = (): StreamableHTTPClientTransport =>
    new StreamableHTTPClientTransport(new URL(link.url), {
      fetch: boundedFetch(deps.fetch, MESSAGE_BYTES_MAX, () => {
        broke({ kind: "too large", because: `sent an answer of more than ${MESSAGE_BYTES_MAX >> 20} MB` });
        void client.close();
      }),
      requestInit: { headers: link.headers },
      authProvider: login.provider,
    });
  let transport = newTransport();
  const loggedIn = async <T>(request: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await request();
      } catch (error) {
        if (!(error instanceof UnauthorizedError)) throw error;
        await transport.finishAuth(await login.code());
      }
    }
  };
  try {
    await handshake(client, transport, opening).catch(async (error: unknown) => {
      if (!(error instanceof UnauthorizedError)) throw error;
      await transport.finishAuth(await login.code());
      // A handshake that failed has closed its client.
      client = newClient();
      transport = newTransport();
      await handshake(client, transport, opening);
    });
  } catch (error) {
    await client.close();
    throw error;
  }
  const close = async (): Promise<void> => {
    // A server that is told frees what it kept for us; one that does not answer is left.
    const told = transport.terminateSession().catch(() => {});
    await Promise.race([told, deps.clock.sleep(1_000)]);
    await client.close();
  };
  return { client, pid: undefined, ended: new Promise(() => {}), again: loggedIn, close };
}

/** The SDK's own limit is longer than ours, so that the signal is what ends it. */
async function handshake(client: Client, transport: Transport, { server, signal }: Opening): Promise<void> {
  await client.connect(transport, { signal, timeout: server.startMs * 2 });
}
