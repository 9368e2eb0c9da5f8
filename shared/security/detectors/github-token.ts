import { type Detector, isPlaceholder } from "../detector.ts";

/** Personal, OAuth, user-to-server, server-to-server and refresh tokens, and the fine-grained ones. */
export const githubToken: Detector = {
  name: "github-token",
  pattern: /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})/dg,
  accepts: (secret) => /\d/.test(secret) && !isPlaceholder(secret),
  examples: {
    catches: [
      `ghp_${"a1B2".repeat(9)}`,
      `export T=ghs_${"a1B2".repeat(9)}`,
      `github_pat_${"a1B2".repeat(5)}xy_${"c3D4".repeat(14)}`,
    ],
    passes: ["ghp_short", "the variable github_pat_name", "gha_0123"],
  },
};
