import { type Detector, isPlaceholder } from "../detector.ts";

/** API keys, OAuth client secrets, access and refresh tokens. */
export const googleKey: Detector = {
  name: "google-key",
  pattern:
    /(?<![A-Za-z0-9_-])(?:AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])|GOCSPX-[A-Za-z0-9_-]{28}|ya29\.[A-Za-z0-9_-]{20,500}|1\/\/0[A-Za-z0-9_-]{40,200})/dg,
  accepts: (secret) => !isPlaceholder(secret),
  examples: {
    catches: [`key=AIza${"Sy1-_".repeat(7)}`, `GOCSPX-${"aB3_".repeat(7)}`, `ya29.${"a0Af".repeat(20)}`],
    passes: ["AIzaShort", `AIza${"a".repeat(60)}`, "AIzaxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"],
  },
};
