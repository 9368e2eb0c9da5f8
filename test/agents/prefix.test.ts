/** What a provider can cache: persona, tools and catalogue are the same bytes from turn to turn, and from life to life. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { assembleAgent } from "../../agents/assemble-agent.ts";
import { createChat } from "../../shared/agent/index.ts";
import { type Clock, type Lifetime, silentLog, systemClock } from "../../shared/base/index.ts";
import { homeAt, readEnv } from "../../shared/config/index.ts";
import { openMemory } from "../../shared/memory/index.ts";
import { openAiServer, saying } from "../doubles/openai-server.ts";

/** One life of kronos, assembled as its process does; `say` is a turn of a chat. */
async function live(folder: string, clock: Clock, variables: Record<string, string>, said: readonly string[]) {
  const closers: (() => unknown)[] = [];
  const stopping = new AbortController();
  const lifetime: Lifetime = {
    signal: stopping.signal,
    onClose: (close) => void closers.push(close),
    run: () => {},
    stop: () => stopping.abort(),
  };
  const home = homeAt(folder);
  const { env, raw } = readEnv({ ...variables, KAOS_STANDARD_CHAIN: "acme" });
  const parts = assembleAgent({ name: "kronos", env, raw, settings: [], home, clock, log: silentLog, lifetime });
  const memory = await openMemory({ path: home.agent("kronos").database, clock, durability: "off" });
  const chat = createChat({
    ...parts,
    agent: "kronos",
    model: parts.models.standard,
    sessions: memory.sessions,
    thread: "terminal",
    clock,
  });
  for (const text of said) await chat.say(text, { signal: new AbortController().signal });
  memory.close();
  stopping.abort();
  for (const close of closers.reverse()) await close();
}

test("the beginning of every request of an assembled agent is the same, whatever is said and whenever", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kaos-prefix-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const answers = ["One.", "Two.", "Three.", "Four."];
  const server = await openAiServer(answers.map((text) => ({ answer: saying(text) })));
  onTestFinished(() => server.close());
  const variables = {
    PROVIDER_ACME_BASE_URL: server.baseUrl,
    PROVIDER_ACME_API_KEY: "a-key-of-acme",
    PROVIDER_ACME_MODEL: "small",
  };
  await live(folder, systemClock, variables, ["What first?", "And then?"]);
  const tomorrow = { ...systemClock, now: () => Date.now() + 24 * 60 * 60_000 };
  await live(folder, tomorrow, variables, ["And now?", "Was this all?"]);

  const requests = server.requests.map(({ body }) => {
    const { messages, ...rest } = body as { messages: { role: string }[] };
    return { messages, rest: JSON.stringify(rest) };
  });
  // Tools, model and limits: the whole request but for what is said.
  expect(new Set(requests.map(({ rest }) => rest)).size).toBe(1);
  expect(requests[0]?.rest).toContain('"tools":[');
  // The persona with the catalogue of skills.
  expect(new Set(requests.map(({ messages }) => JSON.stringify(messages[0]))).size).toBe(1);
  expect(requests[0]?.messages[0]?.role).toBe("system");
  // Each conversation goes on from the one before; only the time and the newest words come after it.
  for (const [at, { messages }] of requests.entries()) {
    const before = requests[at - 1]?.messages.slice(0, -2) ?? [];
    expect(JSON.stringify(messages.slice(0, before.length))).toBe(JSON.stringify(before));
    expect(messages).toHaveLength(3 + 2 * at);
  }
});
