export { type AgentDeps, startAgent } from "./agent.ts";
export { questionOf, refusalOf, waitingNotice } from "./approver.ts";
export { type Chat, type ChatAbout, type ChatDeps, type ChatEnd, createChat, type Listening } from "./chat.ts";
export { COMMAND_MAX_AGE_MS, type Commands, createCommands } from "./commands.ts";
export { compact } from "./compaction/compact.ts";
export { type Persona, systemPromptOf } from "./context.ts";
export { createPurse, createTill, type Money, payerOf, type Till } from "./purse.ts";
export { type ChatMemory, type ChatPlace, createRemembering, type Remembering } from "./remembering.ts";
