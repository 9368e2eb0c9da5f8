/** A provider on loopback that streams at once: a call of the one tool in every step, and an answer in the last. */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What both loops ask the model for. */
export const TOOL = { name: "look-up", description: "Looks something up.", result: "It stands on page 12." };
export const ANSWER = "It is on page 12, as far as I can see.";

const USAGE = { prompt_tokens: 900, completion_tokens: 40 };

export type BenchProvider = { baseUrl: string; close(): Promise<void> };

/** Listens on a free port. A conversation is over once it holds `stepsMax - 1` results of the tool. */
export async function openProvider(stepsMax: number): Promise<BenchProvider> {
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
    });
    request.once("end", () => {
      const { messages } = JSON.parse(text) as { messages: { role: string }[] };
      const results = messages.filter(({ role }) => role === "tool").length;
      if (results < stepsMax - 1) send(response, callOf(results + 1), "tool_calls");
      else
        send(
          response,
          (ANSWER.match(/\S+\s*/g) ?? []).map((content) => ({ content })),
          "stop",
        );
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The arguments are others in every step, so that nobody takes it for a loop. */
function callOf(step: number): object[] {
  const call = { index: 0, id: `call-${step}`, type: "function", function: { name: TOOL.name, arguments: "" } };
  const args = JSON.stringify({ of: `chapter ${step}` });
  return [{ tool_calls: [call] }, { tool_calls: [{ index: 0, function: { arguments: args } }] }];
}

function send(response: ServerResponse, deltas: readonly object[], finish: string): void {
  const piece = (fields: object) =>
    `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", ...fields })}\n\n`;
  const choice = (delta: object, finish_reason: string | null) => ({ choices: [{ index: 0, delta, finish_reason }] });
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const delta of deltas) response.write(piece(choice(delta, null)));
  response.write(piece(choice({}, finish)));
  response.write(piece({ choices: [], usage: USAGE }));
  response.end("data: [DONE]\n\n");
}
