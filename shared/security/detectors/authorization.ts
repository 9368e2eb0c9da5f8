import { type Detector, isMixed, isPlaceholder } from "../detector.ts";

/** What follows Bearer, Basic and the like in a header. */
export const authorization: Detector = {
  name: "authorization",
  pattern:
    /(?:(?<![A-Za-z0-9])(?:bearer|basic)\s{1,3}|authorization["']?\s{0,3}[:=]\s{0,4}["']?(?:(?:token|ntlm|apikey|negotiate|digest|oauth|flyv1|key|bot)\s{1,3})?|x-api-key["']?\s{0,3}[:=]\s{0,4}["']?)(?<secret>[A-Za-z0-9+/._~-]{16,2000}={0,2})/dgi,
  accepts: (secret) => isMixed(secret) && !isPlaceholder(secret),
  examples: {
    catches: [
      `Authorization: Bearer ${"aB3d".repeat(8)}`,
      `"authorization":"basic dXNlcjpodW50ZXIyMg=="`,
      "Authorization: Token 22cb987851bc5659229114c62e60c79abd0d2c08",
      "X-Api-Key: 22cb987851bc5659229114",
    ],
    passes: [
      "a bearer of good news",
      "Bearer authentication-as-in-rfc",
      "Authorization: Bearer <token>",
      "basic internationalization",
    ],
  },
};
