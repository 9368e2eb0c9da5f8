/** The stream: what is sent, when nothing is sent, and when it ends. */
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { html, live, render } from "../../dashboard/html.ts";
import { newsIn, STREAMS_MAX } from "../../dashboard/stream.ts";
import { openMemory } from "../../shared/memory/index.ts";
import { said } from "../doubles/ledger.ts";
import { arrive, member, openTestHome, type TestHome } from "./home.ts";

describe("news", () => {
  const item = (id: string, text: string) => live(html`<li id="${id}">${text}</li>`);
  const list = (items: Record<string, string>) =>
    live(html`<ul id="list">${Object.entries(items).map(([id, text]) => item(id, text))}</ul>`);
  const status = live(html`<p id="status">up</p>`);

  test("are everything at first, and nothing when nothing changed", () => {
    const sent = new Map<string, string>();
    expect(newsIn([status, list({ a: "1" })], sent).map(({ id }) => id)).toEqual(["status", "list"]);
    expect(newsIn([status, list({ a: "1" })], sent)).toEqual([]);
  });

  test("are only the item that changed, or the whole list when items come and go", () => {
    const sent = new Map<string, string>();
    newsIn([list({ a: "1", b: "1" })], sent);
    expect(newsIn([list({ a: "1", b: "2" })], sent).map(render)).toEqual(['<li id="b">2</li>']);
    expect(newsIn([list({ a: "1", b: "2", c: "3" })], sent).map(({ id }) => id)).toEqual(["list"]);
    expect(newsIn([list({ a: "1", b: "2", c: "4" })], sent).map(({ id }) => id)).toEqual(["c"]);
    expect(newsIn([list({ c: "4" })], sent).map(({ id }) => id)).toEqual(["list"]);
  });
});

describe("over HTTP", () => {
  let home: TestHome;
  beforeEach(async () => {
    home = await openTestHome();
    await arrive(home.ledger);
  });
  afterEach(() => home.close());

  /** Reads a stream until its text holds `wanted`, and returns what came since the last call. */
  async function follow(path: string, at = home) {
    const person = await member(at);
    const answer = await person.get(`/events?page=${encodeURIComponent(path)}`, {
      accept: "text/html, text/event-stream",
    });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    return {
      person,
      answer,
      async until(wanted: string): Promise<string> {
        let text = "";
        while (!text.includes(wanted)) {
          const { value, done } = (await reader?.read()) ?? { done: true };
          if (done) throw new Error(`the stream ended before ${wanted}: ${text}`);
          text += value;
        }
        return text;
      },
      ended: async () => {
        for (;;) if ((await reader?.read())?.done !== false) return;
      },
      leave: () => reader?.cancel(),
    };
  }

  test("a new message arrives in the list, framed as the text of one event", async () => {
    const stream = await follow("/room");
    expect(stream.answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    await stream.until("\n\n");
    const last = await home.ledger.events.last();
    const { seq } = await home.ledger.messages.record(said("two\r\nlines\rand <b>", { saidAt: home.clock.now() }));
    const news = await stream.until(`id="m-${seq}"`);
    expect(news).toMatch(/^id: \d+\n(data: .*\n|data:\s*\n)+/);
    expect(Number(/id: (\d+)/.exec(news)?.[1])).toBeGreaterThan(last);
    expect(news).toContain('<hx-partial hx-target="#messages" hx-swap="outerMorph">');
    expect(news).toContain("and &lt;b&gt;");
    await stream.leave();
  });

  test("a draft that grows sends its own article alone", async () => {
    const { seq } = await home.ledger.messages.record(said("@kronos?", { saidAt: home.clock.now() }));
    const claim = await home.ledger.claims.place({
      message: seq,
      root: seq,
      agent: "kronos",
      tier: 1,
      eta: home.clock.now(),
      because: "addressed",
    });
    const taking = await home.ledger.claims.take(claim.id, { cap: 2 });
    if (taking.kind !== "held") throw new Error("not held");
    await home.ledger.claims.draft(claim.id, taking.fence, "One");
    const stream = await follow("/room");
    await stream.until("<p>One</p>");
    await home.ledger.claims.draft(claim.id, taking.fence, "One goal");
    const news = await stream.until("One goal");
    expect(news).toContain(`hx-target="#w-${claim.id}"`);
    expect(news).not.toContain('hx-target="#messages"');
    await stream.leave();
  });

  test("the query of the page belongs to what is kept live", async () => {
    const { seq } = await home.ledger.messages.record(said("the first", { saidAt: home.clock.now() }));
    await home.ledger.messages.record(said("the second", { saidAt: home.clock.now() }));
    const stream = await follow(`/swarm?message=${seq}`);
    expect(await stream.until("lanes")).toContain("“the first”");
    await stream.leave();
  });

  test("a death is told although it changes no row", async () => {
    const stream = await follow("/");
    await stream.until("6 of 6");
    home.clock.tick(11_000);
    expect(await stream.until("0 of 6")).toContain("down");
    await stream.leave();
  });

  test("a search is not paid for again while its page stays open; what is live on it comes all the same", async () => {
    const asked: string[] = [];
    const elsewhere = await openTestHome({
      raw: { EMBEDDINGS_BASE_URL: "http://127.0.0.1:9/v1", EMBEDDINGS_MODEL: "dear" },
      kaos: async (words) => {
        asked.push(words.join(" "));
        return { code: 0, stdout: JSON.stringify({ recollections: [], missing: [] }), stderr: "" };
      },
    });
    onTestFinished(() => elsewhere.close());
    const path = elsewhere.files.agent("kronos").database;
    (await openMemory({ path, clock: elsewhere.clock, durability: "off" })).close();
    const given = await elsewhere.ledger.assignments.give({
      key: "order",
      kind: "forget",
      agent: "kronos",
      giver: "you",
      sources: [],
      task: "{}",
      deadlineAt: elsewhere.clock.now() + 60_000,
    });
    const order = given.given ? given.assignment.id : 0;
    const page = `/memory?agent=kronos&q=boat&order=${order}`;
    const stream = await follow(page, elsewhere);
    expect(await (await stream.person.get(page)).text()).toContain("Nothing that is remembered fits.");
    await stream.until("has not taken it up yet");
    await elsewhere.ledger.assignments.take("kronos");
    await stream.until("kronos is at it.");
    expect(asked).toHaveLength(1);
    await stream.leave();
  });

  test("it ends when its person logs out", async () => {
    const stream = await follow("/");
    await stream.until("\n\n");
    await stream.person.post("/logout", { csrf: stream.person.csrf });
    await stream.ended();
  });

  test("a page that does not exist is not kept live", async () => {
    const person = await member(home);
    for (const page of ["/nothing", "http://evil.example/room", "//evil.example/", "/room/messages"]) {
      expect((await person.get(`/events?page=${encodeURIComponent(page)}`)).status, page).toBe(404);
    }
  });

  test("there is a limit, and who leaves makes room", async () => {
    const person = await member(home);
    const open = () => person.get("/events?page=/", { "hx-request": "true" });
    const streams = await Promise.all(Array.from({ length: STREAMS_MAX }, open));
    const refused = await open();
    expect(refused.status).toBe(503);
    expect(refused.headers.get("hx-retarget")).toBe("#notice");
    expect(await refused.text()).toContain("Close one");
    for (const stream of streams) await stream.body?.cancel();
    for (;;) {
      const again = await open();
      await again.body?.cancel();
      if (again.status === 200) break;
    }
  });
});
