/** Every address that the router knows, so that none is forgotten, asked in every wrong way: a sentence each time, never a stack, never a mistake of ours. */
import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FORM_BYTES_MAX } from "../../dashboard/told.ts";
import { views } from "../../dashboard/views/index.ts";
import { type Log, silentLog } from "../../shared/base/index.ts";
import { arrive, member, openTestHome, type Route, type TestHome } from "./home.ts";

const STACK = /\bat \S+ \(|node:internal|\.[tj]s:\d+/;
const KEY = "sk-test-0123456789abcdef0123456789abcdef";

let home: TestHome;
let person: Awaited<ReturnType<typeof member>>;
/** What the control room called a mistake of its own. */
const mistakes: string[] = [];

beforeAll(async () => {
  const log: Log = { ...silentLog, error: (says) => void mistakes.push(says) };
  home = await openTestHome({ log, raw: { KAOS_API_KEYS: `test:${KEY}` } });
  await arrive(home.ledger);
  person = await member(home);
});
afterAll(() => home.close());

type Asking = { headers?: Record<string, string>; body?: string | Buffer; cookie?: boolean };
type Answer = { status: number; text: string };

/** One request as raw as it is written here: `fetch` would mend some of it. */
function ask({ method, path }: Route, { headers = {}, body, cookie = true }: Asking = {}): Promise<Answer> {
  const bytes = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const jar = [...person.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  return new Promise((resolve, reject) => {
    const asked = request(
      home.url + path.replace(":name", "style.css").replace(":model", "kronos"),
      { method, headers: { origin: home.url, ...(cookie && { cookie: jar }), ...bytes, ...headers } },
      (response) => {
        if (response.headers["content-type"]?.startsWith("text/event-stream") === true) {
          response.destroy();
          return resolve({ status: response.statusCode ?? 0, text: "" });
        }
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString("utf8") }),
        );
      },
    );
    asked.on("error", reject);
    asked.end(body);
  });
}

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

/** Wrong JSON, wrong types, foreign encodings and far too much. */
const BODIES: Readonly<Record<string, Asking>> = {
  "nothing at all": {},
  "half a JSON object": { headers: { "content-type": JSON_TYPE }, body: '{"messages": [' },
  "JSON that is null": { headers: { "content-type": JSON_TYPE }, body: "null" },
  "JSON that is a list": { headers: { "content-type": JSON_TYPE }, body: "[[[]]]" },
  "JSON of wrong types": {
    headers: { "content-type": JSON_TYPE },
    body: JSON.stringify({ model: { $gt: "" }, messages: { length: 3 }, stream: "yes", tools: 7, csrf: [] }),
  },
  "JSON with prototypes": {
    headers: { "content-type": JSON_TYPE },
    body: '{"__proto__": {"admin": true}, "constructor": {"prototype": 1}, "model": "kronos", "messages": []}',
  },
  "a million brackets": { headers: { "content-type": JSON_TYPE }, body: "[".repeat(200_000) },
  "bytes that are no text": { headers: { "content-type": FORM }, body: Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28]) },
  "a form with a broken escape": { headers: { "content-type": FORM }, body: "csrf=%ZZ&agent=%&=&&&" },
  "a form of a thousand fields": {
    headers: { "content-type": FORM },
    body: Array.from({ length: 1_000 }, (_, index) => `agent=${index}`).join("&"),
  },
  "a form with parts": {
    headers: { "content-type": "multipart/form-data; boundary=x" },
    body: '--x\r\nContent-Disposition: form-data; name="csrf"; filename="../../x"\r\n\r\nx\r\n--x--\r\n',
  },
  "a type that nobody knows": { headers: { "content-type": "text/html; charset=klingon" }, body: "<b>" },
  "a foreign encoding": { headers: { "content-type": FORM, "content-encoding": "br" }, body: "not brotli" },
  "far too much": { headers: { "content-type": FORM }, body: `text=${"x".repeat(FORM_BYTES_MAX)}` },
};

const isForPrograms = ({ path }: Route) => path.startsWith("/v1") || path === "/metrics";

function routes(): Route[] {
  const all = new Map(home.routes.map((route) => [`${route.method} ${route.path}`, route]));
  return [...all.values()];
}

function check(answer: Answer, what: string): void {
  expect(answer.status, `${what}: ${answer.text.slice(0, 300)}`).toBeLessThan(500);
  expect(answer.text, what).not.toMatch(STACK);
}

test("the router lists every view, every action and every download", () => {
  const known = routes().map(({ method, path }) => `${method} ${path}`);
  for (const { path, actions = [], downloads = [] } of views) {
    expect(known).toContain(`GET ${path}`);
    for (const action of actions) expect(known).toContain(`POST ${action.path}`);
    for (const download of downloads) expect(known).toContain(`GET ${download.path}`);
  }
  for (const one of ["POST /login", "POST /logout", "GET /events", "POST /v1/chat/completions", "GET /metrics"])
    expect(known).toContain(one);
});

test("nobody changes anything anywhere with a body that is no form of ours", async () => {
  const before = await home.ledger.events.last();
  for (const route of routes().filter(({ method }) => method === "POST")) {
    for (const [what, asking] of Object.entries(BODIES)) {
      const name = `${route.method} ${route.path} with ${what}`;
      const answer = await ask(route, asking);
      check(answer, name);
      // The login uses up what a cookie holds, and its page needs no body.
      if (route.path !== "/login") expect(answer.status, name).toBeGreaterThanOrEqual(400);
    }
  }
  expect(await home.ledger.events.last(), "the ledger is as it was").toBe(before);
  expect(mistakes.splice(0)).toEqual([]);
});

test("what programs ask is answered as JSON that says what is wrong, with a key and without", async () => {
  for (const route of routes().filter(isForPrograms)) {
    for (const [what, asking] of Object.entries(BODIES)) {
      for (const authorization of [`Bearer ${KEY}`, "Bearer ", "Basic x", `Bearer ${"x".repeat(9_000)}`]) {
        const name = `${route.method} ${route.path} with ${what}, ${authorization.slice(0, 12)}`;
        const headers = { ...asking.headers, authorization };
        const answer = await ask(route, { ...asking, headers, cookie: false });
        check(answer, name);
        if (answer.status < 400 || answer.status === 431) continue;
        expect(answer.text, `${name}: ${answer.status}`).toMatch(/^\{/);
        const said: unknown = JSON.parse(answer.text);
        expect(said, name).toMatchObject({ error: { message: expect.stringMatching(/\w{3}/) } });
      }
    }
  }
  expect(mistakes.splice(0)).toEqual([]);
});

test("an address that is read takes a body, a strange query and a foreign verb without a mistake", async () => {
  for (const route of routes().filter(({ method }) => method === "GET")) {
    check(await ask(route, { headers: { "content-type": JSON_TYPE }, body: '{"a":' }), `${route.path} with a body`);
    check(await ask({ ...route, path: `${route.path}?${"a[]=%FF&".repeat(200)}before=%00` }), `${route.path}, strange`);
    for (const method of ["PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
      check(await ask({ method, path: route.path }), `${method} ${route.path}`);
  }
  expect(mistakes.splice(0)).toEqual([]);
});

test("without a session everything but the door, the assets and the signs of life is closed", async () => {
  const open = new Set(["/login", "/healthz", "/readyz", "/assets/:name"]);
  for (const route of routes().filter((one) => !open.has(one.path))) {
    const answer = await ask(route, { cookie: false });
    check(answer, `${route.method} ${route.path}`);
    // Programs that showed too many wrong keys, as above, are told to wait.
    const wanted = isForPrograms(route) ? [401, 429] : route.method === "GET" ? [303] : [401];
    expect(wanted, `${route.method} ${route.path}`).toContain(answer.status);
  }
});
