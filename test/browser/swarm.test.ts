/** The Swarm view in a real Chromium: asking what would have been, by mouse, by keys and without scripts. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { beat, liveThroughADay } from "../dashboard/day.ts";
import { openTestHome, type TestHome } from "../dashboard/home.ts";
import { findingsOf } from "./axe.ts";
import { enter } from "./enter.ts";
import { launchBrowser } from "./launch.ts";

let browser: Browser;
let home: TestHome;
let context: BrowserContext;
let page: Page;
let complaints: string[];
let seq: number;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  home = await openTestHome();
  await liveThroughADay(home);
  await beat(home.ledger);
  seq = (await home.ledger.messages.roots(9)).find(({ text }) => text.startsWith("We have two weeks"))?.seq ?? 0;
});
afterEach(async () => {
  await context.close();
  await home.close();
  expect(complaints).toEqual([]);
});

async function open(path: string, options: BrowserContextOptions = {}): Promise<void> {
  ({ context, page, complaints } = await enter(browser, home, options));
  await page.goto(home.url + path);
}

const answer = () => page.locator("#replay").getByText("instead of 2");

test("with keys alone a cap is typed and the answer stands beside what happened, on the same page", async () => {
  await open(`/swarm?message=${seq}`);
  await page.evaluate("window.sameDocument = true");
  await page.getByLabel("volunteers at most").focus();
  await page.keyboard.type("3");
  await page.keyboard.press("Enter");
  await answer().waitFor();
  expect(await page.evaluate("window.sameDocument")).toBe(true);
  expect(await page.locator("#replay tbody tr").count()).toBe(6);
  expect(await page.locator("#replay").count()).toBe(1);
  expect(await page.getByLabel("volunteers at most").inputValue()).toBe("3");
  await page.getByText("Every step in words").focus();
  await page.keyboard.press("Enter");
  await page.getByText("takes slot 2 and thinks").waitFor();
});

test("what was asked stays while the page goes on living", async () => {
  await open(`/swarm?message=${seq}`);
  await page.getByLabel("volunteers at most").fill("3");
  await page.getByRole("button", { name: "Replay" }).click();
  await answer().waitFor();
  await home.ledger.controls.pause({ scope: "swarm", name: "", by: "you", until: null });
  await page.getByText("paused by you").waitFor();
  expect(await answer().count()).toBe(1);
});

test("it works without scripts", async () => {
  await open(`/swarm?message=${seq}`, { javaScriptEnabled: false });
  await page.getByLabel("volunteers at most").fill("1");
  await page.getByRole("button", { name: "Replay" }).click();
  await page.waitForURL(/cap=1/);
  expect(await answer().count()).toBe(1);
});

test.each(["light", "dark"] as const)(
  "axe finds nothing serious in %s, and a phone has nothing to scroll sideways",
  async (colorScheme) => {
    await open(`/swarm?message=${seq}&cap=3`, { colorScheme });
    await page.getByText("Every step in words").click();
    expect(await findingsOf(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")).toBe(0);
  },
);
