export { type AgentDeps, startAgent } from "./agent.ts";
export { type Chat, type ChatDeps, createChat, type Listening } from "./chat.ts";
export type { Persona } from "./context.ts";
