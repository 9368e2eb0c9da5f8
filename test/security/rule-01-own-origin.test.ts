/** Rule 1: the browser talks to its own origin only, loopback is not identity, and a login is guarded. More of it: test/dashboard/{guard,login,listen}.test.ts. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { readHooks } from "../../shared/transport/index.ts";
import { client, member, openTestHome, type TestHome } from "../dashboard/home.ts";

let home: TestHome;
beforeEach(async () => {
  home = await openTestHome();
});
afterEach(() => home.close());

const PAGES = ["/", "/room", "/swarm", "/memory", "/audit", "/jobs", "/skills", "/mcp", "/settings", "/approvals"];

test("no page names a script, a style, a form or a stream of another origin, whatever its parameters say", async () => {
  const person = await member(home);
  for (const path of PAGES) {
    const address = `${path}?gatewayUrl=https://evil.example&endpoint=//evil.example&next=https://evil.example`;
    const page = await (await person.get(address)).text();
    const loads = [...page.matchAll(/\s(?:src|action|hx-[a-z]+|sse-connect)="([^"]*)"/g)].map(([, to = ""]) => to);
    for (const to of loads.filter((one) => /^(?:[a-z]+:)?\/\//i.test(one))) expect.fail(`${path} reaches ${to}`);
    expect(page, path).not.toContain('"//evil.example');
  }
});

test("whoever connects from this machine is nobody until they log in, whatever their headers claim", async () => {
  const stranger = client(home.url);
  for (const claim of [
    { "x-forwarded-for": "127.0.0.1" },
    { "x-real-ip": "127.0.0.1" },
    { authorization: "Basic YWRtaW46YWRtaW4=" },
    { "x-user": "owner" },
    { cookie: "kaos_session=owner" },
  ])
    for (const path of PAGES) expect((await stranger.get(path, claim)).headers.get("location"), path).toBe("/login");
});

test("no cookie, an old cookie, a made-up one and a changed one are all none; a real one survives a restart", async () => {
  const person = await member(home);
  const [name = "", value = ""] = [...person.cookies].find(([one]) => one.includes("session")) ?? [];
  const wearing = (worn: string) => {
    const browser = client(home.url);
    browser.cookies.set(name, worn);
    return browser.get("/");
  };
  for (const worn of ["", "x", value.slice(0, -1), `${value}x`, value.toUpperCase(), `${value}; ${name}=x`.slice(0, 3)])
    expect((await wearing(worn)).status, worn).toBe(303);
  await home.down();
  await home.up();
  // The first connection still is one to the process that ended.
  await wearing(value).catch(() => undefined);
  expect((await wearing(value)).status).toBe(200);
  await person.post("/logout", { csrf: person.csrf });
  expect((await wearing(value)).status).toBe(303);
});

test("a session's token is not another's, and a link is hashed where it is kept", async () => {
  const [one, other] = [await member(home), await member(home)];
  expect(one.csrf).not.toBe(other.csrf);
  expect((await one.post("/pause", { csrf: other.csrf })).status).toBe(403);
  expect(await home.ledger.controls.active()).toEqual([]);
});

test("a webhook without a secret of its own does not start", () => {
  expect(readHooks(["mail"], {})).toMatchObject({ problem: expect.stringContaining("WEBHOOK_MAIL_SECRET is not set") });
  expect(readHooks(["mail"], { WEBHOOK_MAIL_SECRET: "short" })).toMatchObject({ problem: expect.any(String) });
});
