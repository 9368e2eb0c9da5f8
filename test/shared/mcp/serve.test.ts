/** Tools of ours over MCP, used through our own gateway: what was declared comes through, and ends as it should. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { call, gone, startGateway } from "./parts.ts";

const ours = {
  command: process.execPath,
  args: ["--disable-warning=ExperimentalWarning", fileURLToPath(new URL("./serving.ts", import.meta.url))],
};

test("tools, their schemas and what they declare; results, failures and bad arguments; and its end", async () => {
  const gateway = await startGateway({ ours });
  const [state] = gateway.states();
  expect(state).toMatchObject({ health: "ok", about: "kronos-agent-os 1.2.3" });
  expect(gateway.tools()).toMatchObject([
    { name: "mcp__ours__count-letters", effects: "none" },
    { name: "mcp__ours__send-letter", effects: "external" },
  ]);
  expect(await call(gateway, "mcp__ours__count-letters", { word: "Bremen" })).toEqual({ text: "6" });
  expect(await call(gateway, "mcp__ours__count-letters", { word: "x" })).toMatchObject({ kind: "bad arguments" });
  expect(await call(gateway, "mcp__ours__send-letter")).toEqual({
    kind: "tool failed",
    because: "The post is closed.",
  });
  await gateway.close();
  await gone(state?.pid ?? 0);
});
