import { type Detector, isPlaceholder } from "../detector.ts";

/** Tokens of bots, users, apps and workspaces, and webhooks, whose address is their secret. */
export const slackToken: Detector = {
  name: "slack-token",
  pattern:
    /(?<![A-Za-z0-9])(?:xoxe\.)?xox[a-z]-[A-Za-z0-9-]{10,250}|(?<![A-Za-z0-9])xapp-\d-[A-Za-z0-9-]{10,250}|hooks\.slack\.com\/(?:services|workflows|triggers)\/(?<secret>[A-Za-z0-9/]{20,200})/dgi,
  accepts: (secret) => /\d/.test(secret) && !isPlaceholder(secret),
  examples: {
    catches: [
      `xoxb-123456789012-123456789012-${"aB3d".repeat(6)}`,
      `xapp-1-A0123-456-${"0f1e".repeat(8)}`,
      `https://hooks.slack.com/services/T0AB/B0CD/${"aB3d".repeat(6)}`,
    ],
    passes: ["xoxb-short", "https://hooks.slack.com/services/", "foxxapp-1-0123456789ab"],
  },
};
