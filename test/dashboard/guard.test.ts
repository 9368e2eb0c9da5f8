/** What stands before every request: host, origin, headers, CSRF token, sizes; and what a refused request is told. */
import { request } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Log } from "../../shared/base/index.ts";
import { client, member, openTestHome, type TestHome } from "./home.ts";

let home: TestHome;
const logged: string[] = [];
const log: Log = {
  debug() {},
  info() {},
  warn: (event) => void logged.push(event),
  error: (event) => void logged.push(event),
};
beforeEach(async () => {
  logged.length = 0;
  home = await openTestHome({ log });
});
afterEach(() => home.close());

/** `fetch` writes the Host header itself; this does not. */
function getAs(host: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(home.url + path, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

describe("the host", () => {
  test.each(["127.0.0.1", "localhost", "LOCALHOST:8789", "[::1]:80", "127.0.0.1:1234"])("%s is ours", async (host) => {
    expect(await getAs(host, "/login")).toBe(200);
  });

  test.each([
    "evil.example",
    "127.0.0.1.evil.example",
    "evil.example:8789",
    "localhost.evil.example",
    "127.0.0.1@evil.example",
  ])("%s is refused everywhere", async (host) => {
    for (const path of ["/login", "/healthz", "/assets/style.css", "/"])
      expect(await getAs(host, path), path).toBe(421);
  });
});

describe("a change", () => {
  test.each([
    ["another site", { origin: "https://evil.example" }],
    ["a page on another port", { origin: "http://127.0.0.1:1" }],
    ["a hidden origin", { origin: "null" }],
    ["nowhere", { origin: undefined as unknown as string }],
  ])("from %s is refused", async (_, headers) => {
    const person = await member(home);
    const sent = new Headers({ ...headers });
    if (headers.origin === undefined) sent.delete("origin");
    const cookies = [...person.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(`${home.url}/pause`, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams({ csrf: person.csrf }),
      headers: { ...Object.fromEntries(sent), cookie: cookies },
    });
    expect(answer.status).toBe(403);
    expect(await home.ledger.controls.active()).toEqual([]);
  });

  test("without the session's token is refused, with a sentence", async () => {
    const person = await member(home);
    const other = await member(home);
    for (const csrf of ["", "x", other.csrf]) {
      for (const path of ["/pause", "/resume", "/theme", "/logout", "/room/messages"]) {
        const answer = await person.post(path, { csrf, text: "hello", theme: "dark" });
        expect(answer.status, path).toBe(403);
        expect(await answer.text()).toContain("nothing was changed");
      }
    }
    expect(await home.ledger.messages.latest("room:main", 9)).toEqual([]);
    expect((await person.get("/")).status).toBe(200);
  });

  test("is never made by looking", async () => {
    const person = await member(home);
    const before = await home.ledger.events.last();
    for (const path of ["/pause", "/resume", "/theme?theme=dark", "/logout", "/room/messages?text=hello"])
      expect((await person.get(path)).status, path).toBe(404);
    expect(await home.ledger.events.last()).toBe(before);
  });
});

describe("answers", () => {
  test("forbid everything that is not ours, and are not kept", async () => {
    const person = await member(home);
    const { headers } = await person.get("/");
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
    );
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("x-powered-by")).toBeNull();
  });

  test("carry no inline script and no inline style", async () => {
    const person = await member(home);
    for (const path of ["/", "/room", "/swarm"]) {
      const page = await (await person.get(path)).text();
      expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|hx-on|<script(?![^>]* src=)/i);
    }
  });

  test("load assets that the browser keeps as long as they stay the same", async () => {
    const page = await (await client(home.url).get("/login")).text();
    const address = /href="(\/assets\/style\.css\?v=[\w-]{12})"/.exec(page)?.[1] ?? "";
    const asset = await client(home.url).get(address);
    expect(asset.headers.get("content-type")).toMatch(/^text\/css/);
    expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect((await client(home.url).get("/assets/style.css?v=older")).headers.get("cache-control")).toBe("no-cache");
    for (const path of ["/assets/../app.ts", "/assets/%2e%2e%2fapp.ts", "/assets/app.ts", "/assets/__proto__"]) {
      expect((await client(home.url).get(path)).status, path).toBe(303);
    }
  });
});

describe("what cannot be served", () => {
  test("an unknown address says where everything is", async () => {
    const person = await member(home);
    const answer = await person.get("/nothing/here");
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain("navigation of the control room");
  });

  test("a form that is far too large is told the limit", async () => {
    const person = await member(home);
    const answer = await person.post("/room/messages", { csrf: person.csrf, text: "a".repeat(300_000) });
    expect(answer.status).toBe(413);
    expect(await answer.text()).toContain("256 KiB");
  });

  test.each([
    "/%ff",
    "/swarm?message=%ff%00",
    "/room?before=-1",
    "/room?before=9e99",
    "/swarm?message=99999999999999999999",
    "/events?page=%",
  ])("%s is no reason to fall over", async (path) => {
    const person = await member(home);
    const answer = await person.get(path, { accept: "text/html" });
    expect(answer.status).toBeLessThan(500);
    await answer.body?.cancel();
  });

  test("a mistake of ours is written to the log and told in a sentence, without a stack", async () => {
    const person = await member(home);
    home.ledger.agents.roster = () => Promise.reject(new TypeError("secret detail"));
    const answer = await person.get("/");
    const page = await answer.text();
    expect(answer.status).toBe(500);
    expect(page).toContain("kaos logs supervisor");
    expect(page).not.toMatch(/secret detail|TypeError|\.ts:/);
    expect(logged).toContain("request failed");
  });
});

test("a program can ask whether the room is up, without a login", async () => {
  const answer = await client(home.url).get("/healthz");
  expect([answer.status, await answer.text()]).toEqual([200, "ok\n"]);
});

test("a chosen theme is remembered, and the way back leads only to our pages", async () => {
  const person = await member(home);
  const answer = await person.post("/theme", { csrf: person.csrf, theme: "dark", back: "/swarm?message=3" });
  expect(answer.headers.get("location")).toBe("/swarm?message=3");
  expect(await (await person.get("/")).text()).toContain('data-theme="dark"');
  for (const back of [
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "http://here//evil.example",
    "javascript:alert(1)",
    "/logout",
    "",
  ]) {
    expect(
      (await person.post("/theme", { csrf: person.csrf, theme: "auto", back })).headers.get("location"),
      back,
    ).toBe("/");
  }
  expect(await (await person.get("/")).text()).not.toContain("data-theme");
});

test("the swarm is paused and resumed on every page", async () => {
  const person = await member(home);
  expect((await person.post("/pause", { csrf: person.csrf, back: "/room" })).headers.get("location")).toBe("/room");
  expect(await home.ledger.controls.pausedBecause("kronos")).toContain("paused by");
  expect(await (await person.get("/swarm")).text()).toContain("Resume the swarm");
  await person.post("/resume", { csrf: person.csrf });
  expect(await home.ledger.controls.active()).toEqual([]);
});
