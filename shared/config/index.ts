export { type AgentConfig, loadAgent, loadRoster, type Roster } from "./agent.ts";
export { slugPattern } from "./agent-json.ts";
export { bringPersonas } from "./bring-personas.ts";
export {
  addMcpServer,
  checkMcpEntry,
  dropAddedServer,
  keepAddedServer,
  loadAddedServers,
  type McpEntry,
  removeMcpServer,
} from "./change-mcp.ts";
export { dotEnvFile, loadDotEnv, setInDotEnv } from "./dot-env.ts";
export { childEnv, extendOwnEnv, findHome, ownEnv, readEnv, readSettings, type Told } from "./env.ts";
export { loadMcpConfig, type McpConfig, type McpServerConfig, mcpServersOf } from "./mcp.ts";
export {
  type AgentHome,
  agentsFolder,
  defaultHome,
  type Home,
  homeAt,
  isClone,
  isDemo,
  programFile,
  programRoot,
  programVersion,
} from "./paths.ts";
export { loadPolicy, parsePolicy } from "./policy.ts";
export { BadVariable, ConfigProblem } from "./problem.ts";
export { type ReportLine, reportOf, secretsIn } from "./report.ts";
export { isSecret, isSet, type RawEnv, type Setting, type Source, tellSource, whyNot } from "./settings.ts";
export type { ApiKey } from "./values.ts";
export { describeVariables, type Env, type VariableName } from "./variables.ts";
export { wordsFound } from "./words.ts";
