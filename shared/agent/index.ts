export { type AgentDeps, startAgent } from "./agent.ts";
export { questionOf, refusalOf, waitingNotice } from "./approver.ts";
export { type Chat, type ChatDeps, createChat, type Listening } from "./chat.ts";
export { type Commands, createCommands } from "./commands.ts";
export type { Persona } from "./context.ts";
export { createPurse, type Money } from "./purse.ts";
