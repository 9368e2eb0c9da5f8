import { describe, expect, test } from "vitest";
import { BadVariable, childEnv, describeVariables, readEnv } from "../../../shared/config/index.ts";

/** Only what the test sets: an empty value hides what a `.env` file of this clone may say. */
const bare = Object.fromEntries(describeVariables().map(({ name }) => [name, ""]));
const read = (set: Record<string, string>) => readEnv({ ...bare, ...set }).env;

describe("the environment", () => {
  test("has a default for every variable, and these among them", () => {
    expect(Object.keys(read({}))).toEqual(describeVariables().map(({ name }) => name));
    expect(read({})).toMatchObject({
      KAOS_HOME: "",
      LOG_LEVEL: "info",
      SWARM_IMPLICIT_REPLIES: 2,
      SWARM_SYNC: "full",
      TELEGRAM_ALLOWED_IDS: [],
      TELEGRAM_API_HASH: "",
      TELEGRAM_API_ID: 0,
      TELEGRAM_GROUP: "",
      TELEGRAM_OWNER_IDS: [],
      TELEGRAM_PROXY: "",
      SWARM_PACE: 1,
      RELEVANCE: "swarm",
      REQUESTS_PER_MINUTE: 10,
      STRANGERS: "ignore",
      CATCH_UP_MAX_AGE: 600_000,
      ROOM_CATCH_UP_MAX_AGE: 86_400_000,
      KAOS_LITE_CHAIN: [],
      KAOS_STANDARD_CHAIN: [],
      OFFLINE_WORDS_PER_SECOND: 40,
      DASHBOARD_HOST: "127.0.0.1",
      DASHBOARD_PORT: 8_789,
      DAILY_LIMIT_USD: 5,
      SESSION_LIMIT_USD: 1,
      BRAVE_API_KEY: "",
      BROWSER_PATH: "",
      DISCORD_ALLOWED_IDS: [],
      DISCORD_CHANNEL: "",
      DISCORD_OWNER_IDS: [],
      EXA_API_KEY: "",
      KAOS_HEARING: "",
      KAOS_VISION: "",
      KAOS_VOICE: "",
      KAOS_VOICE_NAME: "alloy",
      SEARXNG_URL: "",
      WEBHOOKS: [],
      WEBHOOK_HOST: "127.0.0.1",
      WEBHOOK_PORT: 8_790,
      EMBEDDINGS_BASE_URL: "",
      EMBEDDINGS_API_KEY: "",
      EMBEDDINGS_MODEL: "text-embedding-3-small",
      EMBEDDINGS_DIMENSIONS: 1_536,
      EMBEDDINGS_USD_PER_M: 0.13,
      QDRANT_URL: "",
      QDRANT_API_KEY: "",
      APPROVAL_EXPIRES_AFTER: 3_600_000,
      APPROVAL_ALWAYS: [],
      EGRESS_ONLY: [],
      MESSAGES_KEPT: 90 * 86_400_000,
      TURNS_KEPT: 30 * 86_400_000,
      AUDIT_KEPT: 3_650 * 86_400_000,
      AUDIT_KEPT_MB: 1_024,
      OTEL_EXPORTER_OTLP_ENDPOINT: "",
      OTEL_EXPORTER_OTLP_HEADERS: "",
      KAOS_API_KEYS: [],
      SANDBOX_IMAGE: "node:22-slim",
      ENABLE_DYNAMIC_TOOLS: false,
      REQUIRE_DYNAMIC_TOOL_SANDBOX: true,
      ENABLE_MCP_GATEWAY_MANAGEMENT: false,
      ENABLE_DYNAMIC_MCP_SERVERS: false,
      ENABLE_SERVER_OPS: false,
    });
  });

  test.each([
    { name: "SWARM_IMPLICIT_REPLIES", set: "3", is: 3 },
    { name: "SWARM_PACE", set: "0.2", is: 0.2 },
    { name: "CATCH_UP_MAX_AGE", set: "90s", is: 90_000 },
    { name: "CATCH_UP_MAX_AGE", set: " 2 h ", is: 7_200_000 },
    { name: "KAOS_LITE_CHAIN", set: "deepseek, local", is: ["deepseek", "local"] },
    { name: "ENABLE_SERVER_OPS", set: "true", is: true },
    { name: "DASHBOARD_PORT", set: "0", is: 0 },
  ] as const)("reads $name=$set", ({ name, set, is }) => {
    expect(read({ [name]: set })[name]).toEqual(is);
  });

  test.each(["", "  ", "changeme", "your-key-here", "YOUR_HOST", "<host>", "xxxx"])(
    "takes the placeholder “%s” for unset",
    (set) => {
      expect(read({ DASHBOARD_HOST: set }).DASHBOARD_HOST).toBe("127.0.0.1");
    },
  );

  test.each([
    { name: "SWARM_IMPLICIT_REPLIES", set: "7" },
    { name: "SWARM_IMPLICIT_REPLIES", set: "1.5" },
    { name: "SWARM_PACE", set: "fast" },
    { name: "SWARM_PACE", set: "0" },
    { name: "CATCH_UP_MAX_AGE", set: "10" },
    { name: "DASHBOARD_PORT", set: "65536" },
    { name: "ENABLE_SERVER_OPS", set: "yes" },
    { name: "RELEVANCE", set: "both" },
    { name: "DAILY_LIMIT_USD", set: "-1" },
  ])("refuses $name=$set with the name, the value, the default and where to change it", ({ name, set }) => {
    const fallback = describeVariables().find((variable) => variable.name === name)?.fallback;
    expect(() => read({ [name]: set })).toThrow(BadVariable);
    expect(() => read({ [name]: set })).toThrow(`${name}="${set}" cannot be used: `);
    expect(() => read({ [name]: set })).toThrow(
      `Change it in .env or in the environment; the default is "${fallback}".`,
    );
  });

  test("a duration without a unit is told what a duration looks like", () => {
    expect(() => read({ CATCH_UP_MAX_AGE: "10" })).toThrow("write a number with a unit, for example 30s, 10m or 2h");
  });

  test("every variable is described, and its default is one of its values", () => {
    for (const { name, fallback, meaning } of describeVariables()) {
      expect(meaning).toMatch(/^.+\.$/);
      expect(() => read({ [name]: fallback })).not.toThrow();
    }
  });
});

test("programs that we start inherit what they need, and none of our secrets", () => {
  process.env["PROVIDER_TEST_KEY"] = "t0p-s3cret";
  const inherited = childEnv({ EXTRA: "1" });
  delete process.env["PROVIDER_TEST_KEY"];
  expect(inherited).toMatchObject({ PATH: process.env["PATH"], EXTRA: "1" });
  expect(Object.values(inherited)).not.toContain("t0p-s3cret");
});
