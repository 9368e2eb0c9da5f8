export type { Account, Delivery, Heard, Outgoing, Transport } from "./contract.ts";
export { type Answering, type ConversationCommand, converse } from "./converse.ts";
export { createRoom, MAIN_ROOM } from "./room.ts";
export { createTerminal, type Terminal } from "./terminal.ts";
