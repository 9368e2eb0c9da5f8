/** Webhooks over real sockets: the contract, and everything that may come in at a door to the world. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { silentLog, systemClock } from "../../../../shared/base/index.ts";
import { createVirtualClock } from "../../../../shared/simulation/clock.ts";
import { createWebhook, type Heard, type Outgoing, readHooks } from "../../../../shared/transport/index.ts";
import { sign, verify } from "../../../../shared/transport/webhook/signature.ts";
import { transportContract } from "../../../contracts/transport.ts";

const secret = "a secret of sixteen and more";
let randomIds = 0;

/** What the program behind the hook has received; it tells repetitions by their id, as the docs say. */
async function openReceiver(answers: readonly { status: number; headers?: Record<string, string> }[] = []) {
  const posts = new Map<string, { id: string; text: string; replyTo: string | null; from: string }>();
  const problems: string[] = [];
  let count = 0;
  const server = createServer((request, response) => void take(request, response));
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const body = Buffer.concat(parts).toString("utf8");
    const [timestamp, signature] = ["x-kaos-timestamp", "x-kaos-signature"].map((name) =>
      String(request.headers[name]),
    );
    const verdict = verify(secret, body, { timestamp, signature, authorization: undefined }, Date.now());
    if (!verdict.ok) problems.push(verdict.because);
    const answer = answers[count++] ?? { status: 200 };
    if (answer.status === 200) posts.set(JSON.parse(body).id, JSON.parse(body));
    response.writeHead(answer.status, answer.headers).end();
  }
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    expect(problems).toEqual([]);
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, posts, close };
}

async function open(url = "", port = 0, { host = "127.0.0.1", clock = systemClock, log = silentLog } = {}) {
  const heard: Heard[] = [];
  const transport = createWebhook({
    agent: "kronos",
    hooks: [{ name: "deploys", secret, url }],
    address: { host, port },
    catchUpMaxAgeMs: 600_000,
    clock,
    log,
  });
  await transport.start({
    said: async (one) => void heard.push(one),
    edited: async () => {},
    deleted: async () => {},
    reacted: async () => {},
  });
  const post = (body: string, headers: Record<string, string>, path = "/hooks/deploys") =>
    fetch(`http://127.0.0.1:${transport.port()}${path}`, { method: "POST", body, headers });
  const signed = (body: string, atMs = Date.now()) => {
    const { timestamp, signature } = sign(secret, body, atMs);
    return { "x-kaos-timestamp": timestamp, "x-kaos-signature": signature };
  };
  return { transport, heard, post, signed };
}

const letter = (text: string, replyTo: string): Outgoing => ({
  ...{ id: 1, room: "webhook:deploys", topic: null, replyTo, text },
  randomId: String(++randomIds),
});

transportContract("a webhook", async () => {
  const receiver = await openReceiver();
  const { transport, heard, post, signed } = await open(receiver.url);
  return {
    transport,
    room: "webhook:deploys",
    async say(text) {
      const body = JSON.stringify({ text });
      const response = await post(body, signed(body));
      const { messageId } = (await response.json()) as { messageId: string };
      expect(heard.at(-1)?.messageId).toBe(messageId);
      return messageId;
    },
    letter: async (text, replyTo) => letter(text, replyTo),
    unsendable: async (one) => ({ ...one, room: "webhook:elsewhere" }),
    shown: async () =>
      [...receiver.posts.values()].map(({ id, text, replyTo }) => ({ messageId: `out-${id}`, text, replyTo })),
    async close() {
      await transport.close();
      await receiver.close();
    },
  };
});

describe("a hook", () => {
  test("tells who said what; the same signed request, or the same id, is the same message", async () => {
    const { transport, heard, post, signed } = await open();
    onTestFinished(() => transport.close());
    const body = JSON.stringify({ text: "v1.2 is out", from: "CI" });
    const headers = signed(body);
    for (const _ of [1, 2]) expect((await post(body, headers)).status).toBe(202);
    const named = JSON.stringify({ text: "v1.3 is out", id: "release-1.3" });
    await post(named, { authorization: `Bearer ${secret}` });
    expect(heard).toMatchObject([
      { room: "webhook:deploys", text: "v1.2 is out", sender: { kind: "allowed", id: "webhook:deploys", name: "CI" } },
      { messageId: heard[0]?.messageId },
      { messageId: "release-1.3", sender: { name: "deploys" } },
    ]);
  });

  test("refuses a wrong secret, a changed body, an old signature, and a hook that is not there, all alike", async () => {
    const { transport, heard, post, signed } = await open();
    onTestFinished(() => transport.close());
    const body = JSON.stringify({ text: "let me in" });
    const refused = [
      await post(body, {}),
      await post(body, { authorization: "Bearer " }),
      await post(body, { authorization: `Bearer ${secret}x` }),
      await post(`${body} `, signed(body)),
      await post(body, signed(body, Date.now() - 6 * 60_000)),
      await post(body, { ...signed(body), "x-kaos-timestamp": String(Math.floor(Date.now() / 1_000) + 60) }),
      await post(body, signed(body), "/hooks/nothing"),
    ];
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 401));
    expect(heard).toEqual([]);
  });

  test("refuses what is no message, with a sentence", async () => {
    const { transport, heard, post } = await open();
    onTestFinished(() => transport.close());
    const headers = { authorization: `Bearer ${secret}` };
    const answers = [
      await post("not json", headers),
      await post("{}", headers),
      await post(JSON.stringify({ text: "   " }), headers),
      await post(JSON.stringify({ text: "x".repeat(70_000) }), headers),
      await post("{}", headers, "/elsewhere"),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 413, 404]);
    for (const answer of answers) expect(((await answer.json()) as { error: string }).error).toMatch(/\w+ \w+/);
    expect((await fetch(`http://127.0.0.1:${transport.port()}/hooks/deploys`)).status).toBe(405);
    expect(heard).toEqual([]);
  });

  test("is heard by one agent, and by the next one when that one is gone", async () => {
    const first = await open();
    const port = first.transport.port() ?? 0;
    const second = await open("", port);
    onTestFinished(() => second.transport.close());
    expect(second.transport.port()).toBeUndefined();
    await first.transport.close();
    const body = JSON.stringify({ text: "still here?" });
    await expect.poll(() => second.transport.port()).toBe(port);
    expect((await second.post(body, second.signed(body))).status).toBe(202);
    expect(second.heard).toMatchObject([{ text: "still here?" }]);
  });

  test("waits as long as the receiver asks, tries again what may pass, and gives up what never will", async () => {
    const receiver = await openReceiver([
      { status: 429, headers: { "retry-after": "7" } },
      { status: 503 },
      { status: 302, headers: { location: "http://127.0.0.1:9/" } },
      { status: 410 },
    ]);
    const { transport } = await open(receiver.url);
    onTestFinished(async () => {
      await transport.close();
      await receiver.close();
    });
    const one = letter("hello", "1");
    expect(await transport.send(one)).toMatchObject({ kind: "later", afterMs: 7_000, asked: true });
    expect(await transport.send(one)).toMatchObject({ kind: "later", because: "the hook deploys answered HTTP 503" });
    expect(await transport.send(one)).toMatchObject({ kind: "never" });
    expect(await transport.send(one)).toEqual({ kind: "never", because: "the hook deploys answered HTTP 410" });
    expect(await transport.send(one)).toMatchObject({ kind: "sent" });
  });

  test("that nobody answers has not failed, and is left alone for longer each time", async () => {
    const receiver = await openReceiver();
    await receiver.close();
    const clock = createVirtualClock(Date.now());
    const { transport } = await open(receiver.url, 0, { clock });
    onTestFinished(() => transport.close());
    const pauses: number[] = [];
    for (let time = 0; time < 8; time++) {
      const delivery = await transport.send(letter("hello", "1"));
      expect(delivery).toMatchObject({ kind: "later", asked: true, because: expect.stringContaining("be reached") });
      pauses.push(delivery.kind === "later" ? delivery.afterMs / 1_000 : 0);
      expect(await transport.send(letter("another", "1"))).toMatchObject({ kind: "later", asked: true });
      clock.jump((pauses[time] ?? 0) * 1_000);
    }
    expect(pauses).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
  });

  test("that cannot be heard says why once, and not every time it tries", async () => {
    const errors: string[] = [];
    const log = { ...silentLog, error: (event: string) => void errors.push(event) };
    const clock = createVirtualClock(Date.now());
    const { transport } = await open("", 0, { host: "192.0.2.1", clock, log });
    onTestFinished(() => transport.close());
    for (let time = 0; time < 3; time++) {
      let passed = false;
      void clock.sleep(2_500).then(() => (passed = true));
      await clock.run(() => passed);
    }
    expect(errors).toEqual(["hooks cannot listen"]);
  });
});

test("nothing starts with a hook without a secret, and the sentence says what to write", () => {
  expect(readHooks(["deploys"], {})).toEqual({
    problem:
      "WEBHOOK_DEPLOYS_SECRET is not set. Make one with `openssl rand -hex 32`, or take deploys out of WEBHOOKS.",
  });
  expect(readHooks(["deploys"], { WEBHOOK_DEPLOYS_SECRET: "short" })).toMatchObject({
    problem: expect.stringContaining("fewer than 16"),
  });
  expect(readHooks(["Two Words"], {})).toMatchObject({ problem: expect.stringContaining("cannot be a hook's name") });
  expect(readHooks(["my-ci"], { WEBHOOK_MY_CI_SECRET: secret, WEBHOOK_MY_CI_URL: "ftp://somewhere" })).toMatchObject({
    problem: expect.stringContaining("http or https"),
  });
  expect(readHooks(["my-ci"], { WEBHOOK_MY_CI_SECRET: secret })).toEqual({
    hooks: [{ name: "my-ci", secret, url: "" }],
  });
});
