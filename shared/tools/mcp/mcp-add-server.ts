/** Adds an MCP server for this agent while it runs: a person sees exactly what will be started, then it is tried and kept. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import type { McpDesk } from "./desk.ts";

const ARGUMENTS_MAX = 30;

/** Where a variable of ours would be filled in. */
const plain = z
  .string()
  .max(1_000)
  .refine((text) => !text.includes("${"), "variables are not filled in for a server that an agent adds")
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what nobody sees in a question must not stand in it
  .refine((text) => !/[\u0000-\u001f\u007f]/.test(text), "control characters are not allowed");

const secureAddress = plain.refine((text) => {
  const url = URL.parse(text);
  return url?.protocol === "https:" && url.username === "" && url.password === "";
}, "write an https address without a user or a password");

export function mcpAddServer(desk: Pick<McpDesk, "add">): Tool {
  return defineTool({
    name: "mcp-add-server",
    description:
      "Add an MCP server for yourself: a program with its arguments, or an https address. A person sees exactly this and decides; then it is tried, and kept with the tools it shows.",
    input: z
      .strictObject({
        name: z
          .string()
          .regex(/^[a-z][a-z0-9-]{1,30}$/, "write 2 to 31 small letters, digits or hyphens, beginning with a letter")
          .describe("how you will call it"),
        command: plain.min(1).optional().describe("the program, for example npx"),
        args: z.array(plain).max(ARGUMENTS_MAX).default([]),
        url: secureAddress.optional().describe("instead of a program: the address of a server over streamable HTTP"),
      })
      .refine(
        ({ command, url }) => (command === undefined) !== (url === undefined),
        "give a command or a url, one of the two",
      ),
    effects: "external",
    // It runs a program that nobody here knows: never without a person's word, which holds this very command.
    risk: "risky",
    gate: "mcp-management",
    source: "outside",
    parallel: false,
    run: async ({ name, command, args, url }) => {
      const what = url === undefined ? { command: command ?? "", args } : { url };
      const kept = await desk.add({ name, ...what });
      if (!kept.added) return { text: `Not added: ${kept.because}.` };
      return { text: `${name} is added. ${kept.used} It offers: ${kept.tools.join(", ")}.` };
    },
  });
}
