/** Programs that people already use: the `openai` package talks to agents through the ledger, with a key, and gets clear refusals. */
import { rmSync } from "node:fs";
import OpenAI, { APIError } from "openai";
import { afterEach, describe, expect, test } from "vitest";
import type { Message } from "../../shared/ledger/index.ts";
import { arrive, client, member, openTestHome, type TestHome } from "./home.ts";

const SECRET = "phone-secret-0123456789";
const NEXUS_ONLY = "nexus-secret-0123456789";
const FIGURES = "figures-secret-0123456789";
const KEYS = `phone:${SECRET},watch:${NEXUS_ONLY}:nexus,graphs:${FIGURES}:metrics`;

let home: TestHome;
afterEach(() => home.close());

async function openHome(raw: Record<string, string> = { KAOS_API_KEYS: KEYS }): Promise<void> {
  home = await openTestHome({ raw });
  await arrive(home.ledger);
}
const program = (apiKey = SECRET) => new OpenAI({ apiKey, baseURL: `${home.url}/v1`, maxRetries: 0 });
const ask = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${home.url}/v1/chat/completions`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { authorization: `Bearer ${SECRET}`, "content-type": "application/json", ...headers },
  });
const user = (content: string) => ({ role: "user" as const, content });

/** The next message that nobody has decided about, as soon as it is there. */
async function heard(): Promise<Message> {
  let found: Message | undefined;
  await expect
    .poll(async () => {
      for (const root of await home.ledger.messages.roots(5)) {
        if ((await home.ledger.outcomes.ofMessage(root.seq)).length > 0) continue;
        if ((await home.ledger.claims.ofRoot(root.seq)).length === 0) found = root;
      }
      return found;
    })
    .toBeDefined();
  return found as Message;
}

/** An agent that holds the floor: writes drafts, then says it. */
async function speaker(agent: string, { seq }: Message) {
  const { ledger, clock } = home;
  const bid = { message: seq, root: seq, agent, tier: 1 as const, eta: clock.now(), because: "addressed" };
  const claim = await ledger.claims.place({ ...bid, standing: {} } as Parameters<typeof ledger.claims.place>[0]);
  const taking = await ledger.claims.take(claim.id, { cap: 2 });
  if (taking.kind !== "held") throw new Error(`not held: ${JSON.stringify(taking)}`);
  const by = "offline";
  return {
    writes: (draft: string) => ledger.claims.draft(claim.id, taking.fence, draft),
    async says(...parts: string[]) {
      await ledger.spend.add({
        ...{ agent, purpose: "answer", message: seq, by, cachedTokens: 0, costUsd: 0 },
        inputTokens: 100,
        outputTokens: 7,
      });
      await ledger.claims.commitReply(claim.id, taking.fence, { parts, by });
      for (;;) {
        const parcel = await ledger.outbox.take(agent);
        if (parcel === undefined) return;
        await ledger.outbox.post(parcel.id, { id: agent, name: agent });
      }
    },
    fails: (because: string) => ledger.claims.fail(claim.id, taking.fence, because),
  };
}
const declines = async ({ seq }: Message, ...agents: string[]) => {
  for (const agent of agents)
    await home.ledger.outcomes.put({ message: seq, agent, outcome: "declined", because: "fit 2 of 10" });
};

/** What the program has received so far, and all of it in the end. */
function receiving(stream: AsyncIterable<OpenAI.ChatCompletionChunk>) {
  const received = { text: "", chunks: [] as OpenAI.ChatCompletionChunk[] };
  const all = (async () => {
    for await (const chunk of stream) {
      received.chunks.push(chunk);
      received.text += chunk.choices[0]?.delta.content ?? "";
    }
    return received;
  })();
  all.catch(() => {});
  return { received, all };
}

describe("a program with a key", () => {
  test("sees each agent and the swarm as models", async () => {
    await openHome();
    const ids = async (key: string) => (await program(key).models.list()).data.map(({ id }) => id);
    expect(await ids(SECRET)).toEqual(["swarm", "impulse", "keystone", "kronos", "lacuna", "nexus", "resonant"]);
    expect(await ids(NEXUS_ONLY)).toEqual(["nexus"]);
    expect(await program().models.retrieve("nexus")).toMatchObject({ id: "nexus", object: "model", owned_by: "kaos" });
  });

  test("says something to one agent, as its owner's words in a room of the key's own, and gets the whole answer", async () => {
    await openHome();
    const asking = program().chat.completions.create({ model: "nexus", messages: [user("What is 12*7?")] });
    const message = await heard();
    expect(message).toMatchObject({
      room: "room:api-phone",
      text: "@nexus What is 12*7?",
      sender: { kind: "owner", name: "phone" },
      replyTo: null,
    });
    const nexus = await speaker("nexus", message);
    await nexus.writes("84 is");
    await nexus.says("84 is the answer.", "Twelve times seven.");
    expect(await asking).toMatchObject({
      object: "chat.completion",
      model: "nexus",
      choices: [
        {
          finish_reason: "stop",
          message: { role: "assistant", content: "84 is the answer.\n\nTwelve times seven." },
        },
      ],
      usage: { prompt_tokens: 100, completion_tokens: 7, total_tokens: 107 },
    });
  });

  test("receives an answer piece by piece as it is written", async () => {
    await openHome();
    const stream = await program().chat.completions.create({
      model: "lacuna",
      stream: true,
      stream_options: { include_usage: true },
      messages: [user("A name?")],
    });
    const { received, all } = receiving(stream);
    const lacuna = await speaker("lacuna", await heard());
    await lacuna.writes("Tide");
    await expect.poll(() => received.text).toBe("Tide");
    await lacuna.writes("Tideline. It stays");
    await expect.poll(() => received.text).toBe("Tideline. It stays");
    await lacuna.says("Tideline.", "It stays in the ear.");
    const { text, chunks } = await all;
    expect(text).toBe("Tideline. It stays in the ear.");
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe("stop");
    expect(chunks.at(-1)?.usage).toMatchObject({ total_tokens: 107 });
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  test("what was written before a tool was used cannot be taken back: the answer follows after an empty line", async () => {
    await openHome();
    const stream = await program().chat.completions.create({
      model: "nexus",
      stream: true,
      messages: [user("The time?")],
    });
    const { received, all } = receiving(stream);
    const nexus = await speaker("nexus", await heard());
    await nexus.writes("Let me look.");
    await expect.poll(() => received.text).toBe("Let me look.");
    await nexus.writes("");
    await nexus.writes("It is noon");
    await expect.poll(() => received.text).toBe("Let me look.\n\nIt is noon");
    await nexus.says("It is noon.");
    expect((await all).text).toBe("Let me look.\n\nIt is noon.");
  });

  test("asks the swarm and hears who answers, one after the other", async () => {
    await openHome();
    const stream = await program().chat.completions.create({
      model: "swarm",
      stream: true,
      messages: [user("Ship or wait?")],
    });
    const { received, all } = receiving(stream);
    const message = await heard();
    expect(message.text).toBe("Ship or wait?");
    await declines(message, "impulse", "keystone", "resonant", "lacuna");
    const [kronos, nexus] = [await speaker("kronos", message), await speaker("nexus", message)];
    await kronos.writes("Ship");
    await expect.poll(() => received.text).toBe("**kronos:** Ship");
    await nexus.says("The numbers say wait.");
    await kronos.says("Ship the importer.");
    expect((await all).text).toBe("**kronos:** Ship the importer.\n\n**nexus:** The numbers say wait.");
  });

  test("goes on with a conversation, begins a new one, and repeats a request without saying it twice", async () => {
    await openHome();
    const chat = async (...messages: OpenAI.ChatCompletionMessageParam[]) => {
      const asking = program().chat.completions.create({ model: "nexus", messages });
      const message = await heard();
      await (await speaker("nexus", message)).says("Fine.");
      await asking;
      return message;
    };
    const before = { role: "assistant", content: "Fine." } as const;
    const first = await chat({ role: "system", content: "You are a pirate." }, user("Hello"));
    const second = await chat(user("Hello"), before, user("And now?"));
    const other = await chat(user("Hello"));
    const third = await chat(user("Hello"), before, user("Still there?"));
    expect(second.topic).toBe(first.topic);
    expect(other.topic).not.toBe(first.topic);
    expect(third.topic).toBe(other.topic);
    expect(first.text).toBe("@nexus Hello");

    const headers = { "idempotency-key": "once-1" };
    const body = { model: "nexus", messages: [user("Pay the rent")] };
    const asked = [ask(body, headers), ask(body, headers)];
    await (await speaker("nexus", await heard())).says("Done.");
    const ids = await Promise.all(asked.map(async (one) => ((await (await one).json()) as { id: string }).id));
    expect(ids[0]).toBe(ids[1]);
    expect((await home.ledger.messages.roots(50)).filter(({ text }) => text.includes("rent"))).toHaveLength(1);
  });

  test("hears why when nobody answers, whole and in a stream", async () => {
    await openHome();
    const asking = program().chat.completions.create({ model: "nexus", messages: [user("Hm?")] });
    await (await speaker("nexus", await heard())).fails("No model answered");
    await expect(asking).rejects.toMatchObject({
      status: 502,
      code: "no_answer",
      message: expect.stringContaining("nexus failed: No model answered"),
    });
    const stream = await program().chat.completions.create({
      model: "swarm",
      stream: true,
      messages: [user("Anyone?")],
    });
    const { all } = receiving(stream);
    await declines(await heard(), "impulse", "keystone", "kronos", "resonant", "lacuna", "nexus");
    await expect(all).rejects.toThrow(/Nobody answered \(.*kronos declined: fit 2 of 10/);
  });

  test("leaves in the middle, and the agent goes on", async () => {
    await openHome();
    const left = new AbortController();
    const asking = program()
      .chat.completions.create({ model: "nexus", messages: [user("Slow?")] }, { signal: left.signal })
      .catch((error: unknown) => error);
    const message = await heard();
    left.abort();
    expect(await asking).toBeInstanceOf(Error);
    await (await speaker("nexus", message)).says("Here it is.");
    expect((await home.ledger.messages.thread(message.seq)).map(({ text }) => text)).toContain("Here it is.");
  });

  test("is told at once when whom it asks does not run", async () => {
    await openHome();
    await home.ledger.agents.leave("nexus", 1);
    await expect(program().chat.completions.create({ model: "nexus", messages: [user("Hi")] })).rejects.toMatchObject({
      status: 503,
      code: "agent_down",
      message: expect.stringContaining("kaos up"),
    });
  });
});

describe("a request that is not served says why, in the shape of OpenAI's errors", () => {
  const sound = { model: "nexus", messages: [user("Hi")] };
  test.each([
    ["no JSON", "{", 400, "invalid_json", null],
    ["an array", "[]", 400, "invalid_value", null],
    ["a text", '"hi"', 400, "invalid_json", null],
    ["no messages", { model: "nexus" }, 400, "invalid_value", "messages"],
    ["an empty list", { ...sound, messages: [] }, 400, "invalid_value", "messages"],
    ["a wrong role", { ...sound, messages: [{ role: "boss", content: "x" }] }, 400, "invalid_value", "messages.0.role"],
    ["nothing said", { ...sound, messages: [user("  ")] }, 400, "invalid_value", "messages"],
    ["the agent last", { ...sound, messages: [{ role: "assistant", content: "x" }] }, 400, "invalid_value", "messages"],
    ["too much", { ...sound, messages: [user("x".repeat(16_000))] }, 400, "invalid_value", "messages"],
    [
      "a picture",
      { ...sound, messages: [{ role: "user", content: [{ type: "image_url" }] }] },
      400,
      "invalid_value",
      "messages",
    ],
    ["tools", { ...sound, tools: [{}] }, 400, "invalid_value", "tools"],
    ["three answers", { ...sound, n: 3 }, 400, "invalid_value", "n"],
    ["a schema", { ...sound, response_format: { type: "json_object" } }, 400, "invalid_value", "response_format"],
    ["nobody's name", { ...sound, model: "gpt-5" }, 404, "model_not_found", "model"],
    ["two megabytes", { ...sound, messages: [user("x".repeat(2_200_000))] }, 413, "request_too_large", null],
  ])("%s", async (_what, body, status, code, param) => {
    await openHome();
    const answer = await ask(body);
    expect([answer.status, await answer.json()]).toEqual([
      status,
      { error: { message: expect.stringMatching(/\.$/), type: expect.any(String), code, param } },
    ]);
    expect(await home.ledger.messages.roots(1)).toEqual([]);
  });

  test("a wrong key, no key, and too many wrong ones", async () => {
    await openHome();
    await expect(program("guess").models.list()).rejects.toMatchObject({ status: 401, code: "invalid_api_key" });
    const none = await fetch(`${home.url}/v1/models`);
    expect([none.status, none.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    for (let guess = 0; guess < 19; guess++)
      await program(`guess-${guess}`)
        .models.list()
        .catch(() => {});
    await expect(program().models.list()).rejects.toMatchObject({ status: 429, code: "too_many_wrong_keys" });
    home.clock.tick(61_000);
    expect((await program().models.list()).data).toHaveLength(7);
  });

  test("a key opens what it is for, and no page of the control room", async () => {
    await openHome();
    await expect(
      program(NEXUS_ONLY).chat.completions.create({ model: "kronos", messages: [user("Hi")] }),
    ).rejects.toMatchObject({ status: 403, code: "out_of_scope" });
    await expect(
      program(FIGURES).chat.completions.create({ model: "nexus", messages: [user("Hi")] }),
    ).rejects.toMatchObject({ status: 403 });
    const page = await fetch(`${home.url}/settings`, {
      headers: { authorization: `Bearer ${SECRET}` },
      redirect: "manual",
    });
    expect(page.status).toBe(303);
  });

  test("more at once than a key may", async () => {
    await openHome();
    const left = new AbortController();
    const four = [1, 2, 3, 4].map((at) =>
      program().chat.completions.create({ model: "nexus", messages: [user(`Hi ${at}`)] }, { signal: left.signal }),
    );
    for (const one of four) one.catch(() => {});
    await expect.poll(async () => (await home.ledger.messages.roots(9)).length).toBe(4);
    const fifth = await ask(sound);
    expect([fifth.status, fifth.headers.get("retry-after")]).toEqual([429, "10"]);
    left.abort();
    await Promise.allSettled(four);
    await expect.poll(async () => (await ask({ ...sound, model: "kronos", n: 3 })).status).toBe(400);
  });

  test("another address", async () => {
    await openHome();
    const error = await program()
      .embeddings.create({ model: "nexus", input: "x" })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ status: 404, code: "unknown_url" });
  });
});

test("without a key in the settings the endpoint and the figures are closed, and say how to open them", async () => {
  await openHome({});
  await expect(program().models.list()).rejects.toMatchObject({
    status: 404,
    code: "closed",
    message: expect.stringContaining("KAOS_API_KEYS"),
  });
  expect((await fetch(`${home.url}/metrics`)).status).toBe(404);
});

describe("figures and health", () => {
  test("the figures are Prometheus text, for a key of that scope or a person who is logged in", async () => {
    await openHome();
    await home.ledger.agents.arrive({ ...(await home.ledger.agents.roster())[0], name: 'we"ird\\' } as never, 1);
    const get = (key: string) => fetch(`${home.url}/metrics`, { headers: { authorization: `Bearer ${key}` } });
    expect((await get(SECRET)).status).toBe(403);
    expect((await client(home.url).get("/metrics")).status).toBe(401);
    const answer = await get(FIGURES);
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const text = await answer.text();
    expect(text).toContain('kaos_agent_up{agent="nexus"} 1\n');
    expect(text).toContain('kaos_agent_up{agent="we\\"ird\\\\"} 1\n');
    expect(text).toMatch(/# TYPE kaos_spend_limit_usd gauge\nkaos_spend_limit_usd 5\n/);
    expect(text).not.toMatch(/secret/);
    for (const line of text.trimEnd().split("\n"))
      expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{.*\})? -?[\d.e+-]+)$/);
    expect((await (await member(home)).get("/metrics")).status).toBe(200);
  });

  test("health says nothing but that it is well; readiness also looks at the ledger", async () => {
    await openHome({});
    const get = async (path: string) => {
      const answer = await fetch(`${home.url}${path}`);
      return [answer.status, await answer.text()];
    };
    expect([await get("/healthz"), await get("/readyz")]).toEqual([
      [200, "ok\n"],
      [200, "ok\n"],
    ]);
    rmSync(home.files.ledger);
    expect([await get("/healthz"), await get("/readyz")]).toEqual([
      [200, "ok\n"],
      [503, "not ready\n"],
    ]);
  });
});
