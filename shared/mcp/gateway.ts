/** All MCP servers of one agent behind one door: what they offer as tools, how they are, and their end. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Log } from "../base/index.ts";
import type { McpServerConfig } from "../config/index.ts";
import type { Tool, ToolContext } from "../engine/index.ts";
import { adaptTools } from "./adapt.ts";
import type { Asked, Elicitation, Elicited } from "./asked.ts";
import type { RawTool } from "./connection.ts";
import { createDefinitions, type Definitions, readApproved, type Withheld } from "./definitions.ts";
import type { Authorize } from "./login.ts";
import { killOrphans } from "./orphans.ts";
import { createSupervisedServer, type ServerState, type SupervisedServer } from "./server.ts";

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
  /**
   * Has exactly these servers beside the first ones from now on: opens what is new, closes what is gone. Resolves when each
   * has a state; those of a name that is taken are left out.
   */
  follow(added: readonly McpServerConfig[]): Promise<void>;
  /** Closes all servers and waits until their processes are gone. */
  close(): Promise<void>;
};

export type GatewayDeps = Pick<Asked, "sample"> & {
  /** Puts what a server asks a person to that person; without it, and where it cannot be told in which call it asks, it is refused. */
  elicit?: (asking: Elicitation) => Promise<Elicited>;
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
};

type Member = {
  config: McpServerConfig;
  definitions: Definitions;
  server: SupervisedServer;
  /** The calls that are under way. */
  calls: Set<{ tool: string; context: ToolContext }>;
};

/** Kills what an earlier life of the same owner left behind, and starts nothing. There is one gateway to a folder. */
export function createGateway(deps: GatewayDeps): Gateway {
  const { elicit, ...others } = deps;
  const { folder, log } = others;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const orphans = killOrphans(folder);
  if (orphans > 0) log.warn("mcp orphans killed", { orphans });

  const memberOf = (config: McpServerConfig): Member => {
    const own = join(folder, config.name);
    const calls: Member["calls"] = new Set();
    const definitions = createDefinitions(join(own, "tools.json"), () => approvedOf(config), log);
    const server = createSupervisedServer(config, {
      ...others,
      fetch: deps.fetch ?? globalThis.fetch,
      folder: own,
      loginFile: deps.loginFile?.(config.name) ?? join(own, "login.json"),
      owner: folder,
      definitions,
      onChange: () => tell(),
      ...(elicit !== undefined && { elicit: (asking) => duringOneCall(asking, calls, elicit) }),
    });
    return { config, definitions, server, calls };
  };
  const approvedOf = ({ name, added }: McpServerConfig): Readonly<Record<string, string>> | undefined => {
    const approved = readApproved(deps.approvedFile)[name];
    return approved === undefined && added === undefined ? undefined : { ...added?.pinned, ...approved };
  };
  const first = deps.servers.map(memberOf);
  let later: Member[] = [];
  const members = (): Member[] => [...first, ...later];

  /** A tool is made once for each definition, so that what was worked out about it is kept. */
  let made: { key: string; tools: readonly Tool[] } = { key: "", tools: [] };
  const tools = (): readonly Tool[] => {
    const offers = members().map(({ config, definitions, server, calls }) => ({
      config,
      calls,
      server,
      has: server.has(),
      offered: config.enabled && config.missing.length === 0 ? definitions.offered() : [],
    }));
    const key = JSON.stringify(offers.map(({ config, has, offered }) => [config, has, offered]));
    if (key !== made.key) {
      const all = offers.flatMap(({ config, server, has, offered, calls }) =>
        adaptTools(offered, {
          server: config,
          has,
          use: server.use,
          clean: deps.clean,
          enter(tool, context) {
            const call = { tool, context };
            calls.add(call);
            return () => void calls.delete(call);
          },
        }),
      );
      made = { key, tools: all };
    }
    return made.tools;
  };
  const states = (): McpState[] =>
    members().map(({ definitions, server }) => ({
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
      await Promise.all(first.map(({ server }) => server.open()));
    },
    async follow(added) {
      const taken = first.map(({ config }) => config.name);
      const wanted = added.filter(({ name }) => !taken.includes(name));
      const same = (one: McpServerConfig, other: McpServerConfig) => JSON.stringify(one) === JSON.stringify(other);
      const gone = later.filter(({ config }) => !wanted.some((one) => same(one, config)));
      const fresh = wanted.filter((one) => !later.some(({ config }) => same(one, config))).map(memberOf);
      later = [...later.filter((one) => !gone.includes(one)), ...fresh];
      await Promise.all(gone.map(({ server }) => server.close()));
      await Promise.all(fresh.map(({ server }) => server.open()));
      if (gone.length > 0) tell();
    },
    tools,
    states,
    definitions: (name) =>
      members()
        .find(({ config }) => config.name === name)
        ?.definitions.listed() ?? [],
    async close() {
      await Promise.all(members().map(({ server }) => server.close()));
      closed = true;
    },
  };
}

/** A server does not say for which call it asks; where it has one call under way that is the one. */
async function duringOneCall(
  asking: Omit<Elicitation, "during">,
  calls: Member["calls"],
  elicit: (asking: Elicitation) => Promise<Elicited>,
): Promise<Elicited> {
  const [during, another] = calls;
  if (during === undefined || another !== undefined) return { action: "cancel" };
  return elicit({ ...asking, during });
}
