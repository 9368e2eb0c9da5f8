/** All MCP servers of one agent behind one door: what they offer as tools, how they are, and their end. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Log } from "../base/index.ts";
import type { McpServerConfig } from "../config/index.ts";
import type { Tool } from "../engine/index.ts";
import { type Adapting, adaptTools } from "./adapt.ts";
import type { Asked } from "./asked.ts";
import type { RawTool } from "./connection.ts";
import { createDefinitions, type Withheld } from "./definitions.ts";
import type { Authorize } from "./login.ts";
import { killOrphans } from "./orphans.ts";
import { createSupervisedServer, type ServerState } from "./server.ts";

/** How one server is, with what it offers and what waits for a person. */
export type McpState = ServerState & { tools: string[]; withheld: Withheld[] };

export type Gateway = {
  /** Opens every server, all at the same time; resolves when each has a state. */
  start(): Promise<void>;
  /** What may be offered to a model now: the same list, in the same order, while nothing changes. */
  tools(): readonly Tool[];
  states(): McpState[];
  /** The definitions as the servers give them, for a person to look at. */
  definitions(server: string): readonly RawTool[];
  /** Closes all servers and waits until their processes are gone. */
  close(): Promise<void>;
};

export type GatewayDeps = Asked & {
  servers: readonly McpServerConfig[];
  clock: Clock;
  log: Log;
  /** Where this agent keeps what belongs to its servers: a folder each, and `state.json` for whoever looks. */
  folder: string;
  /** Definitions that a person approved after they had changed. */
  approvedFile: string;
  /** Our version, as the servers hear it. */
  version: string;
  /** Takes secrets out of what a server writes to stderr. */
  redact(text: string): string;
  /** Takes out of a description what a person cannot see. */
  clean(text: string): string;
  /** How requests leave this process; the machine's own way unless told otherwise. */
  fetch?: typeof globalThis.fetch;
  authorize?: Authorize;
  /** Where the login of a server is kept; in its folder unless told otherwise. */
  loginFile?: (server: string) => string;
  onProgress?: Adapting["onProgress"];
};

/** Kills what an earlier life of the same owner left behind, and starts nothing. There is one gateway to a folder. */
export function createGateway(deps: GatewayDeps): Gateway {
  const { folder, log } = deps;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const orphans = killOrphans(folder);
  if (orphans > 0) log.warn("mcp orphans killed", { orphans });

  const members = deps.servers.map((config) => {
    const own = join(folder, config.name);
    const definitions = createDefinitions(config.name, join(own, "tools.json"), deps.approvedFile);
    const server = createSupervisedServer(config, {
      ...deps,
      fetch: deps.fetch ?? globalThis.fetch,
      folder: own,
      loginFile: deps.loginFile?.(config.name) ?? join(own, "login.json"),
      owner: folder,
      definitions,
      onChange: () => tell(),
    });
    return { config, definitions, server };
  });

  /** A tool is made once for each definition, so that what was worked out about it is kept. */
  let made: { key: string; tools: readonly Tool[] } = { key: "", tools: [] };
  const tools = (): readonly Tool[] => {
    const offers = members.map(({ config, definitions, server }) => ({
      config,
      server,
      has: server.has(),
      offered: config.enabled && config.missing.length === 0 ? definitions.offered() : [],
    }));
    const key = JSON.stringify(offers.map(({ config, has, offered }) => [config.name, has, offered]));
    if (key !== made.key) {
      const all = offers.flatMap(({ config, server, has, offered }) =>
        adaptTools(offered, {
          server: config,
          has,
          use: server.use,
          clean: deps.clean,
          ...(deps.onProgress !== undefined && { onProgress: deps.onProgress }),
        }),
      );
      made = { key, tools: all };
    }
    return made.tools;
  };
  const states = (): McpState[] =>
    members.map(({ definitions, server }) => ({
      ...server.state(),
      tools: definitions.offered().map(({ name }) => name),
      withheld: definitions.withheld(),
    }));

  let closed = false;
  function tell(): void {
    if (closed) return;
    const file = join(folder, "state.json");
    try {
      writeFileSync(`${file}.new`, `${JSON.stringify({ owner: process.pid, servers: states() })}\n`, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch (error) {
      // Whoever looks sees an old state; the servers do their work all the same.
      log.warn("mcp state not written", { error });
    }
  }

  return {
    async start() {
      await Promise.all(members.map(({ server }) => server.open()));
    },
    tools,
    states,
    definitions: (name) => members.find(({ config }) => config.name === name)?.definitions.listed() ?? [],
    async close() {
      await Promise.all(members.map(({ server }) => server.close()));
      closed = true;
    },
  };
}
