/**
 * An MCP server without manners, written by hand so that it can do what no SDK would: `node rude-server.ts <manner> [file]`.
 * Beside its bad side it has a tool `echo`; where a manner needs it, a tool of that name does the damage.
 */
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [, , manner = "", file = ""] = process.argv;

type Message = { id?: number; method?: string; params?: { name?: string; arguments?: Record<string, unknown> } };

const write = (text: string) => process.stdout.write(text);
const send = (message: object) => write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const tool = (name: string, description: string, more: object = {}) => ({
  name,
  description,
  inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
  ...more,
});

/** What it lists; with the manner `changing` the file says what. */
function tools(): object[] {
  if (manner === "no-tools") return [];
  if (manner === "changing" && existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  return [tool("echo", "Says it again.", { annotations: { readOnlyHint: true } }), tool(manner || "act", "Does it.")];
}

if (manner === "exits") {
  process.stderr.write("the licence file is missing, and hunter2 too\n");
  process.exit(3);
}
if (manner === "chatty") write("Welcome!\nlistening on stdio\n{broken\n");
if (manner === "babbling") for (let line = 0; line < 200; line++) write(`this is line ${line}\n`);
if (manner === "stubborn") {
  process.on("SIGTERM", () => {});
  setInterval(() => {}, 1_000);
  // A grandchild of the same sort, as launchers leave them behind.
  const child = spawn("sleep", ["300"], { stdio: "ignore" });
  if (file !== "") writeFileSync(file, String(child.pid));
}
if (manner === "flooding") {
  const noise = `${"noise ".repeat(20)}\n`.repeat(1_000);
  for (let round = 0; round < 400; round++) process.stderr.write(noise);
}

const input = createInterface({ input: process.stdin });
if (manner === "stubborn") input.on("close", () => {});
// Its first life does not end with its input; who looks at the file learns when it is told to.
if (manner === "slow-to-leave" && !existsSync(file)) {
  setInterval(() => {}, 1_000);
  input.on("close", () => appendFileSync(file, "told to leave\n"));
}
input.on("line", (line) => answer(JSON.parse(line) as Message));

function answer({ id, method, params }: Message): void {
  if (manner === "silent") return;
  if (file !== "" && manner === "recording" && method?.startsWith("notifications/"))
    appendFileSync(file, `${line(method, params)}\n`);
  if (id === undefined || method === undefined) return;
  if (method === "initialize") {
    send({
      id,
      result: {
        protocolVersion: manner === "from-the-future" ? "2999-01-01" : "2025-06-18",
        capabilities: { tools: { listChanged: true } },
        serverInfo: { name: "rude", version: "1" },
      },
    });
  } else if (method === "tools/list") {
    send({ id, result: manner === "misshapen" ? { tools: "many" } : { tools: tools() } });
  } else if (method === "ping") {
    if (manner === "pingless") send({ id, error: { code: -32601, message: "no ping" } });
    else if (!hanging) send({ id, result: {} });
  } else if (method === "tools/call") call(id, params?.name ?? "", params?.arguments ?? {});
  else send({ id, error: { code: -32601, message: `no ${method}` } });
}

let hanging = false;

function call(id: number, name: string, args: Record<string, unknown>): void {
  const text = (words: string) => send({ id, result: { content: [{ type: "text", text: words }] } });
  const megabyte = "x".repeat(1 << 20);
  switch (name) {
    case "echo":
      text(`echo: ${args["text"]}`);
      break;
    case "crashing":
      process.stderr.write("segmentation fault, more or less\n");
      process.exit(139);
      break;
    case "hanging":
      hanging = true;
      break;
    case "recording":
    case "pingless":
      appendFileSync(file, "called\n");
      break; // Slow, but alive.
    case "huge":
      write(`{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"`);
      for (let count = 0; count < 200; count++) write(megabyte);
      write(`"}]}}\n`);
      break;
    case "malformed":
      write(`{"jsonrpc":"2.0","id":${id},"result":{"content":"none"}}\n`);
      break;
    case "failing":
      send({ id, result: { isError: true, content: [{ type: "text", text: "the printer is on fire" }] } });
      break;
    case "refusing":
      send({ id, error: { code: -32603, message: "not today" } });
      break;
    case "asking":
      // Nobody declared that it may; a server without manners asks all the same.
      send({ id: 9_001, method: "sampling/createMessage", params: { messages: [], maxTokens: 10 } });
      send({ id: 9_002, method: "elicitation/create", params: { message: "Your password?", requestedSchema: {} } });
      asked = { id, answers: [] };
      break;
    default:
      if (name.startsWith("change")) send({ method: "notifications/tools/list_changed" });
      text("done");
  }
}

/** What came back for what it asked; once both are there, its own call is answered with them. */
let asked: { id: number; answers: string[] } | undefined;
input.on("line", (line) => {
  const { id, error, result } = JSON.parse(line) as { id?: number; error?: { code: number }; result?: unknown };
  if (asked === undefined || (id !== 9_001 && id !== 9_002)) return;
  asked.answers.push(error === undefined ? `granted ${JSON.stringify(result)}` : `refused ${error.code}`);
  if (asked.answers.length < 2) return;
  send({ id: asked.id, result: { content: [{ type: "text", text: asked.answers.join(", ") }] } });
});

function line(method: string, params: unknown): string {
  return `${method} ${JSON.stringify(params)}`;
}
