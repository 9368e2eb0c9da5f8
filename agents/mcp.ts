/** The MCP servers of one agent: those of `mcp.json`, those that were added while running, and what servers may ask of us. */
import { type Clock, ignoreStop, type Lifetime, type Log, messageOf } from "../shared/base/index.ts";
import {
  type AgentConfig,
  type AgentHome,
  checkMcpEntry,
  dropAddedServer,
  type Home,
  keepAddedServer,
  loadAddedServers,
  type McpConfig,
  type McpServerConfig,
  mcpServersOf,
  programVersion,
} from "../shared/config/index.ts";
import type { Model, Tool } from "../shared/engine/index.ts";
import type { Ledger } from "../shared/ledger/index.ts";
import {
  createGateway,
  type Gateway,
  hashesOf,
  probeServer,
  type Sampled,
  type Sampling,
} from "../shared/mcp/index.ts";
import { type GateState, visible } from "../shared/security/index.ts";
import { type McpDesk, mcpTools } from "../shared/tools/index.ts";
import { createElicit } from "./elicit.ts";

type Deps = {
  config: Pick<AgentConfig, "name" | "mcpServers">;
  /** `mcp.json` as it was read at the start of this process. */
  mcp: McpConfig;
  home: Home;
  own: AgentHome;
  clock: Clock;
  log: Log;
  lifetime: Lifetime;
  redact(text: string): string;
  /** The gates as they stand now. */
  gates(): readonly GateState[];
  /** Where a person is asked and money is booked; without it no server may ask anybody anything. */
  ledger?: Pick<Ledger, "approvals" | "changes">;
  /** Answers servers that may ask our model, at our cost. */
  model?: Model;
};

/** How soon a server that somebody added is noticed … */
const LOOK_EVERY_MS = 2_000;
/** … and, where no such server may be used, that one may. */
const CLOSED_LOOK_EVERY_MS = 5_000;
/** Of one answer to a server that asks our model. */
const SAMPLE_TOKENS_MAX = 2_000;
const SAMPLE_CHARACTERS_MAX = 50_000;

/** Starts them; they end with the lifetime. The tools of the servers, and the gated ones that add and remove servers. */
export function mcpOf(deps: Deps): { tools(): readonly Tool[] } {
  const { config, mcp, home, own, clock, log, lifetime, redact, ledger, model } = deps;
  const { servers, unknown } = mcpServersOf(mcp, config);
  for (const server of unknown) log.warn("unknown MCP server in agent.json", { server });
  const gateway = createGateway({
    servers,
    clock,
    log,
    folder: own.mcp,
    approvedFile: home.mcpApproved,
    version: programVersion(),
    redact,
    clean: visible,
    ...(ledger !== undefined && { elicit: createElicit({ ledger, clock, clean: visible }) }),
    ...(model !== undefined && { sample: (asking: Sampling) => sample(model, asking) }),
  });
  lifetime.onClose(() => gateway.close());
  const follow = () => gateway.follow(addedFor(deps));
  const life = async (): Promise<void> => {
    await Promise.all([gateway.start(), follow()]);
    while (true) {
      await clock.sleep(mayUseAdded(deps) ? LOOK_EVERY_MS : CLOSED_LOOK_EVERY_MS, lifetime.signal).catch(ignoreStop);
      if (lifetime.signal.aborted) return;
      await follow();
    }
  };
  lifetime.run("mcp", life());
  const managing = mcpTools(deskOf(deps, gateway, follow));
  return { tools: () => [...managing, ...gateway.tools()] };
}

/** Those that this agent may use while it runs; none while the gate is closed. */
function addedFor(deps: Deps): McpServerConfig[] {
  if (!mayUseAdded(deps)) return [];
  const { config, home, log } = deps;
  const { servers, problems } = loadAddedServers(home.mcpAdded);
  for (const problem of problems) log.debug("added MCP server", { problem });
  return servers.filter(({ agents }) => agents.includes(config.name));
}

function mayUseAdded({ gates }: Pick<Deps, "gates">): boolean {
  return gates().some(({ name, open }) => name === "dynamic-mcp-servers" && open);
}

function deskOf(deps: Deps, gateway: Gateway, follow: () => Promise<void>): McpDesk {
  const { config, mcp, home, clock, redact, gates } = deps;
  const added = () => loadAddedServers(home.mcpAdded).servers;
  return {
    servers() {
      const mine = gateway.states().map(({ name, health, because, tools }) => {
        const of = [...mcp.servers, ...added()].find((one) => one.name === name);
        return { name, runs: runsOf(of, redact), health, because, tools, added: of?.added !== undefined };
      });
      const waiting = added().filter(({ name }) => !mine.some((one) => one.name === name));
      return [
        ...mine,
        ...waiting.map((of) => ({
          name: of.name,
          runs: runsOf(of, redact),
          health: "off" as const,
          because: of.agents.includes(config.name) ? whyUnused(gates()) : `only for ${of.agents.join(", ")}`,
          tools: [],
          added: true,
        })),
      ];
    },
    async add({ name, ...entry }) {
      if ([...mcp.servers, ...added()].some((one) => one.name === name))
        return { added: false, because: `there is a server "${name}" already` };
      const written = { ...entry, agents: [config.name] };
      try {
        const { server } = checkMcpEntry(name, written, {});
        const { state, tools } = await probeServer(server, {
          clock,
          version: programVersion(),
          redact,
          clean: visible,
        });
        if (state.health !== "ok") return { added: false, because: `${name}: ${state.because}` };
        const pinned = hashesOf(tools);
        keepAddedServer(home.mcpAdded, name, { by: config.name, at: clock.now(), pinned, entry: written });
        await follow();
        const open = mayUseAdded(deps);
        return {
          added: true,
          tools: state.tools,
          used: open ? "It is in use." : `It is not used: ${whyUnused(gates())}.`,
        };
      } catch (error) {
        return { added: false, because: messageOf(error).replace(/\.$/, "") };
      }
    },
    async remove(name) {
      if (dropAddedServer(home.mcpAdded, name)) {
        await follow();
        return { removed: true };
      }
      const because = mcp.servers.some((one) => one.name === name)
        ? `${name} stands in mcp.json, which is a person's file`
        : `no server "${name}" was added while running`;
      return { removed: false, because };
    },
  };
}

function whyUnused(states: readonly GateState[]): string {
  const state = states.find(({ name }) => name === "dynamic-mcp-servers");
  if (state === undefined || state.open) return "it is being started";
  return `the gate ${state.name} is closed (${state.because}); ${state.variable}=${state.openWhen} opens it`;
}

/** The program without what came from the environment, or the host. */
function runsOf(server: McpServerConfig | undefined, redact: (text: string) => string): string {
  if (server === undefined) return "";
  if (server.link.kind === "stdio") return redact([server.link.command, ...server.link.args].join(" "));
  return URL.canParse(server.link.url) ? new URL(server.link.url).host : "an address that is not complete";
}

/** The lite model says what it says; it gets no tools, and nothing of ours but what the server sent. */
async function sample(model: Model, { server, systemPrompt, messages, tokensMax, signal }: Sampling): Promise<Sampled> {
  const characters = messages.reduce((sum, { text }) => sum + text.length, systemPrompt.length);
  if (characters > SAMPLE_CHARACTERS_MAX)
    throw new Error(`${server} asked our model with more than ${SAMPLE_CHARACTERS_MAX} characters`);
  const completion = await model.complete(
    {
      entries: [
        { role: "system", text: `A program called ${server} asks. Answer it, and do nothing else.\n${systemPrompt}` },
        ...messages.map(({ role, text }) =>
          role === "user" ? { role, text } : { role: "assistant" as const, text, calls: [] },
        ),
      ],
      tools: [],
      tokensMax: Math.min(tokensMax, SAMPLE_TOKENS_MAX),
    },
    { signal },
  );
  if (completion.kind === "failed") throw new Error(completion.because);
  return { text: completion.text, by: completion.by };
}
