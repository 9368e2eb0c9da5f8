/** The gateway against the reference server: every feature, over the standard streams and over HTTP. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { contextOf } from "./outside-vitest.ts";
import { call, EVERYTHING, everything, openGateway, startGateway } from "./parts.ts";

let http: { url: string; stop(): void };
beforeAll(async () => {
  const port = await freePort();
  const server = spawn(process.execPath, [EVERYTHING, "streamableHttp"], {
    env: { PORT: String(port) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  await once(server.stderr, "data");
  http = { url: `http://127.0.0.1:${port}/mcp`, stop: () => server.kill("SIGKILL") };
});
afterAll(() => http.stop());

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

describe.each(["stdio", "http"] as const)("over %s", (way) => {
  const entry = (more: object = {}) => ({ every: { ...(way === "stdio" ? everything : { url: http.url }), ...more } });

  test("its tools are the engine's, with what they declare, and its own schemas", async () => {
    const gateway = await startGateway(entry());
    expect(gateway.states()).toMatchObject([
      { name: "every", health: "ok", about: expect.stringContaining("everything"), withheld: [] },
    ]);
    const tools = gateway.tools();
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["mcp__every__echo", "mcp__every__get-sum", "mcp__every__gzip-file-as-resource"]),
    );
    const sum = tools.find(({ name }) => name === "mcp__every__get-sum");
    expect(sum).toMatchObject({ effects: "none", risk: "safe", source: "outside", parallel: true });
    expect(sum?.description).toMatch(/^The MCP server "every" says: /);
    expect(z.toJSONSchema(sum?.input ?? z.never())).toMatchObject({
      type: "object",
      properties: { a: { type: "number", description: "First number" } },
      required: ["a", "b"],
    });
    expect(tools.find(({ name }) => name.endsWith("gzip-file-as-resource"))).toMatchObject({ effects: "external" });
    expect(await call(gateway, "mcp__every__get-sum", { a: 2, b: "three" })).toMatchObject({ kind: "bad arguments" });
  });

  test("results of every kind become text", async () => {
    const gateway = await startGateway(entry());
    expect(await call(gateway, "mcp__every__get-sum", { a: 2, b: 3 })).toMatchObject({
      text: expect.stringMatching(/\b5\b/),
    });
    expect(await call(gateway, "mcp__every__get-tiny-image")).toMatchObject({
      text: expect.stringMatching(/\[image, image\/png, \d kB: not shown\]/),
    });
    expect(await call(gateway, "mcp__every__get-structured-content", { location: "New York" })).toMatchObject({
      text: expect.stringContaining("temperature"),
    });
    expect(await call(gateway, "mcp__every__get-resource-links", { count: 2 })).toMatchObject({
      text: expect.stringMatching(/\[resource demo:/),
    });
  });

  test("resources and prompts are read by tools", async () => {
    const gateway = await startGateway(entry());
    const listed = await call(gateway, "mcp__every__list-resources");
    const [uri = ""] = /demo:\/\/\S+\.md/.exec("text" in listed ? listed.text : "") ?? [];
    expect(await call(gateway, "mcp__every__read-resource", { uri })).toMatchObject({
      text: expect.stringMatching(new RegExp(`^\\[${uri}\\]\n#`)),
    });
    expect(await call(gateway, "mcp__every__list-prompts")).toMatchObject({
      text: expect.stringMatching(/- args-prompt\(city, state\?\):/),
    });
    expect(
      await call(gateway, "mcp__every__get-prompt", { name: "args-prompt", arguments: { city: "Bremen" } }),
    ).toMatchObject({ text: expect.stringMatching(/^user: .*Bremen/) });
    expect(await call(gateway, "mcp__every__read-resource", { uri: "demo://nowhere" })).toMatchObject({
      kind: expect.stringMatching(/refused|tool failed/),
    });
  });

  test("a long call tells how far it is, and can be stopped", async () => {
    const told: string[] = [];
    const stop = new AbortController();
    const gateway = await startGateway(entry());
    const onProgress = (text: string) => {
      if (told.push(text) === 2) stop.abort();
    };
    const long = gateway.tools().find(({ name }) => name === "mcp__every__trigger-long-running-operation");
    const running = long?.run({ duration: 30, steps: 300 }, { ...contextOf(stop.signal), onProgress });
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
    expect(told).toEqual(["0 %", "1 %"]);
    expect(await call(gateway, "mcp__every__echo", { message: "still here" })).toMatchObject({
      text: expect.stringMatching(/still here/),
    });
  });

  test("sampling needs both a model to ask and a word in mcp.json", async () => {
    const sample = async () => ({ text: "I am the model.", by: "scripted" });
    const allowed = await startGateway(entry({ sampling: true }), { sample });
    await listedTool(allowed, "mcp__every__trigger-sampling-request");
    expect(
      await call(allowed, "mcp__every__trigger-sampling-request", { prompt: "Who?", maxTokens: 20 }),
    ).toMatchObject({ text: expect.stringMatching(/I am the model/) });
    const unasked = openGateway(entry(), { sample });
    await unasked.start();
    expect(unasked.tools().some(({ name }) => name.includes("sampling"))).toBe(false);
  });

  test("a form for a person goes to whoever answers for them", async () => {
    const gateway = await startGateway(entry(), {
      elicit: async ({ message, during }) => {
        expect(during).toMatchObject({ tool: "trigger-elicitation-request", context: { turnId: "t1", callId: "c1" } });
        return { action: message === "" ? "cancel" : "decline" };
      },
    });
    await listedTool(gateway, "mcp__every__trigger-elicitation-request");
    expect(await call(gateway, "mcp__every__trigger-elicitation-request")).toMatchObject({
      text: expect.stringMatching(/declined/i),
    });
  });
});

/** Some tools are registered a moment after the handshake; the server says when. */
async function listedTool(gateway: ReturnType<typeof openGateway>, name: string): Promise<void> {
  await expect.poll(() => gateway.tools().map((tool) => tool.name)).toContain(name);
}
