/** The five gates, closed on a fresh install, and the one function that decides whether a call may run. */
import { type Setting, tellSource } from "../config/index.ts";
import { type Gate as CallGate, type GateDecision, isForeign, type Tool } from "../engine/index.ts";
import type { Grant } from "../ledger/index.ts";
import { authorityOf } from "./authority.ts";
import { covers } from "./covers.ts";

export type GateName =
  | "dynamic-tools"
  | "dynamic-tools-unsandboxed"
  | "mcp-management"
  | "dynamic-mcp-servers"
  | "server-ops";

export type GateVariable =
  | "ENABLE_DYNAMIC_TOOLS"
  | "REQUIRE_DYNAMIC_TOOL_SANDBOX"
  | "ENABLE_MCP_GATEWAY_MANAGEMENT"
  | "ENABLE_DYNAMIC_MCP_SERVERS"
  | "ENABLE_SERVER_OPS";

/** A capability that is closed until a variable opens it. */
export type GateInfo = {
  name: GateName;
  /** The variable that opens it. */
  variable: GateVariable;
  /** What becomes possible, in words a person decides by. */
  opens: string;
  /** The variable's value on a fresh install. */
  default: boolean;
  /** The value that opens the gate. */
  openWhen: boolean;
};

/** All gates, in the order a person reads them. */
export const gates: readonly GateInfo[] = [
  {
    name: "dynamic-tools",
    variable: "ENABLE_DYNAMIC_TOOLS",
    opens: "an agent may write tools of its own and use them, in a sandbox",
    default: false,
    openWhen: true,
  },
  {
    name: "dynamic-tools-unsandboxed",
    variable: "REQUIRE_DYNAMIC_TOOL_SANDBOX",
    opens: "tools that an agent wrote may run where no sandbox is available",
    default: true,
    openWhen: false,
  },
  {
    name: "mcp-management",
    variable: "ENABLE_MCP_GATEWAY_MANAGEMENT",
    opens:
      "MCP servers may be added and removed while agents run, by an agent with a person's word and in the control room",
    default: false,
    openWhen: true,
  },
  {
    name: "dynamic-mcp-servers",
    variable: "ENABLE_DYNAMIC_MCP_SERVERS",
    opens: "MCP servers that were added while running are started and used",
    default: false,
    openWhen: true,
  },
  {
    name: "server-ops",
    variable: "ENABLE_SERVER_OPS",
    opens: "an agent may look after the registered servers over ssh",
    default: false,
    openWhen: true,
  },
];

/** What one source (the environment, a policy, an agent's own file) says about a gate's variable. */
export type GateSetting = { gate: GateName; value: boolean; source: string };

/** A gate as it stands, and why. */
export type GateState = GateInfo & { open: boolean; because: string };

/** What was said about the gates: only what somebody set is a word, a default is none. */
export function gateSettings(settings: readonly Setting[]): GateSetting[] {
  return gates.flatMap(({ name: gate, variable }) => {
    const setting = settings.find(({ name }) => name === variable);
    const words = setting === undefined ? [] : [setting, ...setting.overruled];
    return words
      .filter(({ source }) => source.kind !== "default")
      .map(({ text, source }) => ({ gate, value: text === "true", source: tellSource(source) }));
  });
}

/** An agent that names gates in its own file may use only these, where they are open; one that names none, whatever is open. */
export function gatesNamedBy(agent: { gates: readonly string[] }, source: string): GateSetting[] {
  if (agent.gates.length === 0) return [];
  const others = gates.filter(({ name }) => !agent.gates.includes(name));
  return others.map(({ name: gate, openWhen }) => ({ gate, value: !openWhen, source }));
}

/** Every gate as it stands. One source that says no closes it, whatever the others say; no word at all leaves it closed. */
export function gateStates(settings: readonly GateSetting[]): GateState[] {
  return gates.map((gate) => {
    const said = settings.filter((setting) => setting.gate === gate.name);
    const no = said.find(({ value }) => value !== gate.openWhen);
    const decisive = no ?? said[0];
    if (decisive === undefined) return { ...gate, open: false, because: `${gate.variable} is not set` };
    return { ...gate, open: no === undefined, because: `${decisive.source} sets ${gate.variable}=${decisive.value}` };
  });
}

export type GateOptions = {
  /** The gates as they stand now; asked at every call, so that closing one works at once. */
  states: () => readonly GateState[];
  /** Why this tool of this agent may not run at the moment; undefined when all is well. Asked at every call. */
  paused?: (agent: string, tool: string) => string | undefined | Promise<string | undefined>;
  /** Tools that ask a person every time. */
  asksAlways?: readonly string[];
  /** What a person allows this agent for longer than one call; nothing without it. */
  grants?: (agent: string, tool: string) => Promise<readonly Grant[]>;
  /** Whether a text from outside reads like an attempt to take over; without it no argument may come from such a text. */
  suspicious?: (text: string) => boolean;
};

/** The one door before every tool, whoever asks: chat, jobs, sub-agents, dashboard. */
export function createGate({ states, paused, asksAlways = [], grants, suspicious }: GateOptions): CallGate {
  return {
    decide: async (tool, input, context) => {
      const pause = await paused?.(context.agent, tool.name);
      if (pause !== undefined) return refuse(pause);
      const closed = decideGate(tool, states());
      if (closed !== undefined) return closed;
      const { sources, said, seen } = context;
      const authority = authorityOf({ tool, input, sources, said, seen, suspicious });
      if (authority.kind === "refuse") return refuse(authority.because);
      if (asksAlways.includes(tool.name))
        return { allow: "ask", because: `${tool.name} asks every time (APPROVAL_ALWAYS)` };
      if (authority.kind === "allow") return { allow: true };
      const asks: GateDecision = { allow: "ask", because: authority.because };
      // A grant covers what a person's own words led to. Once foreign text is in the turn, a person looks again.
      if (
        !sources.some(isForeign) &&
        (await grants?.(context.agent, tool.name))?.some(({ match }) => covers(match, input))
      ) {
        return { allow: true };
      }
      return asks;
    },
  };
}

function decideGate({ name, gate }: Tool, states: readonly GateState[]): GateDecision | undefined {
  if (gate === undefined) return undefined;
  const state = states.find((one) => one.name === gate);
  if (state === undefined) return refuse(`${name} needs the gate "${gate}", which nobody knows, so it stays closed`);
  if (state.open) return undefined;
  return refuse(
    `${name} needs the gate ${state.name}, which is closed (${state.because}); ${state.variable}=${state.openWhen} opens it`,
  );
}

function refuse(because: string): GateDecision {
  return { allow: false, because };
}
