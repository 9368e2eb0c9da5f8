import { type Detector, isPlaceholder } from "../detector.ts";

/** Ids of access keys, which name an account and open it together with their other half, and Bedrock keys. */
export const awsKey: Detector = {
  name: "aws-key",
  pattern:
    /(?<![A-Za-z0-9])(?:(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z2-7]{16}(?![A-Za-z0-9])|ABSK[A-Za-z0-9+/]{100,300}={0,2})/dg,
  accepts: (secret) => !isPlaceholder(secret) && /\d/.test(secret),
  examples: {
    catches: ["AKIAQ3EGTXV7J2LMNPRS", "id: ASIAQ3EGTXV7J2LMNPRS."],
    passes: ["AKIAIOSFODNN7EXAMPLE", "AKIASHORT", "ASIAANDAFRICAANDEUROPE"],
  },
};
