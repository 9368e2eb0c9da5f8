/** Bad input to a turn, from a real provider on a real socket: each has its typed end, a sentence for the person, and leaves no trace in memory. */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { modelsWith, providerAt } from "../llm/parts.ts";
import { chatOn, listener } from "./chatting.ts";

type Manner = (response: ServerResponse, asked: number) => void;

/** A chat whose provider answers in this manner. */
async function chatAgainst(manner: Manner) {
  let asked = 0;
  const bodies: { messages: { role: string; content: string }[] }[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
    });
    request.once("end", () => {
      bodies.push(JSON.parse(text) as (typeof bodies)[number]);
      manner(response, ++asked);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const models = modelsWith([providerAt(url)], { clock: impatient });
  return { ...(await chatOn(models.standard)), bodies, asked: () => asked };
}

/** Whoever waits before asking again wakes at once; limits of a call are never reached. */
const impatient = {
  now: () => Date.now(),
  sleep: (ms: number, signal?: AbortSignal) =>
    ms < 20_000
      ? Promise.resolve()
      : new Promise<void>((_, reject) =>
          signal?.addEventListener("abort", () => reject(signal.reason), { once: true }),
        ),
};

const piece = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const usage = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 5 } })}\n\n`;
const stream = (response: ServerResponse) => response.writeHead(200, { "content-type": "text/event-stream" });
const says = (response: ServerResponse, text: string) =>
  void stream(response).end(`${piece({ content: text }, "stop")}data: [DONE]\n\n`);
const asks = (response: ServerResponse, ...calls: [name: string, args: string][]) => {
  const wire = calls.map(([name, args], index) => ({ index, id: `c${index}`, function: { name, arguments: args } }));
  stream(response).end(`${piece({ tool_calls: wire }, "tool_calls")}${usage}data: [DONE]\n\n`);
};
const refuses =
  (status: number, headers: Record<string, string> = {}): Manner =>
  (response) =>
    void response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(JSON.stringify({ error: { message: "no" } }));
const flood: Manner = (response) => {
  stream(response);
  const more = (): void => {
    while (!response.destroyed)
      if (!response.write(piece({ content: "blah ".repeat(5_000) }))) return void response.once("drain", more);
  };
  more();
};

describe("a provider that does not answer fails the turn, says why, and nothing is kept", () => {
  test.for<[string, Manner, RegExp, number]>([
    ["a wrong key", refuses(401), /refused the key \(HTTP 401\)/, 1],
    ["an empty balance", refuses(402), /no credit left/, 1],
    ["429 with a Retry-After of hours", refuses(429, { "retry-after": "7200" }), /limits our rate/, 1],
    ["429 without Retry-After", refuses(429), /limits our rate/, 3],
    [
      "a cut stream",
      (response) => void stream(response).write(piece({ content: "Fi" }), () => response.destroy()),
      /./,
      1,
    ],
    ["an endless stream", flood, /longer than 16 MB/, 1],
  ])("%s", async ([, manner, because, times]) => {
    const { chat, kept, asked, turns } = await chatAgainst(manner);
    const end = await chat.say("hello", listener().listening, "t");
    expect(end).toMatchObject({ kind: "failed", because: expect.stringMatching(because) });
    expect(await kept()).toEqual([]);
    expect(await turns.get("t")).toMatchObject({ state: "failed", because: expect.stringMatching(because) });
    expect(asked()).toBeLessThanOrEqual(times);
  });
});

describe("a model that asks for nonsense is told so, and the turn goes on", () => {
  test.for<[string, [string, string][], RegExp]>([
    ["broken JSON", [["calculate", '{"expression": "1+']], /^bad arguments: the arguments are not valid JSON/],
    ["a tool that is not there", [["launch-rocket", "{}"]], /^unknown tool: there is no tool called "launch-rocket"/],
    ["arguments of the wrong type", [["calculate", '{"expression": 7}']], /^bad arguments: expression: /],
    ["no name at all", [["", "{}"]], /^unknown tool: /],
  ])("%s", async ([, calls, told]) => {
    const { chat, bodies, kept, journal } = await chatAgainst((response, asked) =>
      asked === 1 ? asks(response, ...calls) : says(response, "My mistake."),
    );
    expect(await chat.say("do it", listener().listening)).toMatchObject({ kind: "answered", text: "My mistake." });
    expect(bodies[1]?.messages.at(-1)).toMatchObject({ role: "tool", content: expect.stringMatching(told) });
    expect(await kept()).toEqual(["person: do it", "agent: My mistake."]);
    expect(journal.recorded.map(({ kind }) => kind)).toEqual(["intent", "outcome"]);
  });

  test("ten thousand calls in one step: sixteen run, and it hears how many there were", async () => {
    const flooded = Array.from({ length: 10_000 }, (_, n): [string, string] => [
      "calculate",
      `{"expression":"${n}+1"}`,
    ]);
    const { chat, bodies, journal } = await chatAgainst((response, asked) =>
      asked === 1 ? asks(response, ...flooded) : says(response, "Enough."),
    );
    expect(await chat.say("count", listener().listening)).toMatchObject({ kind: "answered", text: "Enough." });
    expect(journal.recorded.filter(({ kind }) => kind === "intent")).toHaveLength(16);
    expect(bodies[1]?.messages.at(-1)?.content).toMatch(/^Only the first 16 of the 10000 calls/);
  });

  test("ten thousand calls, one a step: the turn ends at its limit with a last word", async () => {
    const { chat, asked } = await chatAgainst((response, n) =>
      n <= 25 ? asks(response, ["calculate", `{"expression":"${n}+1"}`]) : says(response, "That is all I can do."),
    );
    const end = await chat.say("count", listener().listening);
    expect(end).toMatchObject({ kind: "stopped", text: "That is all I can do." });
    expect(asked()).toBeLessThanOrEqual(26);
  });
});
