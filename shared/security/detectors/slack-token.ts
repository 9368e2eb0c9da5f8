import { type Detector, isPlaceholder } from "../detector.ts";

/** Tokens of bots, users, apps and workspaces, and webhooks, whose address is their secret. */
const FORMS = [
  "xox[bpeos](?:-\\d{6,14}){1,3}-[A-Za-z0-9-]{6,64}",
  "xoxb-\\d{10,14}-[A-Za-z0-9-]{10,40}",
  "xox[os]-\\d+-\\d+-\\d+-[a-fA-F0-9]{6,64}",
  "xoxa-\\d(?:-\\d{6,14}){3}-[a-f0-9]{10,40}",
  "xox[ar]-(?:\\d-)?(?=[A-Za-z0-9]{0,40}\\d)[A-Za-z0-9]{8,48}",
  "xoxe\\.xox[bp]-\\d-[A-Z0-9]{100,180}",
  "xoxe-\\d-[A-Z0-9]{100,180}",
  "xapp-\\d-[A-Z0-9]{1,20}-\\d{1,20}-[a-z0-9]{6,80}",
];

export const slackToken: Detector = {
  name: "slack-token",
  pattern: new RegExp(
    `(?<![A-Za-z0-9])(?:${FORMS.join("|")})|xoxe.xoxb-\\d-[A-Z0-9]{100,180}|hooks.slack.com/(?:services|workflows|triggers)/(?<secret>[A-Za-z0-9+/]{20,200})`,
    "dgi",
  ),
  accepts: (secret) => /\d/.test(secret) && !isPlaceholder(secret),
  examples: {
    catches: [
      `xoxb-123456789012-123456789012-${"aB3d".repeat(6)}`,
      `xapp-1-A0123-456-${"0f1e".repeat(8)}`,
      `https://hooks.slack.com/services/T0AB/B0CD/${"aB3d".repeat(6)}`,
      "xoxa-k9rdXOpZbhL1S",
    ],
    passes: [
      "xoxb-short",
      "https://hooks.slack.com/services/",
      "foxxapp-1-0123456789ab",
      "2018-250-xoxo-indieweb-1.jpg",
    ],
  },
};
