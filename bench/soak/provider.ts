/** An OpenAI-compatible endpoint on loopback that answers at once, and fails for as long as it is told to. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type SoakProvider = {
  /** Settings with which a swarm asks it, the offline model being its last resort. */
  settings: Readonly<Record<string, string>>;
  /** From now on; undefined ends it. */
  fail(how: "refuses" | "is silent" | undefined): void;
  close(): Promise<void>;
};

const ANSWER = "I looked at it: the second way costs less and can be undone.";
const USAGE = { prompt_tokens: 900, completion_tokens: 20 };

export async function openSoakProvider(): Promise<SoakProvider> {
  let failing: "refuses" | "is silent" | undefined;
  const server = createServer((request, response) => {
    request.resume();
    request.once("end", () => {
      if (failing === "is silent") return;
      if (failing === "refuses") return void response.writeHead(503).end("{}");
      const piece = (fields: object) =>
        `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", ...fields })}\n\n`;
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(piece({ choices: [{ index: 0, delta: { content: ANSWER }, finish_reason: null }] }));
      response.write(piece({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }));
      response.end(`${piece({ choices: [], usage: USAGE })}data: [DONE]\n\n`);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    settings: {
      KAOS_STANDARD_CHAIN: "soak,offline",
      PROVIDER_SOAK_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
      PROVIDER_SOAK_API_KEY: "soak-on-loopback",
      PROVIDER_SOAK_MODEL: "soak",
      PROVIDER_SOAK_PRICE_INPUT: "0",
      PROVIDER_SOAK_PRICE_CACHED: "0",
      PROVIDER_SOAK_PRICE_OUTPUT: "0",
    },
    fail(how) {
      failing = how;
      // What was waiting for an answer hears that there is none.
      if (how === undefined) server.closeAllConnections();
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
