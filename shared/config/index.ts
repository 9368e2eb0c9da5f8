export { type AgentConfig, ConfigProblem, loadAgent, loadRoster, type Roster, wordsFound } from "./agent.ts";
export {
  BadVariable,
  childEnv,
  describeVariables,
  type Env,
  ownEnv,
  type RawEnv,
  readEnv,
  type VariableName,
} from "./env.ts";
export { type AgentHome, type Home, homeAt, programRoot } from "./paths.ts";
