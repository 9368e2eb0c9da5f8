/**
 * Providers that misbehave, each in its own way, on a real socket: who is asked next, what the person is told, and that the money
 * adds up: what is metered is what the providers counted, each answer once.
 */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { clockTool } from "../../contracts/model.ts";
import { manualClock } from "./manual-clock.ts";
import { asking, calmly, modelsWith, providerAt } from "./parts.ts";

type Usage = { prompt_tokens: number; completion_tokens: number };
const USAGE: Usage = { prompt_tokens: 1_000, completion_tokens: 50 };

/** One way of answering. `counts` is what it says that it counted, and so what it will bill. */
type Manner = { answer(response: ServerResponse): void; counts?: Usage };

const events = (response: ServerResponse, headers: Record<string, string> = {}) =>
  response.writeHead(200, { "content-type": "text/event-stream", ...headers });
const event = (data: unknown) => `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
const delta = (fields: unknown, finish: string | null = null) => ({
  choices: [{ index: 0, delta: fields, finish_reason: finish }],
});
/** These pieces, as a stream that ends as it should. */
const stream =
  (...pieces: unknown[]): Manner["answer"] =>
  (response) =>
    void events(response).end([...pieces, "[DONE]"].map(event).join(""));
const plain =
  (status: number, body: string, headers: Record<string, string> = {}): Manner["answer"] =>
  (response) =>
    void response.writeHead(status, headers).end(body);
const refusing = (status: number, error: object = {}, headers: Record<string, string> = {}) =>
  plain(status, JSON.stringify({ error: { message: "no", ...error } }), {
    "content-type": "application/json",
    ...headers,
  });

/** Asks for hours, so that the chain goes on to the next provider at once and does not come back. */
const later = { "retry-after": "7200" };
const usageAtEnd = (usage: unknown = USAGE) => ({ choices: [], usage });

const helpful: Manner = { answer: stream(delta({ content: "Fine." }), delta({}, "stop"), usageAtEnd()), counts: USAGE };

/** Where another provider helps: the second one answers, and the first was asked so often. */
const fallsBack: Record<string, Manner & { asked?: number; says: RegExp }> = {
  "a wrong key": { answer: refusing(401), says: /refused the key \(HTTP 401\): check ACME_API_KEY/ },
  "an empty balance": { answer: refusing(402), says: /no credit left/ },
  "a used-up quota that pretends to be a rate limit": {
    answer: refusing(429, { code: "insufficient_quota" }),
    says: /no credit left/,
  },
  "429 without Retry-After": { answer: refusing(429), says: /limits our rate/ },
  "429 with Retry-After": { answer: refusing(429, {}, later), says: /limits our rate/ },
  "503": { answer: refusing(503), says: /in trouble \(HTTP 503\)/ },
  "an HTML page as an error": {
    answer: plain(502, "<html><h1>Bad gateway</h1></html>", { "content-type": "text/html" }),
    says: /in trouble \(HTTP 502\)/,
  },
  "an HTML page as an answer": {
    answer: plain(200, "<html><h1>Please log in</h1></html>", { "content-type": "text/html" }),
    says: /broke off/,
  },
  "an empty answer": { answer: plain(200, "", { "content-type": "text/event-stream" }), says: /broke off/ },
  "gzip that is none": {
    answer: plain(200, "this was never compressed", {
      "content-type": "text/event-stream",
      "content-encoding": "gzip",
    }),
    says: /broke the connection/,
  },
  "JSON that breaks in the stream": {
    answer: (response) => void events(response).end('data: {"choices":[{"delta":{"content":"Fi\n\n'),
    says: /broke the connection/,
  },
  "JSON that breaks, and no stream": {
    answer: plain(200, '{"choices":[', { "content-type": "application/json" }),
    says: /broke the connection/,
  },
  "an error inside the stream": {
    answer: stream({ error: { message: "overloaded", code: 529 } }),
    says: /in trouble \(HTTP 529\)/,
  },
  "a line that is cut before anything came": {
    answer: (response) => void response.socket?.destroy(),
    says: /broke the connection/,
  },
  "a line that is cut in the middle": {
    answer: (response) => void events(response).write(event(delta({ content: "Fi" })), () => response.destroy()),
    says: /broke the connection/,
  },
  "a stream that ends without an end": {
    answer: (response) => void events(response).end(event(delta({ content: "Fi" }))),
    says: /broke off/,
  },
  "a stream without an end": {
    answer: (response) => flood(events(response), event(delta({ content: "blah ".repeat(2_000) }))),
    says: /longer than 16 MB/,
  },
  "one line without an end": {
    answer: (response) => flood(events(response), "x".repeat(65_536)),
    says: /longer than 16 MB/,
  },
  "no words and no calls, but paid for": {
    answer: stream(delta({}, "stop"), usageAtEnd()),
    counts: USAGE,
    says: /answered nothing/,
  },
  "an end that is an error": {
    answer: stream(delta({ content: "Fi" }), delta({}, "error"), usageAtEnd()),
    counts: USAGE,
    says: /broke off/,
  },
  "neither an answer nor an error": { answer: plain(304, ""), says: /in trouble \(HTTP 304\)/ },
  "choices that are no list": { answer: stream({ choices: { text: "Fine." } }), says: /broke off/ },
};

/** Where it is understood all the same: nobody else is asked. */
const understood: Record<string, Manner & { text?: string; calls?: object[]; estimated?: boolean }> = {
  "a whole answer instead of a stream": {
    answer: plain(
      200,
      JSON.stringify({
        choices: [{ index: 0, message: { role: "assistant", content: "Fine." }, finish_reason: "stop" }],
        usage: USAGE,
      }),
      { "content-type": "application/json" },
    ),
    counts: USAGE,
  },
  "the wrong content type on a stream": {
    answer: (response) =>
      void response
        .writeHead(200, { "content-type": "text/plain" })
        .end([delta({ content: "Fine." }, "stop"), usageAtEnd()].map(event).join("")),
    counts: USAGE,
  },
  "a stream that says it is JSON": {
    answer: (response) =>
      void response
        .writeHead(200, { "content-type": "application/json" })
        .end([delta({ content: "Fine." }), delta({}, "stop"), usageAtEnd(), "[DONE]"].map(event).join("")),
    counts: USAGE,
  },
  "a whole answer as the only event of a stream": {
    answer: stream({ choices: [{ index: 0, message: { content: "Fine." }, finish_reason: "stop" }], usage: USAGE }),
    counts: USAGE,
  },
  "no reason for its end, but its count": {
    answer: stream(delta({ content: "Fine." }), usageAtEnd()),
    counts: USAGE,
  },
  "its count sent twice": {
    answer: stream(delta({ content: "Fine." }, "stop"), usageAtEnd(), usageAtEnd()),
    counts: USAGE,
  },
  "a running total with every piece": {
    answer: stream(
      { ...delta({ content: "Fi" }), usage: { prompt_tokens: 1_000, completion_tokens: 10 } },
      { ...delta({ content: "ne." }, "stop"), usage: USAGE },
    ),
    counts: USAGE,
  },
  "no count": { answer: stream(delta({ content: "Fine." }, "stop")), estimated: true },
  "a count that nobody can have counted": {
    answer: stream(delta({ content: "Fine." }, "stop"), usageAtEnd({ prompt_tokens: -5, completion_tokens: "many" })),
  },
  "letters cut in the middle": {
    answer: (response) => inBytes(response, "Schön, 好的 👍"),
    counts: USAGE,
    text: "Schön, 好的 👍",
  },
  "text in parts": {
    answer: stream(delta({ content: [{ type: "text", text: "Fi" }, { text: "ne." }] }, "stop"), usageAtEnd()),
    counts: USAGE,
  },
  "arguments as an object": {
    answer: stream(
      delta(
        { tool_calls: [{ index: 0, id: "c1", function: { name: "current-time", arguments: { timeZone: "UTC" } } }] },
        "tool_calls",
      ),
      usageAtEnd(),
    ),
    counts: USAGE,
    text: "",
    calls: [{ id: "c1", tool: "current-time", arguments: '{"timeZone":"UTC"}' }],
  },
  "calls without anything in them": {
    answer: stream(delta({ tool_calls: [null, 7, { function: "current-time" }] }, "tool_calls"), usageAtEnd()),
    counts: USAGE,
    text: "",
    calls: [{ id: "call_1", tool: "", arguments: "" }],
  },
  "two calls without a number or an id": {
    answer: stream(
      delta({ tool_calls: ["current-time", "calculate"].map((name) => ({ function: { name, arguments: "{}" } })) }),
      delta({}, "tool_calls"),
      usageAtEnd(),
    ),
    counts: USAGE,
    text: "",
    calls: [
      { id: "call_1", tool: "current-time", arguments: "{}" },
      { id: "call_2", tool: "calculate", arguments: "{}" },
    ],
  },
  "calls that are no list": {
    answer: stream(delta({ content: "Fine.", tool_calls: { name: "current-time" } }, "stop"), usageAtEnd()),
    counts: USAGE,
    calls: [],
  },
};

function flood(response: ServerResponse, piece: string): void {
  const more = (): void => {
    while (!response.destroyed) if (!response.write(piece)) return void response.once("drain", more);
  };
  more();
}

/** Byte by byte, so that no letter of more than one byte arrives whole. */
function inBytes(response: ServerResponse, text: string): void {
  events(response).flushHeaders();
  const bytes = Buffer.from([delta({ content: text }, "stop"), usageAtEnd()].map(event).join(""));
  let at = 0;
  const next = (): void => {
    if (at >= bytes.length) response.end();
    else response.write(bytes.subarray(at, ++at), () => setImmediate(next));
  };
  next();
}

/** Two addresses that answer in the manner they are told, in turn, and what each was asked and has counted. */
let providers: { url: string; asked: number; manners: Manner[] }[];
let close: () => void;
beforeEach(async () => {
  const servers = [0, 1, 2].map((at) =>
    createServer((request, response) => {
      const provider = providers[at];
      const manner = provider?.manners[Math.min(provider.asked, provider.manners.length - 1)];
      if (provider !== undefined) provider.asked++;
      request.resume().once("end", () => manner?.answer(response));
    }).listen(0, "127.0.0.1"),
  );
  await Promise.all(servers.map((server) => once(server, "listening")));
  providers = servers.map((server) => ({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked: 0,
    manners: [],
  }));
  close = () => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  };
});
afterEach(() => close());

/** What the providers say they counted, for everything they were asked. */
const counted = () =>
  providers
    .flatMap(({ asked, manners }) =>
      Array.from({ length: asked }, (_, at) => manners[Math.min(at, manners.length - 1)]),
    )
    .map((manner) => manner?.counts ?? { prompt_tokens: 0, completion_tokens: 0 })
    .reduce((sum, usage) => ({
      prompt_tokens: sum.prompt_tokens + usage.prompt_tokens,
      completion_tokens: sum.completion_tokens + usage.completion_tokens,
    }));

const chainOf = (...manners: Manner[][]) => {
  for (const [at, provider] of providers.entries()) Object.assign(provider, { manners: manners[at] ?? [], asked: 0 });
  return manners.map((_, at) => providerAt(providers[at]?.url ?? "", { id: ["acme", "second", "third"][at] ?? "" }));
};

describe("another provider answers, after", () => {
  test.for(Object.entries(fallsBack))("%s", async ([, { says, ...manner }]) => {
    const models = modelsWith(chainOf([manner], [helpful]));
    const completion = await models.standard.complete(asking("How are you?"), calmly());
    expect(completion).toMatchObject({ kind: "completed", text: "Fine.", by: "second/small" });
    expect(providers.map(({ asked }) => asked)).toEqual([1, 1, 0]);
    expectMoney(models, completion);

    // Alone it is asked again where that may help, and then says what is wrong, in a sentence for a person.
    const alone = modelsWith(chainOf([manner]), { clock: impatient });
    const told = await alone.standard.complete(asking("How are you?"), calmly());
    expect(told).toMatchObject({ kind: "failed", because: expect.stringMatching(says) });
    expect(providers[0]?.asked).toBeLessThanOrEqual(3);
    expectMoney(alone, told);
  });

  test("headers that do not come", async () => {
    const clock = manualClock();
    const models = modelsWith(chainOf([{ answer: () => {} }], [helpful]), { clock });
    const completing = models.standard.complete(asking("How are you?"), calmly());
    await expect.poll(() => providers[0]?.asked).toBe(1);
    clock.advance(await clock.slept((ms) => ms === 20_000));
    expect(await completing).toMatchObject({ by: "second/small" });
    expect(models.metered).toMatchObject([{ provider: "second" }]);
  });
});

describe("nobody else is asked for", () => {
  test.for(Object.entries(understood))(
    "%s",
    async ([, { text = "Fine.", calls = [], estimated = false, ...manner }]) => {
      const models = modelsWith(chainOf([manner], [helpful]));
      const completion = await models.standard.complete(asking("How are you?", { tools: [clockTool] }), calmly());
      expect(completion).toMatchObject({ kind: "completed", text, calls, by: "acme/small" });
      expect(providers.map(({ asked }) => asked)).toEqual([1, 0, 0]);
      expect(models.metered).toMatchObject([{ estimated, usage: { outputTokens: expect.any(Number) } }]);
      expect(models.metered.every(({ usage }) => usage.costUsd > 0)).toBe(true);
      if (manner.counts !== undefined) expectMoney(models, completion);
    },
  );

  test("an answer that is whole while its stream stays open: its end is not waited for, and it is not bought again", async () => {
    const open: Manner = {
      answer: (response) =>
        void events(response).write([delta({ content: "Fine." }, "stop"), usageAtEnd()].map(event).join("")),
      counts: USAGE,
    };
    const clock = manualClock();
    const models = modelsWith(chainOf([open], [helpful]), { clock });
    const read = Promise.withResolvers<void>();
    const completing = models.standard.complete(asking("Hi"), calmly({ onText: () => read.resolve() }));
    await read.promise;
    // The limit of the first silence, and that of the last.
    await clock.slept((ms) => ms === 20_000);
    clock.advance(await clock.slept((ms) => ms === 20_000));
    const completion = await completing;
    expect(completion).toMatchObject({ kind: "completed", text: "Fine.", by: "acme/small" });
    expect(providers.map(({ asked }) => asked)).toEqual([1, 0, 0]);
    expect(models.metered).toMatchObject([{ outcome: "answered" }]);
  });

  test("a request that is wrong, or that the provider will not answer", async () => {
    for (const answer of [refusing(400), refusing(422), refusing(400, { code: "content_filter" })]) {
      const models = modelsWith(chainOf([{ answer }], [helpful]));
      expect(await models.standard.complete(asking("Hi"), calmly())).toMatchObject({ kind: "failed" });
      expect(providers[1]?.asked).toBe(0);
    }
  });

  test("an answer of which something was shown already", async () => {
    const cut: Manner = { answer: fallsBack["a line that is cut in the middle"]?.answer ?? (() => {}) };
    const models = modelsWith(chainOf([cut], [helpful]));
    const completion = await models.standard.complete(asking("Hi"), calmly({ onText: () => {} }));
    expect(completion).toMatchObject({ kind: "failed", because: expect.stringContaining("stopped in the middle") });
    expect(providers[1]?.asked).toBe(0);
  });
});

test("Retry-After is waited for where it is short, and the answer then is charged once", async () => {
  const clock = manualClock();
  const models = modelsWith(chainOf([{ answer: refusing(429, {}, { "retry-after": "3" }) }, helpful]), { clock });
  const completing = models.standard.complete(asking("Hi"), calmly());
  clock.advance(await clock.slept((ms) => ms >= 3_000 && ms < 4_000));
  const completion = await completing;
  expect(completion).toMatchObject({ kind: "completed", by: "acme/small" });
  expectMoney(models, completion);
});

test("whatever three providers do, in whatever order: spend is the sum of what they counted, and no answer is bought twice", async () => {
  // Those whose count arrives, or that count nothing: what is cut off in between can only be estimated.
  const manners = [
    helpful,
    ...Object.values(fallsBack).filter(({ says }) => !/16 MB|broke/.test(says.source)),
    ...Object.values(understood).filter(({ counts }) => counts !== undefined),
  ];
  const script = fc.array(fc.constantFrom(...manners), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(script, script, script, async (one, two, three) => {
      const models = modelsWith(chainOf(one, two, [...three, helpful]), { clock: impatient });
      const completion = await models.standard.complete(asking("Hi"), calmly());
      expectMoney(models, completion);
      const answers = models.metered.filter(({ outcome }) => outcome === "answered");
      expect(answers).toHaveLength(completion.kind === "completed" ? 1 : 0);
    }),
    { numRuns: 60 },
  );
});

/** Whoever waits between rounds wakes at once; limits of a call are never reached. */
const impatient = {
  now: () => Date.now(),
  sleep: (ms: number, signal?: AbortSignal) =>
    ms < 20_000
      ? Promise.resolve()
      : new Promise<void>((_, reject) =>
          signal?.addEventListener("abort", () => reject(signal.reason), { once: true }),
        ),
};

/** The three sums are one: what providers counted, what was metered, what the caller was told. */
function expectMoney(
  { metered }: ReturnType<typeof modelsWith>,
  { usage }: { usage: { inputTokens: number; outputTokens: number; costUsd: number } },
): void {
  const exact = metered.filter(({ estimated }) => !estimated).map((call) => call.usage);
  const sum = (pick: (one: (typeof exact)[number]) => number, of = exact) =>
    of.reduce((total, one) => total + pick(one), 0);
  const { prompt_tokens, completion_tokens } = counted();
  expect([sum((one) => one.inputTokens), sum((one) => one.outputTokens)]).toEqual([prompt_tokens, completion_tokens]);
  const all = metered.map((call) => call.usage);
  expect(usage.costUsd).toBeCloseTo(
    sum((one) => one.costUsd, all),
    12,
  );
  expect(usage.inputTokens).toBe(sum((one) => one.inputTokens, all));
}
