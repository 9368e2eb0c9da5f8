/** A line so slow that one sees it wait, and a browser without JavaScript: nothing is sent twice, nothing is out of reach. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { views } from "../../dashboard/views/index.ts";
import { liveThroughADay } from "../dashboard/day.ts";
import { openTestHome, type TestHome } from "../dashboard/home.ts";
import { timetableAt, workForDays } from "../dashboard/long-work.ts";
import { ask, SERVERS, work } from "../dashboard/work.ts";
import { enter } from "./enter.ts";
import { launchBrowser } from "./launch.ts";

/** A phone at the edge of its network. */
const SLOW = { offline: false, latency: 600, downloadThroughput: 40_000, uploadThroughput: 15_000 };

let browser: Browser;
let home: TestHome;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  home = await openTestHome({ servers: SERVERS, timetable: async () => timetableAt(home.clock.now()) });
  await liveThroughADay(home);
  await work(home);
  await workForDays(home);
});
afterEach(async () => {
  await context.close();
  await home.close();
});

async function open(options: BrowserContextOptions = {}): Promise<void> {
  ({ context, page } = await enter(browser, home, options));
}

const saidBy = async (text: string) =>
  (await home.ledger.messages.latest("room:main", 99)).filter((message) => message.text === text).length;

test("on a slow line a message is sent once however often it is pressed, and the button says that it is under way", async () => {
  await open();
  await page.goto(`${home.url}/room#now`);
  const line = await context.newCDPSession(page);
  await line.send("Network.enable");
  await line.send("Network.emulateNetworkConditions", SLOW);
  let pass = () => {};
  const held = new Promise<void>((resolve) => {
    pass = resolve;
  });
  await page.route("**/room/messages", async (route) => {
    await held;
    await route.continue();
  });
  await page.getByLabel("Message to the room").fill("slow but sure");
  await page.keyboard.press("Enter");
  await page.locator("#send:disabled").waitFor();
  for (let press = 0; press < 3; press++) await page.keyboard.press("Enter");
  pass();
  await page.locator("#messages .person", { hasText: "slow but sure" }).waitFor();
  await page.locator("#send:enabled").waitFor();
  expect(await saidBy("slow but sure")).toBe(1);
  await expect.poll(() => page.getByLabel("Message to the room").inputValue()).toBe("");

  const { id } = await ask(home, { tool: "send-mail", input: { to: "a@example.org" } });
  await page.goto(`${home.url}/approvals`);
  const buttons = page.locator(`#decide-${id} button`);
  await buttons.first().dblclick();
  await expect.poll(() => home.ledger.approvals.get(id)).toMatchObject({ state: "granted", by: "you" });
});

test("a line that breaks is told, and after it the page is as it is, by itself", async () => {
  await open();
  await page.goto(`${home.url}/room#now`);
  await page.locator("#doing").getByText("kronos").waitFor();
  const line = await context.newCDPSession(page);
  await line.send("Network.enable");
  // What is open already is not cut by that, so the other end goes.
  await line.send("Network.emulateNetworkConditions", { ...SLOW, offline: true });
  await home.down();
  await page.locator(".lost").waitFor();
  await home.up();
  await home.ledger.messages.record({
    ...{ room: "room:main", topic: null, replyTo: null, messageId: "pmeanwhile0", text: "said meanwhile" },
    ...{ sender: { kind: "owner", id: "owner", name: "you" }, saidAt: home.clock.now() },
  });
  await page.getByLabel("Message to the room").fill("what I was writing");
  await line.send("Network.emulateNetworkConditions", SLOW);
  await page.locator("article", { hasText: "said meanwhile" }).waitFor();
  await page.locator(".lost").waitFor({ state: "hidden" });
  expect(await page.getByLabel("Message to the room").inputValue(), "is still there").toBe("what I was writing");
});

test("without JavaScript every view is read, every fold opens, and every form is one that a browser sends", async () => {
  await open({ javaScriptEnabled: false });
  for (const { path, title } of views) {
    await page.goto(home.url + path);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(title);
    expect(await page.locator("#main").textContent(), path).toMatch(/\w{3}/);
    expect(await page.locator("noscript").textContent(), path).toContain("not live without JavaScript");
    for (const form of await page.locator("form").all()) {
      const [method, action] = [await form.getAttribute("method"), await form.getAttribute("action")];
      expect(["get", "post"], `${path} ${action}`).toContain(method);
      expect(action, path).toMatch(/^\/[\w/#-]*$/);
      if (method === "post") expect(await form.locator("input[name=csrf]").count(), `${path} ${action}`).toBe(1);
    }
    const folds = page.locator("#main details:has(> summary)");
    if ((await folds.count()) === 0) continue;
    const was = await folds.first().getAttribute("open");
    await folds.first().locator("> summary").click();
    expect(await folds.first().getAttribute("open"), path).toBe(was === null ? "" : null);
  }
});

test("without JavaScript a person writes, decides, answers a plan, pauses and changes the colours", async () => {
  await open({ javaScriptEnabled: false });
  await page.goto(`${home.url}/room#now`);
  await page.getByLabel("Message to the room").fill("plain and simple");
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator("#messages .person", { hasText: "plain and simple" }).waitFor();
  expect(new URL(page.url()).pathname).toBe("/room");
  expect(await saidBy("plain and simple")).toBe(1);

  const { id } = await ask(home, { tool: "send-mail", input: { to: "a@example.org" } });
  await page.goto(`${home.url}/approvals`);
  await page.locator(`#said-${id}`).fill("not today");
  await page.locator(`#decide-${id}`).getByRole("button", { name: "Deny" }).click();
  await page.locator("#decided", { hasText: "not today" }).waitFor();
  expect(await home.ledger.approvals.get(id)).toMatchObject({ state: "denied", said: "not today" });
  await page.getByRole("button", { name: /^Revoke/ }).click();
  await page.locator("#grants", { hasText: "Nothing is allowed" }).waitFor();

  await page.goto(`${home.url}/plans`);
  await page.getByLabel("your answer").fill("Tuesday it is");
  await page.getByRole("button", { name: "Answer" }).click();
  await expect
    .poll(async () => {
      const open = await home.ledger.plans.list({ ended: false, limit: 9 });
      return open.flatMap(({ steps }) => steps).find((step) => step.id === "agree")?.state;
    })
    .not.toBe("waiting");

  await page.goto(`${home.url}/audit?session=room:main`);
  expect(await page.locator(".calls li").count()).toBe(1);
  await page.getByRole("button", { name: "Pause the swarm" }).click();
  await page.getByText("paused by you").waitFor();
  expect(page.url(), "back where it was pressed").toBe(`${home.url}/audit?session=room:main`);
  await page.getByRole("button", { name: "dark" }).click();
  await page.locator("html[data-theme=dark]").waitFor();
});
