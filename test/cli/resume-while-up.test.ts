/** `kaos turns resume` while the agent is up: the agent goes on with the turn, once, and whoever asks meanwhile hears so. */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { calling, delta, openAiServer } from "../doubles/openai-server.ts";
import { kaos, newHome, startKaos } from "./kaos.ts";

type Asked = { messages: { role: string; content: string }[] };

const leading = (baseUrl: string) => ({
  KAOS_STANDARD_CHAIN: "acme",
  PROVIDER_ACME_BASE_URL: baseUrl,
  PROVIDER_ACME_API_KEY: "a-key-of-acme",
  PROVIDER_ACME_MODEL: "small",
});

/** A provider that answers when it is told to. */
async function slowProvider() {
  const asked: Asked[] = [];
  const waiting: ServerResponse[] = [];
  const first = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push(JSON.parse(body) as Asked);
      waiting.push(response);
      first.resolve();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    wasAsked: first.promise,
    answer(content: string) {
      for (const response of waiting.splice(0)) {
        response.writeHead(200, { "content-type": "text/event-stream" });
        for (const piece of [
          delta({ content }, "stop"),
          { choices: [], usage: { prompt_tokens: 9, completion_tokens: 3 } },
        ])
          response.write(`data: ${JSON.stringify(piece)}\n\n`);
        response.end("data: [DONE]\n\n");
      }
    },
  };
}

/** A chat at this home dies with SIGKILL after its tool has answered. Tells the id of its turn. */
async function interrupted(home: string): Promise<string> {
  const server = await openAiServer([
    { answer: calling("c1", "calculate", '{"expression":"12*7"}') },
    { answer: { chunks: [], after: "silence" } },
  ]);
  const child = startKaos(home, ["chat", "-p", "what is 12*7?"], { env: leading(server.baseUrl) });
  const exit = once(child, "exit");
  await server.arrived(2);
  child.kill("SIGKILL");
  await exit;
  await server.close();
  const [turn] = JSON.parse((await kaos(home, ["turns", "list", "--json"])).stdout) as { id: string }[];
  return turn?.id ?? "";
}

test("the agent goes on where it stood: one more life, one completion, one answer for everybody who asks", async () => {
  const home = newHome();
  const id = await interrupted(home);
  const provider = await slowProvider();
  const env = leading(provider.baseUrl);
  const agent = startKaos(home, ["run", "kronos"], { env });
  const stopped = once(agent, "exit");
  let told = "";
  const isUp = Promise.withResolvers<void>();
  // Read to the end: who writes to a closed pipe ends with an error.
  agent.stderr.on("data", (piece) => {
    told += String(piece);
    if (told.includes("Ctrl-C stops it")) isUp.resolve();
  });
  await isUp.promise;

  const resuming = startKaos(home, ["turns", "resume", id], { env });
  const answer = text(resuming.stdout);
  await provider.wasAsked;
  expect(provider.asked[0]?.messages.at(-1)).toMatchObject({ role: "tool", content: "12*7 = 84" });

  const meanwhile = await kaos(home, ["turns", "resume", id], { env });
  expect(meanwhile).toMatchObject({ stdout: "", code: 1 });
  expect(meanwhile.stderr).toMatch(
    /^✗ kronos is up and runs it now, .+`kaos turns show kronos ".+"` tells how far it is\.\n$/,
  );
  const chatting = await kaos(home, ["chat", "-p", "hello"], { env });
  expect(chatting.stderr).toMatch(/^✗ kronos runs already in /);

  provider.answer("It is 84.");
  expect(await answer).toBe("It is 84.\n");
  const shown = JSON.parse((await kaos(home, ["turns", "show", id, "--json"])).stdout) as object;
  expect(shown).toMatchObject({ state: "answered", lives: 2, held: false });
  expect(provider.asked).toHaveLength(1);
  const ended = await kaos(home, ["turns", "resume", id], { env });
  expect(ended.stderr).toMatch(/^✗ The turn ".+" has ended: answered\./);
  expect(provider.asked).toHaveLength(1);

  agent.kill("SIGINT");
  expect(await stopped, told).toEqual([0, null]);
});
