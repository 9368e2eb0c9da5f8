export type { Account, Delivery, Heard, Outgoing, Transport } from "./contract.ts";
export { createRoom, MAIN_ROOM } from "./room.ts";
