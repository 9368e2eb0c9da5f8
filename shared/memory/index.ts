export type { Said, SaidBy, Sessions } from "./layers/sessions.ts";
export { type Memory, openMemory } from "./memory.ts";
