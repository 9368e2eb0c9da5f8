/** Who may look: one-time links, sessions, and what somebody without either is told. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { LINK_MS, SESSION_MS } from "../../shared/ledger/index.ts";
import { client, member, openTestHome, type TestHome } from "./home.ts";

let home: TestHome;
beforeEach(async () => {
  home = await openTestHome();
});
afterEach(() => home.close());

test("a link leaves the address bar, shows one button, and opens the control room when it is pressed", async () => {
  const browser = client(home.url);
  const token = await home.ledger.logins.makeLink();

  const followed = await browser.get(`/login?token=${token}`);
  expect([followed.status, followed.headers.get("location")]).toEqual([303, "/login"]);
  const page = await (await browser.get("/login")).text();
  expect(page).toContain("Enter the control room");
  expect(page).not.toContain(token);

  const entered = await browser.post("/login", {});
  expect([entered.status, entered.headers.get("location")]).toEqual([303, "/"]);
  expect((await browser.get("/")).status).toBe(200);
});

test("looking at a link does not use it up: a preview of it harms nobody", async () => {
  const token = await home.ledger.logins.makeLink();
  const preview = client(home.url);
  await preview.get(`/login?token=${token}`);
  await preview.get("/login");

  const person = client(home.url);
  await person.get(`/login?token=${token}`);
  expect((await person.post("/login", {})).status).toBe(303);
});

test("a link works once", async () => {
  const token = await home.ledger.logins.makeLink();
  for (const [status, first] of [
    [303, true],
    [401, false],
  ] as const) {
    const browser = client(home.url);
    await browser.get(`/login?token=${token}`);
    const answer = await browser.post("/login", {});
    expect(answer.status, first ? "first" : "second").toBe(status);
    if (!first) expect(await answer.text()).toContain("kaos dashboard");
  }
});

test("a link is too old after ten minutes", async () => {
  const browser = client(home.url);
  await browser.get(`/login?token=${await home.ledger.logins.makeLink()}`);
  home.clock.tick(LINK_MS);
  expect((await browser.post("/login", {})).status).toBe(401);
});

test("the session's cookie is out of reach for scripts and other sites, and says for how long", async () => {
  const browser = client(home.url);
  const token = await home.ledger.logins.makeLink();
  const link = (await browser.get(`/login?token=${token}`)).headers.getSetCookie().join();
  expect(link).toMatch(/_link=.*Max-Age=600; Path=\/;.*HttpOnly; SameSite=Lax/);
  const [dropped, session] = (await browser.post("/login", {})).headers.getSetCookie();
  expect(dropped).toMatch(/_link=;/);
  expect(session).toMatch(
    new RegExp(`_session=[\\w-]{43}; Max-Age=${SESSION_MS / 1_000}; Path=/;.*HttpOnly; SameSite=Strict`),
  );
});

test("without a session a page leads to the login page, which says how to get a link", async () => {
  const stranger = client(home.url);
  for (const path of ["/", "/room", "/swarm", "/nothing"]) {
    const answer = await stranger.get(path);
    expect([answer.status, answer.headers.get("location")], path).toEqual([303, "/login"]);
  }
  const page = await (await stranger.get("/login")).text();
  expect(page).toContain("kaos dashboard");
  expect(page).not.toContain("Enter the control room");
});

test("without a session nothing changes and nothing streams", async () => {
  const stranger = client(home.url);
  expect((await stranger.post("/room/messages", { text: "hello" })).status).toBe(401);
  expect((await stranger.post("/pause", {})).status).toBe(401);
  expect((await stranger.get("/events?page=/", { accept: "text/event-stream", "hx-request": "true" })).status).toBe(
    401,
  );
  expect(await home.ledger.messages.latest("room:main", 9)).toEqual([]);
  expect(await home.ledger.controls.active()).toEqual([]);
});

test("a session ends when its person logs out, and by itself after two weeks", async () => {
  const one = await member(home);
  expect((await one.post("/logout", { csrf: one.csrf })).headers.get("location")).toBe("/login");
  expect((await one.get("/")).status).toBe(303);

  const other = await member(home);
  home.clock.tick(SESSION_MS);
  expect((await other.get("/")).status).toBe(303);
});

test("a stolen cookie is worth nothing after its session ended", async () => {
  const person = await member(home);
  const thief = client(home.url);
  for (const [name, value] of person.cookies) thief.cookies.set(name, value);
  expect((await thief.get("/")).status).toBe(200);
  await person.post("/logout", { csrf: person.csrf });
  expect((await thief.get("/")).status).toBe(303);
});

test("after ten links that do not work none is tried for ten minutes, not even a good one", async () => {
  const guesser = client(home.url);
  for (let tries = 0; tries < 10; tries++) {
    await guesser.get(`/login?token=guess-${tries}`);
    expect((await guesser.post("/login", {})).status).toBe(401);
  }
  await guesser.get(`/login?token=${await home.ledger.logins.makeLink()}`);
  const locked = await guesser.post("/login", {});
  expect(locked.status).toBe(429);
  expect(await locked.text()).toContain("Wait ten minutes");

  home.clock.tick(10 * 60_000);
  await guesser.get(`/login?token=${await home.ledger.logins.makeLink()}`);
  expect((await guesser.post("/login", {})).status).toBe(303);
});
