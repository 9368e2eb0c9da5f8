/** Servers at an address: what goes wrong there, each with its sentence, and no credential where it does not belong. */

import { once } from "node:events";
import { statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { loadMcpConfig } from "../../../shared/config/index.ts";
import { manualClock } from "../llm/manual-clock.ts";
import { writeConfig } from "./outside-vitest.ts";
import { call, newFolder, startGateway, watchedLog } from "./parts.ts";

type Asked = { method: string; path: string; id: number; headers: IncomingMessage["headers"] };
type Answer = (asked: Asked, response: ServerResponse) => void;

const json = (response: ServerResponse, body: object, headers: Record<string, string> = {}) =>
  response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));

/** An MCP server of few words: a handshake, one tool, and `onCall` for its calls. */
async function serve(onCall: Answer, before?: Answer): Promise<{ url: string; seen: Asked[] }> {
  const seen: Asked[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const message = request.method === "POST" ? JSON.parse(await text(request)) : {};
    const { url: path = "", headers } = request;
    const asked = { method: message.method ?? request.method, path, id: message.id, headers };
    seen.push(asked);
    before?.(asked, response);
    if (response.headersSent) return;
    const result = (value: object) => ({ jsonrpc: "2.0", id: asked.id, result: value });
    if (asked.method === "initialize")
      json(
        response,
        result({
          protocolVersion: "2025-06-18",
          capabilities: { tools: {} },
          serverInfo: { name: "web", version: "1" },
        }),
        { "mcp-session-id": `session-${seen.length}` },
      );
    else if (asked.method === "tools/list")
      json(response, result({ tools: [{ name: "act", inputSchema: { type: "object" } }] }));
    else if (asked.method === "tools/call") onCall(asked, response);
    else response.writeHead(asked.id === undefined && request.method === "POST" ? 202 : 405).end();
  };
  const server = createServer((request, response) => void answer(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, seen };
}

const done: Answer = ({ id }, response) =>
  json(response, { jsonrpc: "2.0", id, result: { content: [{ type: "text", text: "done" }] } });

test("a header from the environment goes to the server, and its value is a secret of ours", async () => {
  const { url, seen } = await serve(done);
  const authorization = ["Bearer $", "{WEB_TOKEN}"].join("");
  const { servers, secrets } = loadMcpConfig(
    writeConfig(newFolder(), { web: { url, headers: { Authorization: authorization } } }),
    { WEB_TOKEN: "s3cr3t-enough" },
  );
  expect(secrets).toEqual(["s3cr3t-enough"]);
  const gateway = await startGateway({}, { servers } as never);
  expect(await call(gateway, "mcp__web__act")).toEqual({ text: "done" });
  expect(seen.every(({ headers }) => headers["authorization"] === "Bearer s3cr3t-enough")).toBe(true);
});

test.each<[string, Answer, string, RegExp]>([
  ["HTTP 500", (_asked, response) => response.writeHead(500).end("oops"), "in trouble", /answered with HTTP 500/],
  ["HTTP 429", (_asked, response) => response.writeHead(429).end(), "in trouble", /answered with HTTP 429/],
  [
    "a web page",
    (_asked, response) => response.writeHead(200, { "content-type": "text/html" }).end("<h1>Hello</h1>"),
    "malformed",
    /does not speak MCP: .*text\/html/,
  ],
  [
    "broken JSON",
    (_asked, response) => response.writeHead(200, { "content-type": "application/json" }).end('{"jsonrpc":'),
    "malformed",
    /not MCP/,
  ],
  [
    "a redirect to another origin",
    (_asked, response) => response.writeHead(307, { location: "http://127.0.0.1:1/" }).end(),
    "malformed",
    /redirect/,
  ],
  ["a broken line", (_asked, response) => void response.socket?.destroy(), "unreachable", /cannot be (reached|used)/],
  [
    "200 MB of JSON",
    (_asked, response) => flood(response, "application/json", '{"jsonrpc":"2.0","result":"'),
    "too large",
    /more than 8 MB/,
  ],
  [
    "200 MB in one event",
    (_asked, response) => flood(response, "text/event-stream", "data: "),
    "too large",
    /more than 8 MB/,
  ],
])("%s instead of a result", async (_what, onCall, kind, because) => {
  const { url } = await serve(onCall);
  const gateway = await startGateway({ web: { url } });
  expect(await call(gateway, "mcp__web__act")).toEqual({ kind, because: expect.stringMatching(because) });
});

async function closedAddress(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/mcp`;
}

function flood(response: ServerResponse, type: string, beginning: string): void {
  response.writeHead(200, { "content-type": type });
  const megabyte = "x".repeat(1 << 20);
  response.write(beginning);
  let left = 200;
  const more = (): void => {
    while (left-- > 0 && !response.destroyed) if (!response.write(megabyte)) return void response.once("drain", more);
    response.end();
  };
  more();
}

test("nobody at the address: broken, and tried again", async () => {
  const gateway = await startGateway({ web: { url: await closedAddress() } });
  expect(gateway.states()).toMatchObject([
    { health: "broken", because: expect.stringMatching(/cannot be reached \(ECONNREFUSED\)/) },
  ]);
});

test("a server that forgot the session gets a new one", async () => {
  let forgets = true;
  const [clock, { log, until }] = [manualClock(), watchedLog()];
  const { url, seen } = await serve((asked, response) => {
    if (!forgets) return done(asked, response);
    forgets = false;
    response.writeHead(404).end();
  });
  const gateway = await startGateway({ web: { url } }, { log, clock });
  expect(await call(gateway, "mcp__web__act")).toMatchObject({ because: expect.stringContaining("HTTP 404") });
  clock.advance(await clock.slept((ms) => ms === 1_000));
  await until((health) => health === "broken");
  await until((health) => health === "ok");
  expect(await call(gateway, "mcp__web__act")).toEqual({ text: "done" });
  expect(new Set(seen.map(({ headers }) => headers["mcp-session-id"]).filter(Boolean)).size).toBe(2);
});

test("one that wants a login says which command does it, and no browser is sent anywhere", async () => {
  const { url, seen } = await serve(done, ({ path, headers }, response) => {
    const host = `http://${headers.host}`;
    if (path === "/mcp") response.writeHead(401).end();
    else if (path === "/register")
      json(response, { client_id: "kaos", redirect_uris: ["http://127.0.0.1:1/callback"] });
    else if (path === "/.well-known/oauth-authorization-server")
      json(response, {
        issuer: host,
        authorization_endpoint: `${host}/authorize`,
        token_endpoint: `${host}/token`,
        registration_endpoint: `${host}/register`,
        response_types_supported: ["code"],
        code_challenge_methods_supported: ["S256"],
      });
    else response.writeHead(404).end();
  });
  const gateway = await startGateway({ web: { url } });
  expect(gateway.states()).toMatchObject([
    { health: "broken", because: expect.stringMatching(/^wants a login: run `kaos mcp login web`/) },
  ]);
  expect(seen.map(({ path }) => path)).not.toContain("/authorize");
});

test("one that wants a login and has no page for it says so", async () => {
  const { url } = await serve(done, (_asked, response) => response.writeHead(401).end());
  const gateway = await startGateway({ web: { url } });
  expect(gateway.states()).toMatchObject([
    { health: "broken", because: expect.stringMatching(/^wants a login, and that cannot be begun: HTTP 401/) },
  ]);
});

test("what a login brought is kept for us alone", async () => {
  const { createLogin } = await import("../../../shared/mcp/login.ts");
  const file = join(newFolder(), "login.json");
  const open = () => createLogin({ server: "web", file, oauth: {} });
  await open().provider.saveTokens({ access_token: "a", token_type: "bearer" });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await open().provider.tokens()).toMatchObject({ access_token: "a" });
  for (const damage of ['{"tokens": {"acc', "null", ""]) {
    writeFileSync(file, damage);
    expect(await open().provider.tokens()).toBeUndefined();
  }
  await expect(open().code()).rejects.toMatchObject({
    kind: "login needed",
    message: expect.stringContaining("kaos mcp login web"),
  });
});
