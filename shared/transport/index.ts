export type {
  Account,
  Delivery,
  Heard,
  HeardReactions,
  HeardSender,
  Hearing,
  Outgoing,
  Place,
  Transport,
} from "./contract.ts";
export { type Answering, type ConversationCommand, converse, type Opening } from "./converse.ts";
export { createDiscord } from "./discord/discord.ts";
export { createRoom, MAIN_ROOM } from "./room.ts";
export { type AccountCheck, checkAccount, checkNoted } from "./telegram/check.ts";
export { readAccount, readSession, writeLogin } from "./telegram/files.ts";
export type { Media, Perceive, Perceived, PrivateMessage } from "./telegram/incoming.ts";
export { type Asking, loginByPhone, loginByQr } from "./telegram/login.ts";
export { openLogin, openPort } from "./telegram/open.ts";
export { privateRoom } from "./telegram/outgoing.ts";
export type { LoginPort, Profile } from "./telegram/port.ts";
export { createTelegram, type TelegramSettings, type TelegramTransport } from "./telegram/telegram.ts";
export { createTerminal, type Terminal } from "./terminal.ts";
export { type Hook, readHooks } from "./webhook/hooks.ts";
export { createWebhook, type WebhookTransport } from "./webhook/webhook.ts";
