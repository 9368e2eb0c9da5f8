/** The control room in a real Chromium: what a person does and sees there. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { views } from "../../dashboard/views/index.ts";
import { arrive, openTestHome, type TestHome } from "../dashboard/home.ts";
import { said } from "../doubles/ledger.ts";
import { findingsOf } from "./axe.ts";
import { enter } from "./enter.ts";
import { launchBrowser } from "./launch.ts";

let browser: Browser;
let home: TestHome;
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

beforeEach(async () => {
  home = await openTestHome();
});
afterEach(async () => {
  await context.close();
  await home.close();
  expect(complaints).toEqual([]);
});

/** Opens a browser that is logged in by a link, on this page. */
async function open(path: string, options: BrowserContextOptions = {}): Promise<void> {
  ({ context, page, complaints } = await enter(browser, home, options));
  if (path !== "/") await page.goto(home.url + path);
}

/** What an expression is in the page. */
function ask(expression: string): Promise<unknown> {
  return page.evaluate(expression);
}

/** An agent that is addressed takes its claim; what it says comes by `write`, and is sent by `send`. */
async function hold(agent: string, text: string) {
  const message = (await home.ledger.messages.latest("room:main", 9)).find((candidate) => candidate.text === text);
  if (message === undefined) throw new Error(`nobody wrote ${text}`);
  const { ledger, clock } = home;
  const claim = await ledger.claims.place({
    message: message.seq,
    root: message.seq,
    agent,
    tier: 1,
    eta: clock.now(),
    because: "addressed by name",
  });
  const taking = await ledger.claims.take(claim.id, { cap: 2 });
  if (taking.kind !== "held") throw new Error(`${agent} does not hold: ${taking.kind}`);
  return {
    write: (draft: string) => ledger.claims.draft(claim.id, taking.fence, draft),
    async send(reply: string) {
      await ledger.claims.commitReply(claim.id, taking.fence, { parts: [reply], by: "offline" });
      const parcel = await ledger.outbox.take(agent);
      if (parcel !== undefined) await ledger.outbox.post(parcel.id, { id: agent, name: agent });
    },
  };
}

test("a person logs in by a link, and the link is nowhere any more", async () => {
  await open("/");
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Overview");
  expect(await ask("[location.href, document.referrer, document.cookie].join(' ')")).not.toContain("token");
  await page.goBack();
  expect(page.url()).not.toContain("token");
});

test("a person writes, and an answer streams into the page without a reload", async () => {
  await arrive(home.ledger);
  await open("/room#now");
  await ask("window.sameDocument = true");
  await page.getByLabel("Message to the room").fill("@kronos, importer or onboarding?");
  await page.keyboard.press("Enter");
  await page.locator("#messages .person").waitFor();
  // The message comes by the stream, the empty composer with the answer to the form: either may be first.
  await expect.poll(() => page.getByLabel("Message to the room").inputValue()).toBe("");
  expect(await ask("document.activeElement.id")).toBe("say");

  const kronos = await hold("kronos", "@kronos, importer or onboarding?");
  await page.locator("#doing").getByText("thinking").waitFor();
  await kronos.write("Onboarding.");
  const draft = page.locator("article.writing");
  await draft.getByText("Onboarding.").waitFor();
  expect(await draft.getAttribute("aria-busy")).toBe("true");
  await kronos.write("Onboarding. Two weeks, **one** goal.");
  await draft.locator("strong", { hasText: "one" }).waitFor();
  await kronos.send("Onboarding. Two weeks, **one** goal. Freeze the rest.");
  await page
    .locator("article.reply:not(.writing)", { hasText: "Freeze the rest." })
    .getByText("written by the offline model")
    .waitFor();
  expect(await page.locator("article.writing").count()).toBe(0);
  await page.locator(".chip", { hasText: "kronos" }).getByText("answered in").waitFor();
  expect(await ask("window.sameDocument")).toBe(true);
});

test("an unfolded decision stays unfolded, and half a message stays in the composer, while the page lives on", async () => {
  await arrive(home.ledger);
  await home.ledger.messages.record(said("@nexus how many?", { saidAt: home.clock.now() }));
  await open("/room#now");
  await page.locator(".why summary").click();
  await page.locator(".why[open]").getByText("has not decided yet").first().waitFor();
  await page.getByLabel("Message to the room").fill("half a thou");

  const nexus = await hold("nexus", "@nexus how many?");
  await page.locator(".why[open]").getByText("thinking").first().waitFor();
  await nexus.send("Seven.");
  await page.locator(".why[open]").getByText("addressed by name").waitFor();
  await home.ledger.messages.record(said("And another one.", { saidAt: home.clock.now() }));
  await page.locator("article", { hasText: "And another one." }).waitFor();
  expect(await page.locator(".why[open]").count()).toBe(1);
  expect(await page.getByLabel("Message to the room").inputValue()).toBe("half a thou");

  await page.locator(".why[open] summary").click();
  await home.ledger.outcomes.put({ message: 1, agent: "lacuna", outcome: "declined", because: "addressed to nexus" });
  await page.locator(".why").first().locator("td", { hasText: "addressed to nexus" }).waitFor({ state: "attached" });
  expect(await page.locator(".why[open]").count()).toBe(0);
});

test("the newest message stays in sight of somebody at the end, and nobody who reads further up is moved", async () => {
  for (let n = 1; n <= 30; n++)
    await home.ledger.messages.record(said(`message ${n}\n\nwith a second line`, { saidAt: home.clock.now() }));
  await open("/room#now");
  const visible = async (text: string) => {
    const box = await page.locator("article", { hasText: text }).boundingBox();
    return box !== null && box.y >= 0 && box.y + box.height <= 900;
  };
  expect(await visible("message 30")).toBe(true);
  await home.ledger.messages.record(said("the newest one", { saidAt: home.clock.now() }));
  await page.locator("article", { hasText: "the newest one" }).waitFor();
  await expect.poll(() => visible("the newest one")).toBe(true);

  await page.locator("article", { hasText: "message 9" }).scrollIntoViewIfNeeded();
  const top = await ask("scrollY");
  await home.ledger.messages.record(said("not seen at once", { saidAt: home.clock.now() }));
  await page.locator("article", { hasText: "not seen at once" }).waitFor();
  expect(await ask("scrollY")).toBe(top);
});

test("a message that appears before the browser has told of a scroll moves nobody", async () => {
  for (let n = 1; n <= 30; n++)
    await home.ledger.messages.record(said(`message ${n}\n\nwith a second line`, { saidAt: home.clock.now() }));
  await open("/room#now");
  await page.locator("article", { hasText: "message 30" }).waitFor();
  await ask(`new Promise((appended) => {
    window.scrollTo({ top: 200 });
    document.getElementById("messages").append(document.createElement("article"));
    setTimeout(appended);
  })`);
  expect(await ask("scrollY")).toBe(200);
});

test("an empty message gets its sentence where it was written", async () => {
  await open("/room");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("alert").getByText("Write something first").waitFor();
  // The browser itself notes every answer of the 4xx kind.
  expect(complaints.splice(0)).toEqual([expect.stringContaining("422")]);
  await page.getByLabel("Message to the room").fill("Something.");
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator("article", { hasText: "Something." }).waitFor();
  await page.locator("#refusal").waitFor({ state: "detached" });
});

test("an example of the empty room is one press away", async () => {
  await open("/room");
  await page.locator(".invitation button").first().click();
  await page.locator("article.person", { hasText: "two weeks and one engineer" }).waitFor();
});

test("somebody whose session ended is told so, and keeps what was typed", async () => {
  await open("/room");
  await page.getByLabel("Message to the room").fill("Not lost.");
  home.clock.tick(15 * 24 * 3_600_000);
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("alert").getByText("You are not logged in any more").waitFor();
  expect(await page.getByLabel("Message to the room").inputValue()).toBe("Not lost.");
  await page.locator(".out").waitFor();
  expect(complaints.splice(0).every((text) => text.includes("401"))).toBe(true);
});

test("a page whose stream broke says so, comes back by itself, and has missed nothing", async () => {
  await arrive(home.ledger);
  await open("/room");
  await page.locator("#doing").getByText("kronos").waitFor();
  await home.down();
  await page.locator(".lost").waitFor();
  await home.ledger.messages.record(said("said meanwhile", { saidAt: home.clock.now() }));
  await home.up();
  await page.locator("article", { hasText: "said meanwhile" }).waitFor();
  await page.locator(".lost").waitFor({ state: "hidden" });
  expect(
    complaints
      .splice(0)
      .every((text) => /ERR_CONNECTION_REFUSED|Failed to fetch|network error|ERR_INCOMPLETE/.test(text)),
  ).toBe(true);
});

test("the keyboard alone is enough", async () => {
  await arrive(home.ledger);
  await home.ledger.messages.record(said("@nexus how many?", { saidAt: home.clock.now() }));
  await open("/");
  const focused = () => ask("document.activeElement.textContent.trim() || document.activeElement.id");
  await page.keyboard.press("Tab");
  expect(await focused()).toBe("Skip to the page");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  expect(await focused()).toBe("Room");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/room#now");
  // The reader starts at the end of the talk: the next stop is the composer.
  await page.keyboard.press("Tab");
  expect(await focused()).toBe("say");
  await page.keyboard.type("One line");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("and another");
  await page.keyboard.press("Tab");
  expect(await focused()).toBe("Send");
  await page.keyboard.press("Enter");
  await page.locator("article", { hasText: "and another" }).waitFor();
  expect((await home.ledger.messages.latest("room:main", 1))[0]?.text).toBe("One line\nand another");

  await page.locator(".why summary").first().focus();
  await page.keyboard.press("Enter");
  expect(await page.locator(".why[open]").count()).toBe(1);
});

test("the swarm is paused from any page, and every page says so", async () => {
  await arrive(home.ledger);
  await open("/swarm");
  await page.getByRole("button", { name: "Pause the swarm" }).click();
  await page.locator("#status").getByText("paused by you").waitFor();
  expect(page.url()).toBe(`${home.url}/swarm`);
  await home.ledger.controls.resume("swarm", "");
  await page.getByRole("button", { name: "Pause the swarm" }).waitFor();
});

test("a theme is chosen and kept", async () => {
  await open("/swarm", { colorScheme: "light" });
  const background = () => ask("getComputedStyle(document.documentElement).backgroundColor");
  const light = await background();
  await page.getByRole("button", { name: "dark", exact: true }).click();
  await page.locator("html[data-theme=dark]").waitFor();
  const dark = await background();
  expect(dark).not.toBe(light);
  await page.goto(home.url);
  expect(await background()).toBe(dark);
});

test("everything can be read, and a message written, without JavaScript", async () => {
  await arrive(home.ledger);
  await open("/room", { javaScriptEnabled: false });
  await page.getByLabel("Message to the room").fill("Without a script.");
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator("article", { hasText: "Without a script." }).waitFor();
  await page.locator(".why summary").click();
  expect(await page.locator(".why[open] tbody tr").count()).toBe(6);
});

describe("hostile text", () => {
  test("stays text, in the page and in the stream", async () => {
    const evil = `"><img src=x onerror=alert(1)><script>alert(2)</script><hx-partial hx-target="body">gone</hx-partial>`;
    await arrive(home.ledger);
    await open("/room");
    await home.ledger.messages.record(
      said(evil, { sender: { kind: "stranger", id: "1", name: evil }, saidAt: home.clock.now() }),
    );
    await home.ledger.messages.record(
      said(`${evil} **bold**`, { sender: { kind: "agent", id: "kronos", name: "kronos" }, saidAt: home.clock.now() }),
    );
    await page.locator("article.reply strong").waitFor();
    expect(await page.locator("article .prose").first().textContent()).toBe(evil);
    expect(await page.locator("img, article script, article template").count()).toBe(0);
    for (const { path } of views) await page.goto(home.url + path);
  });
});

test("the login page has no serious finding of axe, in each of its forms", async () => {
  await open("/");
  await context.clearCookies();
  await page.goto(`${home.url}/login`);
  expect(await findingsOf(page)).toEqual([]);
  await page.goto(`${home.url}/login?token=unknown`);
  expect(await findingsOf(page)).toEqual([]);
  await page.getByRole("button", { name: "Enter the control room" }).click();
  await page.getByText("This link does not work").waitFor();
  expect(await findingsOf(page)).toEqual([]);
  complaints.length = 0;
});
