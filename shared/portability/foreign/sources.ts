/** The programs that can be moved from, in the order in which they are told. */
import { readChatgpt } from "./chatgpt.ts";
import { readClaude } from "./claude.ts";
import type { ReadForeign } from "./found.ts";
import { readHermes } from "./hermes.ts";
import { readLetta } from "./letta.ts";
import { readObsidian } from "./obsidian.ts";
import { readOpenclaw } from "./openclaw.ts";
import { readTelegram } from "./telegram.ts";

export type ForeignSource = { name: string; title: string; takes: string; read: ReadForeign };

export const foreignSources: readonly ForeignSource[] = [
  { name: "chatgpt", title: "ChatGPT", takes: "the zip of its data export", read: readChatgpt },
  { name: "claude", title: "Claude", takes: "the zip of its data export", read: readClaude },
  { name: "obsidian", title: "Obsidian", takes: "the folder of a vault", read: readObsidian },
  { name: "telegram", title: "Telegram Desktop", takes: "result.json of a chat or of the account", read: readTelegram },
  { name: "letta", title: "Letta", takes: "an agent file, .af", read: readLetta },
  { name: "openclaw", title: "OpenClaw", takes: "its home or a workspace", read: readOpenclaw },
  { name: "hermes", title: "Hermes", takes: "its home", read: readHermes },
];
