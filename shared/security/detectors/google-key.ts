import { type Detector, isPlaceholder } from "../detector.ts";

/** Keys that Google itself prints in the samples of its SDKs; everybody has them. */
const PUBLISHED = new Set(
  [
    "SyAnLA7NfeLquW1tJFpx_eQCxoX-oo6YyIs",
    "SyCkEhVjf3pduRDt6d1yKOMitrUEke8agEM",
    "SyDMAScliyLx7F0NPDEJi1QmyCgHIAODrlU",
    "SyD3asb-2pEZVqMkmL6M9N6nHZRR_znhrh0",
    "yDNSXIbFmlXbIE6mCzDLQAqITYefhixbX4A",
    "SyAdOS2zB6NCsk1pCdZ4-P6GBdi_UUPwX7c",
    "SyASWm6HmTMdYWpgMnjRBjxcQ9CKctWmLd4",
    "SyANUvH9H9BsUccjsu2pCmEkOPjjaXeDQgY",
    "SyA5_iVawFQ8ABuTZNUdcwERLJv_a_p4wtM",
    "SyA4UrcGxgwQFTfaI3no3t7Lt1sjmdnP5sQ",
    "SyDSb51JiIcB6OJpwwMicseKRhhrOq1cS7g",
    "SyBF2RrAIm4a0mO64EShQfqfd2AFnzAvvuU",
    "SyBcE-OOIbhjyR83gm4r2MFCu4MJmprNXsw",
    "SyB8qGxt4ec15vitgn44duC5ucxaOi4FmqE",
    "SyA8vmApnrHNFE0bApF4hoZ11srVL_n0nvY",
    "Syabcdefghijklmnopqrstuvwxyz1234567",
  ].map((rest) => `AIza${rest}`),
);

/** API keys, OAuth client secrets, access and refresh tokens. */
export const googleKey: Detector = {
  name: "google-key",
  pattern:
    /(?<![A-Za-z0-9_-])(?:AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])|GOCSPX-[A-Za-z0-9_-]{28}|ya29\.[A-Za-z0-9_-]{20,500}|1\/\/0[A-Za-z0-9_-]{40,200})/dg,
  accepts: (secret) => !isPlaceholder(secret) && !PUBLISHED.has(secret),
  examples: {
    catches: [`key=AIza${"Sy1-_".repeat(7)}`, `GOCSPX-${"aB3_".repeat(7)}`, `ya29.${"a0Af".repeat(20)}`],
    passes: ["AIzaShort", `AIza${"a".repeat(60)}`, "AIzaxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"],
  },
};
