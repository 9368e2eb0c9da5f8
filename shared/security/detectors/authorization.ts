import { type Detector, isMixed, isPlaceholder } from "../detector.ts";

/** What follows Bearer or Basic in a header. */
export const authorization: Detector = {
  name: "authorization",
  pattern: /(?<![A-Za-z0-9])(?:bearer|basic)\s{1,3}(?<secret>[A-Za-z0-9+/._~-]{16,2000}={0,2})/dgi,
  accepts: (secret) => isMixed(secret) && !isPlaceholder(secret),
  examples: {
    catches: [`Authorization: Bearer ${"aB3d".repeat(8)}`, `"authorization":"basic dXNlcjpodW50ZXIyMg=="`],
    passes: [
      "a bearer of good news",
      "Bearer authentication-as-in-rfc",
      "Authorization: Bearer <token>",
      "basic internationalization",
    ],
  },
};
