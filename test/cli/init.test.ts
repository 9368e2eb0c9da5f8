/** `kaos init` by flags, from an installed copy: what was tried is written, what fails leaves nothing, and a key is never shown. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import { type Installed, install } from "../installed/installed.ts";

const KEY = "sk-acme-7f3a9c51d0e84b26";

let here: Installed;
beforeAll(async () => {
  here = await install();
});
/** The next one begins with nothing. */
afterEach(() => rmSync(join(here.user, ".kaos"), { recursive: true, force: true }));
afterAll(() => here.remove());

const personaFile = (name: string) => join(here.user, ".kaos", "personas", "atlas", name);
const dotEnv = () => join(here.user, ".kaos", ".env");

/** An OpenAI-compatible endpoint that says the same to everybody who has the key. */
async function endpoint(says: string): Promise<{ address: string; asked: () => number }> {
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    if (request.headers.authorization !== `Bearer ${KEY}`) {
      response.writeHead(401, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { message: `Incorrect API key: ${request.headers.authorization}` } }));
      return;
    }
    const event = (delta: object, finish_reason: string | null = null) =>
      `data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", created: 0, model: "tiny", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(`${event({ role: "assistant", content: says })}${event({}, "stop")}data: [DONE]\n\n`);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked: () => asked };
}

const acme = (address: string) => ["--provider", "acme", "--base-url", address, "--model", "tiny", "--key", "-"];

test("an agent with a role, a language and a job stands as it was wished, and has answered", async () => {
  const words = [
    "init",
    "atlas",
    "--template",
    "ops-assistant",
    "--role",
    "keeper of the servers",
    "--language",
    "Spanish",
  ];
  const made = await here.run([...words, "--provider", "offline", "--job", "every weekday 8:30 stretch", "--yes"]);
  expect(made.stderr).not.toContain("✗");
  expect(made.stdout).toContain("atlas is an Ops Assistant.");
  expect(JSON.parse(readFileSync(personaFile("agent.json"), "utf8"))).toMatchObject({ role: "keeper of the servers" });
  expect(readFileSync(personaFile("VOICE.md"), "utf8")).toContain("Speaks Spanish unless");
  expect((await here.runKept(["jobs", "list"])).stdout).toContain("stretch");
  expect(existsSync(dotEnv())).toBe(false);
  expect(made.code).toBe(0);
});

test("a provider that answers is written down, its key from a pipe for its owner only and never shown", async () => {
  const { address } = await endpoint("I keep watch.");
  const made = await here.runKept(["init", "atlas", ...acme(address), "--yes", "--json"], { input: `${KEY}\n` });
  expect(JSON.parse(made.stdout)).toMatchObject({ agent: "atlas", by: "acme/tiny", answer: "I keep watch." });
  expect(made.stdout + made.stderr).not.toContain(KEY);
  const written = readFileSync(dotEnv(), "utf8");
  expect(written).toContain("KAOS_STANDARD_CHAIN=acme");
  expect(written).toContain(`PROVIDER_ACME_API_KEY=${KEY}`);
  expect(statSync(dotEnv()).mode & 0o777).toBe(0o600);
});

test("a provider that refuses the key leaves nothing behind, and the key stays unsaid", async () => {
  const { address, asked } = await endpoint("never");
  const made = await here.runKept(["init", "atlas", ...acme(address), "--yes"], {
    input: "sk-wrong-1234567890abcdef\n",
  });
  expect(made.code).toBe(1);
  expect(made.stderr).toMatch(/✗ Nothing was written: .*401/);
  expect(made.stdout + made.stderr).not.toContain("sk-wrong-1234567890abcdef");
  expect(asked()).toBeGreaterThan(0);
  expect(existsSync(dotEnv())).toBe(false);
  expect(readdirSync(join(here.user, ".kaos", "personas"))).not.toContain("atlas");
});

test.for([
  [["init", "atlas", "--provider", "deepseek", "--key", KEY, "--yes"], "stays in the shell's history"],
  [["init", "--template", "research-agent", "--yes"], "Whose persona is it?"],
  [["init", "atlas", "--job", "now and then", "--yes"], "The job was not understood"],
  [["init", "atlas", "--template", "resarch-agent", "--yes"], "Did you mean research-agent?"],
  [["init", "atlas"], "Nobody is here to be asked"],
] as const)("%j is refused with the next step, and nothing is written", async ([words, because]) => {
  const { stderr, code } = await here.runKept(words);
  expect([code, stderr]).toEqual([2, expect.stringContaining(because)]);
  expect(existsSync(dotEnv())).toBe(false);
  expect(existsSync(personaFile("agent.json"))).toBe(false);
});
