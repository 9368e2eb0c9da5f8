/** A chain of providers: when the next one is asked, who is left alone and how long, and when it is given up. */
import { afterEach, describe, expect, test } from "vitest";
import { createBreaker } from "../../../shared/llm/breaker.ts";
import {
  delta,
  type Exchange,
  type OpenAiServer,
  openAiServer,
  refusing,
  saying,
} from "../../doubles/openai-server.ts";
import { manualClock } from "./manual-clock.ts";
import { asking, calmly, modelsWith, providerAt } from "./parts.ts";

let server: OpenAiServer;
afterEach(() => server.close());

async function serving(...script: Exchange[]) {
  server = await openAiServer(script);
  return server.baseUrl;
}

/** More than a chain waits for inside one completion, so that it tells the failure instead. */
const tooLong = { "retry-after": "120" };
const isBackoff = (ms: number) => ms < 1_500;

describe("another provider would help", () => {
  test.for([
    [401, {}, /refused the key \(HTTP 401\): check ACME_API_KEY/],
    [402, {}, /no credit left/],
    [403, {}, /refused the key/],
    [404, { message: "The model `small` does not exist" }, /is not there \(HTTP 404\): check PROVIDER_ACME_MODEL/],
    [400, { message: "model small is not found", code: "model_not_found" }, /is not there \(HTTP 400\)/],
    [408, {}, /in trouble \(HTTP 408\)/],
    [409, {}, /in trouble/],
    [425, {}, /in trouble/],
    [429, {}, /limits our rate/],
    [429, { code: "insufficient_quota" }, /no credit left/],
    [500, {}, /in trouble/],
    [503, {}, /in trouble/],
  ] as const)("after HTTP %s %o", async ([status, error, because]) => {
    const answer = refusing(status, error, tooLong);
    const url = await serving({ answer }, { answer: saying("I can.") }, { answer });
    const models = modelsWith([providerAt(url), providerAt(url, { id: "second" })]);
    expect(await models.standard.complete(asking("hi"), calmly())).toMatchObject({
      kind: "completed",
      by: "second/small",
    });

    const alone = await modelsWith([providerAt(url)]).standard.complete(asking("hi"), calmly());
    expect(alone).toMatchObject({ kind: "failed", because: expect.stringMatching(because) });
  });

  test("when nobody listens at the address of the first", async () => {
    const url = await serving({ answer: saying("I can.") });
    const gone = await openAiServer([]);
    await gone.close();
    const models = modelsWith([providerAt(gone.baseUrl), providerAt(url, { id: "second" })]);
    expect(await models.standard.complete(asking("hi"), calmly())).toMatchObject({ by: "second/small" });
    expect(models.describe()).toMatchObject([{ tier: "lite" }, { provider: "acme" }, { provider: "second" }]);
  });

  test("when the stream itself reports that the provider is overloaded", async () => {
    const overloaded = { chunks: [{ error: { message: "overloaded", code: 502 } }], after: "end" } as const;
    const url = await serving({ answer: overloaded }, { answer: saying("I can.") });
    const models = modelsWith([providerAt(url), providerAt(url, { id: "second" })]);
    expect(await models.standard.complete(asking("hi"), calmly())).toMatchObject({ by: "second/small" });
  });

  test("when it broke off before anything was shown; what it cost is part of what the completion cost", async () => {
    const broken = { chunks: [delta({ content: "Once" })], after: "cut" } as const;
    const url = await serving({ answer: broken }, { answer: saying("I can.") });
    const models = modelsWith([providerAt(url), providerAt(url, { id: "second" })]);
    const completion = await models.standard.complete(asking("hi"), calmly());
    expect(completion).toMatchObject({ by: "second/small" });
    expect(models.metered.map(({ provider, outcome }) => [provider, outcome])).toEqual([
      ["acme", "failed"],
      ["second", "answered"],
    ]);
    expect(completion.usage.costUsd).toBeCloseTo(
      models.metered.reduce((sum, { usage }) => sum + usage.costUsd, 0),
      12,
    );
  });
});

describe("another provider would not help", () => {
  test.for([
    [400, { message: "messages: too long" }, /refused the request \(HTTP 400\): messages: too long\.$/],
    [422, { message: "unprocessable" }, /refused the request/],
    [400, { message: "blocked", code: "content_filter" }, /refused to answer this/],
  ] as const)("after HTTP %s %o the failure is told at once", async ([status, error, because]) => {
    const url = await serving({ answer: refusing(status, error) });
    const models = modelsWith([providerAt(url), providerAt(url, { id: "second" })]);
    const completion = await models.standard.complete(asking("hi"), calmly());
    expect(completion).toMatchObject({ kind: "failed", because: expect.stringMatching(because) });
  });

  test("once pieces of an answer were shown, nobody begins it anew", async () => {
    const url = await serving({ answer: { chunks: [delta({ content: "Once" })], after: "cut" } });
    const models = modelsWith([providerAt(url), providerAt(url, { id: "second" })]);
    const completion = await models.standard.complete(asking("a story"), calmly({ onText: () => {} }));
    expect(completion).toMatchObject({ kind: "failed", because: expect.stringContaining("stopped in the middle") });
  });
});

describe("waiting", () => {
  test("a provider in trouble is asked again after a jittered back-off that grows", async () => {
    const clock = manualClock();
    const url = await serving({ answer: refusing(503) }, { answer: refusing(503) }, { answer: saying("Back again.") });
    const completing = modelsWith([providerAt(url)], { clock }).standard.complete(asking("hi"), calmly());
    const first = await clock.slept(isBackoff);
    clock.advance(first);
    const second = await clock.slept(isBackoff);
    clock.advance(second);
    expect(await completing).toMatchObject({ text: "Back again." });
    expect(first).toBeGreaterThanOrEqual(250);
    expect(first).toBeLessThan(750);
    expect(second).toBeGreaterThanOrEqual(500);
  });

  test.for([
    ["retry-after", "4", 4_000],
    ["retry-after-ms", "2500", 2_500],
    ["retry-after", new Date(1_000_000 + 6_000).toUTCString(), 6_000],
  ] as const)("%s: %s is obeyed", async ([header, value, ms]) => {
    const clock = manualClock();
    const url = await serving({ answer: refusing(429, {}, { [header]: value }) }, { answer: saying("Now.") });
    const completing = modelsWith([providerAt(url)], { clock }).standard.complete(asking("hi"), calmly());
    const waited = await clock.slept((slept) => slept > ms - 1 && slept < ms + 100);
    clock.advance(waited);
    expect(await completing).toMatchObject({ text: "Now." });
  });

  test("nobody waits longer than ten seconds inside a completion, but the provider is left alone as it asked", async () => {
    const clock = manualClock();
    const url = await serving({ answer: refusing(429, {}, { "retry-after": "60" }) }, { answer: saying("Now.") });
    const models = modelsWith([providerAt(url)], { clock });
    expect(await models.standard.complete(asking("hi"), calmly())).toMatchObject({ kind: "failed" });
    clock.advance(45_000);
    expect(await models.standard.complete(asking("hi"), calmly())).toMatchObject({
      because: "No model answered: acme/small limits our rate (HTTP 429) (left alone for 15 s).",
    });
    clock.advance(15_000);
    expect(await models.standard.complete(asking("hi"), calmly())).toMatchObject({ text: "Now." });
  });

  test("a stop is heard while it waits", async () => {
    const clock = manualClock();
    const url = await serving({ answer: refusing(503) });
    const stop = new AbortController();
    const completing = modelsWith([providerAt(url)], { clock }).standard.complete(asking("hi"), {
      signal: stop.signal,
    });
    await clock.slept(isBackoff);
    stop.abort();
    await expect(completing).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("the breaker", () => {
  const down = { answer: refusing(503, {}, tooLong) };

  test("three failures in a row open it, one call probes it after thirty seconds, and success closes it", async () => {
    const clock = manualClock();
    const failing = { answer: refusing(401) };
    const url = await serving(
      failing,
      failing,
      failing,
      failing,
      { answer: saying("Back.") },
      { answer: saying("Still here.") },
    );
    const models = modelsWith([providerAt(url)], { clock });
    const ask = () => models.standard.complete(asking("hi"), calmly());

    for (let call = 1; call <= 3; call += 1) await ask();
    expect(await ask()).toMatchObject({ because: expect.stringContaining("left alone for 30 s") });
    expect(server.requests).toHaveLength(3);
    expect(models.describe()[1]?.state).toMatchObject({ kind: "resting", forMs: 30_000 });

    clock.advance(30_000);
    await ask();
    expect(server.requests).toHaveLength(4);
    await ask();
    expect(server.requests).toHaveLength(4);

    clock.advance(30_000);
    expect(await ask()).toMatchObject({ text: "Back." });
    expect(await ask()).toMatchObject({ text: "Still here." });
    expect(models.describe()[1]?.state).toEqual({ kind: "ready" });
  });

  test("while one call probes, the others do not wait for it", async () => {
    const clock = manualClock();
    const failing = { answer: refusing(401) };
    const url = await serving(failing, failing, failing, { answer: { chunks: [], after: "silence" } });
    const models = modelsWith([providerAt(url)], { clock });
    const stop = new AbortController();
    for (let call = 1; call <= 3; call += 1) await models.standard.complete(asking("hi"), calmly());
    clock.advance(30_000);
    const probing = models.standard.complete(asking("hi"), { signal: stop.signal });
    await server.arrived(4);
    expect(await models.standard.complete(asking("hi"), calmly())).toMatchObject({ kind: "failed" });
    stop.abort();
    await expect(probing).rejects.toMatchObject({ name: "AbortError" });
  });

  test("of two failures at the same time the longer rest holds", () => {
    const breaker = createBreaker(manualClock());
    breaker.failed("limits our rate", 60_000);
    breaker.failed("broke the connection");
    expect(breaker.rest()).toMatchObject({ forMs: 60_000 });
    breaker.failed("limits our rate", 120_000);
    expect(breaker.rest()).toMatchObject({ forMs: 120_000 });
  });

  test("a clock that was set back keeps nobody out", async () => {
    const clock = manualClock();
    const url = await serving(down, { answer: saying("Hello.") });
    const models = modelsWith([providerAt(url)], { clock });
    await models.standard.complete(asking("hi"), calmly());
    clock.advance(-3_600_000);
    expect(await models.standard.complete(asking("hi"), calmly())).toMatchObject({ text: "Hello." });
  });
});
