export { type AgentConfig, ConfigProblem, loadAgent, loadRoster, type Roster, wordsFound } from "./agent.ts";
export {
  BadVariable,
  childEnv,
  describeVariables,
  type Env,
  extendOwnEnv,
  isSet,
  ownEnv,
  type RawEnv,
  readEnv,
  type VariableName,
} from "./env.ts";
export { loadMcpConfig, type McpConfig, type McpServerConfig, mcpServersOf } from "./mcp.ts";
export { type AgentHome, type Home, homeAt, programRoot, programVersion } from "./paths.ts";
