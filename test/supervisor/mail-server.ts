/**
 * An MCP server that reads mail, made with the official SDK: `node mail-server.ts <file>`. The file is a JSON list of mails, as
 * the usual mail servers know them. It also knows one number, for metrics.
 */
import { readFileSync } from "node:fs";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { z } from "zod";

type Mail = { id: string; from: string; subject: string; date: string; body: string };

const [, , file = ""] = process.argv;
const mails = () => JSON.parse(readFileSync(file, "utf8")) as Mail[];
const text = (words: string) => ({ content: [{ type: "text" as const, text: words }] });
const looking = { annotations: { readOnlyHint: true } };

const server = new McpServer({ name: "mail", version: "1.0.0" });
server.registerTool(
  "search_emails",
  { description: "Finds mails.", inputSchema: { query: z.string(), maxResults: z.number().optional() }, ...looking },
  async () =>
    text(
      mails()
        .map(({ id, subject, from }) => `ID: ${id}\nSubject: ${subject}\nFrom: ${from}\n`)
        .join("\n"),
    ),
);
server.registerTool(
  "read_email",
  { description: "Reads one mail.", inputSchema: { messageId: z.string() }, ...looking },
  async ({ messageId }) => {
    const mail = mails().find(({ id }) => id === messageId);
    if (mail === undefined) throw new Error(`no mail ${messageId}`);
    return text(
      `Thread ID: t1\nSubject: ${mail.subject}\nFrom: ${mail.from}\nTo: you@example.org\nDate: ${mail.date}\n\n${mail.body}`,
    );
  },
);
server.registerTool(
  "count_unread",
  { description: "How many mails are unread.", inputSchema: {}, ...looking },
  async () => text(JSON.stringify({ inbox: { unread: mails().length } })),
);
await server.connect(new StdioServerTransport());
