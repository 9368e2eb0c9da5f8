import type { Detector } from "../detector.ts";

/** The number of a bot, a colon, 35 characters. */
export const telegramBotToken: Detector = {
  name: "telegram-bot-token",
  pattern: /(?<!\d)\d{8,10}:[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/dg,
  examples: {
    catches: [
      `token 123456789:AA${"h4Xq-".repeat(6)}abc`,
      `https://api.telegram.org/bot1234567890:AA${"h4Xq_".repeat(6)}abc/getMe`,
    ],
    passes: ["call me at 123456789", "ratio 12345678:9", `12345678:${"a".repeat(64)}`],
  },
};
