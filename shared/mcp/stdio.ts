/** MCP over the standard streams of a child: one message a line, each of bounded size. */
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import type { Child } from "./child.ts";
import { createFrames } from "./frames.ts";

/** The largest message that is read. Larger than any text a model can use, smaller than what hurts. */
export const MESSAGE_BYTES_MAX = 8 * 1024 * 1024;
/** Lines that are no messages: some servers greet on stdout. With more than that it does not speak MCP. */
const STRANGE_LINES_MAX = 100;

export type Breaking = { kind: "too large" | "malformed"; because: string };

/** The child as a transport of the SDK. `onBroken` hears why the stream cannot be read any further; the transport is closed then. */
export function stdioTransport(child: Child, onBroken: (how: Breaking) => void): Transport {
  const { stdin, stdout } = child.process;
  const split = createFrames(MESSAGE_BYTES_MAX);
  let strange = 0;

  const take = (text: string): void => {
    const message = parse(text);
    if (message !== undefined) transport.onmessage?.(message);
    if (message !== undefined || text.trim() === "") return;
    strange++;
    transport.onerror?.(new Error("a line that is no message"));
    if (strange > STRANGE_LINES_MAX)
      onBroken({ kind: "malformed", because: `wrote more than ${STRANGE_LINES_MAX} lines that are no MCP messages` });
  };
  const transport: Transport = {
    async start() {
      stdout?.on("data", (piece: Buffer) => {
        for (const frame of split(piece)) {
          if (frame.kind === "line") take(frame.text);
          else onBroken({ kind: "too large", because: `sent a message of more than ${MESSAGE_BYTES_MAX >> 20} MB` });
        }
      });
      stdout?.on("error", (error) => transport.onerror?.(error));
      void child.ended.then(() => transport.onclose?.());
    },
    send: (message) =>
      new Promise((resolve, reject) => {
        stdin?.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()));
      }),
    close: () => child.close(),
  };
  return transport;
}

/** Whether it is a message of the right kind the SDK finds out; here it only has to be one at all. */
function parse(text: string): JSONRPCMessage | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isMessage = typeof value === "object" && value !== null && "jsonrpc" in value && value.jsonrpc === "2.0";
    return isMessage ? (value as JSONRPCMessage) : undefined;
  } catch {
    return undefined;
  }
}
