import { type Detector, isPlaceholder } from "../detector.ts";

/** OpenAI, Anthropic, OpenRouter, DeepSeek and everybody who took over their form: `sk-`, `sk-proj-`, `sk-ant-api03-`, `sk-or-v1-`. */
export const skKey: Detector = {
  name: "sk-key",
  pattern: /(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{20,250}/dg,
  // A long run without a hyphen tells a key from a name such as sk-loading-indicator-2-large.
  accepts: (secret) => /[A-Za-z0-9]{16}/.test(secret) && /\d/.test(secret) && !isPlaceholder(secret),
  examples: {
    catches: [
      `sk-${"a1B2".repeat(12)}`,
      `the key is sk-proj-${"Zx9_-q".repeat(3)}${"aB3d".repeat(8)}, use it`,
      `sk-ant-api03-${"aB3d".repeat(20)}-_AA`,
      `sk-or-v1-${"0f1e".repeat(16)}`,
    ],
    passes: [
      "sk-loading-indicator-2-container-large",
      "task-0123456789abcdef0123456789",
      "sk-...",
      "sk-your-key-here-0123456789abcdef",
    ],
  },
};
