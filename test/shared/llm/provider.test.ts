/** One provider over a real socket: what is sent, what is understood, and how each way of going wrong ends. */
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { clockTool } from "../../contracts/model.ts";
import {
  calling,
  delta,
  type Exchange,
  type OpenAiServer,
  openAiServer,
  refusing,
  saying,
} from "../../doubles/openai-server.ts";
import { manualClock } from "./manual-clock.ts";
import { asking, calmly, KEY, modelsWith, providerAt } from "./parts.ts";

let server: OpenAiServer;
afterEach(() => server.close());

async function serving(...script: Exchange[]) {
  server = await openAiServer(script);
  return server.baseUrl;
}

describe("what is sent", () => {
  test("entries, tools and the limit go out in the words of the API, with the key and without a word about this machine", async () => {
    const url = await serving({ answer: saying("Noon.") });
    await modelsWith([providerAt(url)]).standard.complete(
      {
        entries: [
          { role: "system", text: "Be brief." },
          { role: "user", text: "What time is it?" },
          { role: "assistant", text: "", calls: [{ id: "c1", tool: "current-time", arguments: "{}" }] },
          { role: "tool", callId: "c1", tool: "current-time", text: "12:00" },
        ],
        tools: [clockTool],
        tokensMax: 77,
      },
      calmly(),
    );
    const [{ body, headers } = { body: {}, headers: {} }] = server.requests;
    expect(body).toMatchObject({
      model: "small",
      max_tokens: 77,
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "What time is it?" },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "c1", type: "function", function: { name: "current-time", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "c1", content: "12:00" },
      ],
      tools: [
        {
          type: "function",
          function: {
            name: "current-time",
            parameters: { type: "object", properties: { timeZone: { type: "string" } } },
          },
        },
      ],
    });
    expect(headers["authorization"]).toBe(`Bearer ${KEY}`);
    expect(Object.keys(headers).filter((name) => /stainless-(os|arch|runtime)/.test(name))).toEqual([]);
  });

  test("without a key no Authorization is sent; quirks are obeyed", async () => {
    const url = await serving({ answer: saying("Hi.") });
    const quirks = { limitField: "max_completion_tokens", extra: { thinking: { type: "disabled" } } } as const;
    await modelsWith([providerAt(url, { apiKey: null, quirks })]).standard.complete(asking("hi"), calmly());
    expect(server.requests[0]?.headers["authorization"]).toBeUndefined();
    expect(server.requests[0]?.body).toMatchObject({ max_completion_tokens: 200, thinking: { type: "disabled" } });
    expect(server.requests[0]?.body).not.toHaveProperty("max_tokens");
  });

  test("the same request is the same bytes", async () => {
    const url = await serving({ answer: saying("a") }, { answer: saying("b") });
    const models = modelsWith([providerAt(url)]);
    await models.standard.complete(asking("hi", { tools: [clockTool] }), calmly());
    await models.standard.complete(asking("hi", { tools: [clockTool] }), calmly());
    expect(JSON.stringify(server.requests[0]?.body)).toBe(JSON.stringify(server.requests[1]?.body));
  });
});

describe("an answer of a given shape", () => {
  const answer = { name: "sum", schema: z.object({ total: z.number() }) };

  test("goes by a tool that must be called where there is no JSON schema", async () => {
    const url = await serving({ answer: calling("c1", "sum", '{"total":4}') });
    const models = modelsWith([providerAt(url, { quirks: { structured: "tool" } })]);
    const completion = await models.standard.complete(asking("2+2", { answer }), calmly());
    expect(completion).toMatchObject({ kind: "completed", text: '{"total":4}', calls: [] });
    expect(server.requests[0]?.body["tool_choice"]).toEqual({ type: "function", function: { name: "sum" } });
  });

  test("is not shown piece by piece", async () => {
    const url = await serving({ answer: saying('{ "total": 4 }') });
    const pieces: string[] = [];
    const onText = (piece: string) => pieces.push(piece);
    await modelsWith([providerAt(url)]).standard.complete(asking("2+2", { answer }), calmly({ onText }));
    expect(pieces).toEqual([]);
  });
});

describe("what is understood", () => {
  test("broken JSON in the arguments of a tool passes as the model wrote it", async () => {
    const url = await serving({ answer: calling("c1", "current-time", '{"timeZone": "Asia/') });
    const completion = await modelsWith([providerAt(url)]).standard.complete(
      asking("time?", { tools: [clockTool] }),
      calmly(),
    );
    expect(completion).toMatchObject({ calls: [{ id: "c1", tool: "current-time", arguments: '{"timeZone": "Asia/' }] });
  });

  test("an answer that came to its limit of tokens is no whole one", async () => {
    const url = await serving(
      { answer: { chunks: [delta({ content: "First, " }), delta({}, "length")], after: "done" } },
      { answer: { chunks: [delta({ content: "All." }), delta({}, "stop")], after: "done" } },
      { answer: { chunks: [delta({}, "length")], after: "done" } },
    );
    const { standard } = modelsWith([providerAt(url)]);
    expect(await standard.complete(asking("a list"), calmly())).toMatchObject({ text: "First, ", cut: true });
    expect(await standard.complete(asking("a list"), calmly())).not.toHaveProperty("cut");
    expect(await standard.complete(asking("a list"), calmly())).toMatchObject({
      kind: "failed",
      because: expect.stringContaining("came to its limit of tokens before the first word"),
    });
  });

  test("several calls are kept apart: by index, by a new id under an old index, and without any id", async () => {
    const chunks = [
      delta({ tool_calls: [{ index: 0, id: "a", function: { name: "one", arguments: "{" } }] }),
      delta({ tool_calls: [{ index: 1, id: "b", function: { name: "two", arguments: "{}" } }] }),
      delta({ tool_calls: [{ index: 0, function: { arguments: "}" } }] }),
      delta({ tool_calls: [{ index: 0, id: "c", function: { name: "three", arguments: "{}" } }] }),
      delta({ tool_calls: [{ index: 7, function: { name: "four", arguments: "{}" } }] }),
      delta({}, "tool_calls"),
    ];
    const url = await serving({ answer: { chunks, after: "done" } });
    const completion = await modelsWith([providerAt(url)]).standard.complete(asking("all of it"), calmly());
    expect(completion).toMatchObject({
      calls: [
        { id: "a", tool: "one", arguments: "{}" },
        { id: "b", tool: "two", arguments: "{}" },
        { id: "c", tool: "three", arguments: "{}" },
        { id: "call_4", tool: "four", arguments: "{}" },
      ],
    });
  });

  test("dollars come from the provider's count, cached tokens at their own price", async () => {
    const usage = {
      prompt_tokens: 1_000_000,
      completion_tokens: 500_000,
      prompt_tokens_details: { cached_tokens: 400_000 },
    };
    const models = modelsWith([providerAt(await serving({ answer: saying("Done.", usage) }))]);
    const completion = await models.standard.complete(asking("hi"), calmly());
    expect(completion.usage).toEqual({
      inputTokens: 1_000_000,
      cachedTokens: 400_000,
      outputTokens: 500_000,
      costUsd: 1.64,
    });
    expect(models.metered).toMatchObject([
      { tier: "standard", provider: "acme", model: "small", outcome: "answered", estimated: false },
    ]);
  });

  test("a provider that sends the bill is believed", async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, cost: 0.25 };
    const models = modelsWith([
      providerAt(await serving({ answer: saying("Done.", usage) }), { quirks: { reportsCost: true } }),
    ]);
    expect((await models.standard.complete(asking("hi"), calmly())).usage.costUsd).toBe(0.25);
  });

  test("without a count, and when the line breaks after the last word, the answer stands and tokens are estimated", async () => {
    const url = await serving({ answer: { chunks: [delta({ content: "1234567" }), delta({}, "stop")], after: "cut" } });
    const models = modelsWith([providerAt(url)]);
    expect(await models.standard.complete(asking("hi"), calmly())).toMatchObject({
      text: "1234567",
      usage: { outputTokens: 2 },
    });
    expect(models.metered).toMatchObject([{ estimated: true }]);
  });
});

describe("what goes wrong", () => {
  const failed = (because: RegExp) => ({ kind: "failed", because: expect.stringMatching(because) });

  test("a stream that breaks off after some words is a failure, and what it cost is metered", async () => {
    const url = await serving({ answer: { chunks: [delta({ content: "Once upon" })], after: "cut" } });
    const models = modelsWith([providerAt(url)]);
    const shown: string[] = [];
    const completion = await models.standard.complete(
      asking("a story"),
      calmly({ onText: (piece) => shown.push(piece) }),
    );
    expect(completion).toMatchObject(failed(/stopped in the middle: acme\/small broke the connection/));
    expect(shown).toEqual(["Once upon"]);
    expect(models.metered).toMatchObject([{ outcome: "failed", estimated: true, usage: { outputTokens: 3 } }]);
    expect(completion.usage.costUsd).toBeGreaterThan(0);
  });

  test("so is one that ends politely before the model did", async () => {
    const url = await serving({ answer: { chunks: [delta({ content: "Once" })], after: "end" } });
    const completion = await modelsWith([providerAt(url)]).standard.complete(
      asking("a story"),
      calmly({ onText: () => {} }),
    );
    expect(completion).toMatchObject(failed(/broke off/));
  });

  test("an empty answer is none", async () => {
    const completion = await modelsWith([providerAt(await serving({ answer: saying("") }))]).standard.complete(
      asking("hi"),
      calmly(),
    );
    expect(completion).toMatchObject(failed(/answered nothing/));
  });

  test("a provider that stays silent is left for the next one, and the line to it is closed", async () => {
    const clock = manualClock();
    const url = await serving({ answer: { chunks: [], after: "silence" } }, { answer: saying("Here I am.") });
    const models = modelsWith([providerAt(url, { id: "silent" }), providerAt(url, { id: "other" })], { clock });
    const completing = models.standard.complete(asking("hi"), calmly());
    await server.arrived(1);
    clock.advance(20_000);
    expect(await completing).toMatchObject({ kind: "completed", text: "Here I am.", by: "other/small" });
    await server.hungUp;
    expect(models.logged).toEqual([expect.stringContaining('"kind":"too slow"')]);
  });

  test("a provider that never comes to an end is cut off at its deadline", async () => {
    const clock = manualClock();
    const url = await serving({ answer: { chunks: [delta({ content: "Well" })], after: "silence" } });
    const started = Promise.withResolvers<void>();
    const onText = () => started.resolve();
    const completing = modelsWith([providerAt(url)], { clock }).standard.complete(asking("hi"), calmly({ onText }));
    await started.promise;
    clock.advance(20_000);
    clock.advance(100_000);
    expect(await completing).toMatchObject(failed(/did not finish within 120 s/));
    await server.hungUp;
  });

  test("stopping in the middle hangs up, and tells what had arrived", async () => {
    const url = await serving({ answer: { chunks: [delta({ content: "Well" })], after: "silence" } });
    const models = modelsWith([providerAt(url)]);
    const stop = new AbortController();
    const completing = models.standard.complete(asking("hi"), {
      signal: stop.signal,
      onText: () => stop.abort("enough"),
    });
    const stopped = expect(completing).rejects;
    await stopped.toMatchObject({ name: "AbortError", by: "acme/small", usage: { outputTokens: 2 } });
    await server.hungUp;
    expect(models.metered).toMatchObject([{ outcome: "stopped", usage: { outputTokens: 2 } }]);
  });

  test("a content filter ends it at once", async () => {
    const url = await serving({ answer: { chunks: [delta({}, "content_filter")], after: "done" } });
    const models = modelsWith([providerAt(url), providerAt(url, { id: "other" })]);
    expect(await models.standard.complete(asking("hi"), calmly())).toMatchObject(
      failed(/acme\/small refused to answer this/),
    );
  });

  test.for([
    [400, `your key ${KEY} has a bad request`],
    [401, `Incorrect API key provided: ${KEY}`],
    [403, `${KEY} may not do this`],
    [500, `crashed on ${KEY}`],
  ] as const)("the key is in no error, no log and no description (HTTP %s)", async ([status, message]) => {
    const later = { "retry-after": "60" };
    const url = await serving({ answer: refusing(status, { message }, later) });
    const models = modelsWith([providerAt(url)]);
    const completion = await models.standard.complete(asking("hi"), calmly());
    expect(completion).toMatchObject(failed(/acme\/small/));
    expect(JSON.stringify([completion, models.logged, models.describe(), models.metered])).not.toContain(KEY);
  });

  test("a bug of whoever listens is not taken for a failure of the provider, and hangs up all the same", async () => {
    const models = modelsWith([
      providerAt(await serving({ answer: { chunks: [delta({ content: "Well" })], after: "silence" } })),
    ]);
    const onText = () => {
      throw new TypeError("a bug");
    };
    await expect(models.standard.complete(asking("hi"), calmly({ onText }))).rejects.toThrow("a bug");
    await server.hungUp;
  });
});
