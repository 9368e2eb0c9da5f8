/** The connection to a provider outlives an answer: nobody waits for what comes after its end, and the next call has it again. */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { delta } from "../../doubles/openai-server.ts";
import { asking, calmly, modelsWith, providerAt } from "./parts.ts";

/** A provider whose stream stays open after the mark that ends it. */
async function lingering() {
  const open: ServerResponse[] = [];
  const seen = { connections: 0, hungUp: 0 };
  const server = createServer((request, response) => {
    open.push(response);
    response.on("close", () => {
      if (!response.writableFinished) seen.hungUp++;
    });
    request.resume().once("end", () => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`data: ${JSON.stringify(delta({ content: "Fine." }, "stop"))}\n\ndata: [DONE]\n\n`);
    });
  });
  server.on("connection", () => seen.connections++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    seen,
    /** Ends the stream for good. */
    async end() {
      const response = open.shift();
      response?.end();
      if (response?.writableFinished === false) await once(response, "finish");
    },
  };
}

test("a stream that ends late delays no answer, and its connection is used again", async () => {
  const provider = await lingering();
  const { standard } = modelsWith([providerAt(provider.url)]);
  const calls = 6;
  for (let call = 0; call < calls; call++) {
    // The answer is here while the stream is still open.
    expect(await standard.complete(asking("How are you?"), calmly())).toMatchObject({ text: "Fine." });
    await provider.end();
  }
  // Mostly one. When the end has not been read before the next call goes out, that one takes another.
  expect(provider.seen.connections).toBeLessThan(calls);
  expect(provider.seen.hungUp).toBe(0);
});

test("a stream that never ends is left after a moment", async () => {
  const provider = await lingering();
  const { standard } = modelsWith([providerAt(provider.url)]);
  expect(await standard.complete(asking("How are you?"), calmly())).toMatchObject({ text: "Fine." });
  await expect.poll(() => provider.seen.hungUp).toBe(1);
});
