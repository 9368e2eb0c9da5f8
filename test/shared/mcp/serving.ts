/** A program that offers three tools over MCP, for the test of the other direction. */
import { z } from "zod";
import { OperationalError, silentLog } from "../../../shared/base/index.ts";
import { defineTool } from "../../../shared/engine/index.ts";
import { serveTools } from "../../../shared/mcp/index.ts";

class NotToday extends OperationalError {
  override readonly name = "NotToday";
}

const common = { risk: "safe", source: "trusted", parallel: true } as const;
await serveTools({
  tools: [
    defineTool({
      ...common,
      name: "count-letters",
      description: "How many letters a word has.",
      input: z.strictObject({ word: z.string().min(2).describe("one word") }),
      effects: "none",
      run: async ({ word }) => ({ text: String(word.length) }),
    }),
    defineTool({
      ...common,
      name: "send-letter",
      description: "Sends it.",
      input: z.strictObject({}),
      effects: "external",
      run: () => Promise.reject(new NotToday("The post is closed.")),
    }),
  ],
  version: "1.2.3",
  instructions: "Count before you send.",
  input: process.stdin,
  output: process.stdout,
  log: silentLog,
  signal: new AbortController().signal,
});
