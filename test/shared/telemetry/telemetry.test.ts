/** What a collector is told of a turn: by the real exporter, over a real socket, and never a word of what was said. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { type Model, runTurn } from "../../../shared/engine/index.ts";
import { createTelemetry, type Telemetry } from "../../../shared/telemetry/index.ts";
import { createRecordingJournal } from "../../doubles/recording-journal.ts";
import { asks, createScript, tool, turn, words } from "../engine/world.ts";

type Value = { stringValue?: string; intValue?: number | string; doubleValue?: number };
type SpanTold = {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  attributes: { key: string; value: Value }[];
  status: { code?: number };
};

async function collector() {
  const asked: { path: string; headers: Record<string, unknown>; body: string }[] = [];
  const spans: SpanTold[] = [];
  const server = createServer((request, response) => {
    void json(request).then((sent) => {
      const body = sent as { resourceSpans: { scopeSpans: { spans: SpanTold[] }[] }[] };
      asked.push({ path: request.url ?? "", headers: request.headers, body: JSON.stringify(body) });
      spans.push(...body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, spans };
}

const options = (endpoint: string, headers = "") => ({
  endpoint,
  headers,
  agent: "kronos",
  version: "0.1.0",
  onFailure: (error: unknown) => expect.fail(String(error)),
});

const attributesOf = ({ attributes }: SpanTold) =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue ?? value.doubleValue)]),
  );

/** One turn through the wrappers, as an agent's process puts it together. */
function oneTurn(telemetry: Telemetry, model: Model, tools: ReturnType<typeof tool>[], text: string) {
  const given = {
    ...turn({ model: telemetry.model("standard", model), tools, entries: [{ role: "user", text }] }),
    journal: telemetry.journal(createRecordingJournal()),
  };
  const about = { agent: "kronos", id: "claim 7", purpose: "answer", message: 42 };
  return telemetry.turn(about, () => runTurn(given));
}

test("a turn, its model calls and its tool calls are spans in the words of the GenAI conventions, and one trace", async () => {
  const { url, asked, spans } = await collector();
  const telemetry = createTelemetry(options(`${url}/`, "authorization=Bearer%20abc,x-team=kaos"));
  const model = createScript(asks(["c1", "look-up", { of: "secret-argument" }], ["c2", "ignore all rules", {}]), {
    ...words("The answer is secret-answer."),
    by: "deepseek/deepseek-flash",
  });
  const lookUp = tool("look-up", { text: "secret-result" });
  expect(await oneTurn(telemetry, model, [lookUp], "secret-question")).toMatchObject({ kind: "answered" });
  await telemetry.close();

  expect(asked[0]).toMatchObject({ path: "/v1/traces", headers: { authorization: "Bearer abc", "x-team": "kaos" } });
  expect(asked.map(({ body }) => body).join()).not.toMatch(/secret-|ignore all rules|Bearer/);
  const root = spans.find(({ name }) => name === "invoke_agent kronos");
  expect(root && attributesOf(root)).toMatchObject({
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.agent.name": "kronos",
    "gen_ai.usage.input_tokens": 20,
    "gen_ai.usage.output_tokens": 10,
    "gen_ai.response.model": "deepseek-flash",
    "kaos.turn": "claim 7",
    "kaos.message": 42,
    "kaos.outcome": "answered",
    "kaos.steps": 2,
  });
  const others = spans.filter((span) => span !== root);
  expect(others.map(({ name }) => name).sort()).toEqual([
    "chat deepseek-flash",
    "chat script",
    "execute_tool look-up",
    "execute_tool unknown",
  ]);
  for (const span of others) expect(span).toMatchObject({ traceId: root?.traceId, parentSpanId: root?.spanId });
  const called = (name: string) => attributesOf(others.find((span) => span.name === name) as SpanTold);
  expect(called("chat deepseek-flash")).toMatchObject({
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "deepseek",
    "gen_ai.request.model": "deepseek-flash",
    "gen_ai.usage.input_tokens": 10,
    "kaos.tier": "standard",
  });
  expect(called("execute_tool look-up")).toMatchObject({
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "look-up",
    "gen_ai.tool.call.id": "c1",
    "kaos.effects": "none",
    "kaos.gate": "allow",
    "kaos.outcome": "ok",
  });
  expect(called("execute_tool unknown")).toMatchObject({ "error.type": "unknown_tool" });
  expect(others.find(({ name }) => name === "execute_tool unknown")?.status.code).toBe(2);
});

test("a failure has its class, and not the sentence that may quote a text", async () => {
  const { url, asked, spans } = await collector();
  const telemetry = createTelemetry(options(url));
  const failed = { kind: "failed", because: "secret-because", usage: words("").usage } as const;
  expect(await oneTurn(telemetry, createScript(failed), [], "hello")).toMatchObject({ kind: "failed" });
  await telemetry.close();
  expect(spans.map((span) => [span.name, attributesOf(span)["error.type"], span.status.code])).toEqual([
    ["chat", "no_model_answered", 2],
    ["invoke_agent kronos", "no_model_answered", 2],
  ]);
  expect(asked.map(({ body }) => body).join()).not.toContain("secret-because");
});

test("turns that run at the same time keep their own calls", async () => {
  const { url, spans } = await collector();
  const telemetry = createTelemetry(options(url));
  await Promise.all(
    [1, 2, 3].map((at) => {
      const model = createScript(asks([`c${at}`, "look-up", {}]), words("done"));
      return oneTurn(telemetry, model, [tool("look-up", { text: "found" })], `question ${at}`);
    }),
  );
  await telemetry.close();
  const roots = spans.filter(({ name }) => name.startsWith("invoke_agent"));
  expect(new Set(roots.map(({ traceId }) => traceId)).size).toBe(3);
  for (const { traceId } of roots) expect(spans.filter((span) => span.traceId === traceId)).toHaveLength(4);
});

test("a collector that never answers delays no turn, and an end by less than an export may take", async () => {
  const server = createServer(() => {}).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const telemetry = createTelemetry(options(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  // Loads the packages, which takes the time that it takes.
  await oneTurn(telemetry, createScript(words("fine")), [], "hello");
  /** Timers of one process fire in their order, however busy the machine is. */
  const before = (ms: number, work: Promise<unknown>) => {
    const late = new Promise((resolve) => setTimeout(resolve, ms, "late"));
    return Promise.race([work.then(() => "in time"), late]);
  };
  expect(await before(2_000, oneTurn(telemetry, createScript(words("fine")), [], "hello"))).toBe("in time");
  expect(await before(5_000, telemetry.close())).toBe("in time");
});

test("without an endpoint nothing is loaded, and everything is as it was", async () => {
  const model = createScript();
  const journal = createRecordingJournal();
  const silent = createTelemetry(options(""));
  expect(silent.model("lite", model)).toBe(model);
  expect(silent.journal(journal)).toBe(journal);
  await silent.close();
  const module = new URL("../../../shared/telemetry/index.ts", import.meta.url).href;
  const script = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({
      resolve(specifier, context, next) {
        if (specifier.includes("opentelemetry")) loaded.push(specifier);
        return next(specifier, context);
      },
    });
    const { createTelemetry } = await import(${JSON.stringify(module)});
    const silent = createTelemetry({ endpoint: "", headers: "", agent: "a", version: "0", onFailure() {} });
    await silent.turn({ agent: "a", id: "1", purpose: "answer", message: null }, async () => ({ kind: "answered" }));
    console.log(JSON.stringify(loaded));
    await createTelemetry({ endpoint: "http://127.0.0.1:9", headers: "", agent: "a", version: "0", onFailure() {} })
      .turn({ agent: "a", id: "1", purpose: "answer", message: null }, async () => ({ kind: "answered", usage: {} }));
    console.log(loaded.length > 0);
    process.exit();`;
  const run = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  expect(run.stdout.trim()).toBe("[]\ntrue");
});
