/** Approvals, Audit Trail, MCP Servers and Settings in a real Chromium: deciding live, by keys and without scripts; phone; axe. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { beat, liveThroughADay } from "../dashboard/day.ts";
import { openTestHome, type TestHome } from "../dashboard/home.ts";
import { ask, SERVERS, work } from "../dashboard/work.ts";
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
  home = await openTestHome({ servers: SERVERS });
  await liveThroughADay(home);
  await work(home);
  await beat(home.ledger);
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

test("what is asked appears, what is decided goes, and half a reason stays where it was typed", async () => {
  await open("/approvals");
  await page.evaluate("window.sameDocument = true");
  await page.locator("#a-3").getByLabel("your word").fill("not before Mon");
  await page.locator("#a-3").getByText("Arguments as they were written").click();

  const { id } = await ask(home, { agent: "lacuna", tool: "post-photo", input: { file: "logo.png" } });
  await page.locator(`#a-${id}`).getByText("logo.png").first().waitFor();
  await page.locator(".nav .waits", { hasText: "3" }).waitFor();
  await home.ledger.approvals.decide(2, { granted: true, by: "ana" });
  await page.locator("#a-2").waitFor({ state: "detached" });
  await page.locator("#decided").getByText("ana").waitFor();
  expect(await page.locator("#a-3").getByLabel("your word").inputValue()).toBe("not before Mon");
  expect(await page.locator("#json-3[open]").count()).toBe(1);

  await page.locator("#a-3").getByRole("button", { name: "Deny" }).click();
  await page.locator("#decided").getByText("not before Mon").waitFor();
  await page.locator(".nav .waits", { hasText: "1" }).waitFor();
  expect(await home.ledger.approvals.get(3)).toMatchObject({ state: "denied", said: "not before Mon" });
  expect(await page.evaluate("window.sameDocument")).toBe(true);
});

test("with keys alone a call is allowed for longer, narrowly, after a slip was told", async () => {
  await open("/approvals");
  await page.locator("#always-2 summary").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("secrets/*");
  await page.locator("#always-2 button").focus();
  await page.keyboard.press("Enter");
  await page.locator("#a-2").getByRole("alert").getByText("would not cover the call above").waitFor();
  expect(complaints.splice(0)).toEqual([expect.stringContaining("422")]);
  expect(await page.locator("#a-2").getByLabel("path").inputValue()).toBe("secrets/*");
  await page.locator("#a-2").getByLabel("path").fill("notes/*");
  await page.locator("#a-2").getByLabel("text").fill("");
  await page.locator("#always-2 button").focus();
  await page.keyboard.press("Enter");
  await page.locator("#a-2").waitFor({ state: "detached" });
  await page.locator("#grants tbody tr").nth(1).waitFor();
  expect((await home.ledger.grants.latest(1))[0]).toMatchObject({ match: { path: "notes/*" } });
  await page.getByRole("button", { name: "Revoke write-file of keystone" }).first().click();
  await expect.poll(() => page.locator("#grants tbody tr").count()).toBe(1);
});

test("the trail unfolds, filters, and verifies its chain on the same page", async () => {
  await open("/audit");
  await page.locator(".calls summary", { hasText: "run-remote" }).click();
  await page.getByText("needs the gate server-ops, which is closed").waitFor();
  await page.evaluate("window.sameDocument = true");
  await page.getByRole("button", { name: "Verify every log now" }).click();
  await page.locator("#chain").getByText("6 lines, each as it was written").waitFor();
  expect(await page.evaluate("window.sameDocument")).toBe(true);
  expect(await page.locator(".calls details[open]").count()).toBe(1);
  await page.getByLabel("ended as").selectOption("refused");
  await page.getByRole("button", { name: "Show" }).click();
  await page.waitForURL(/class=refused/);
  expect(await page.locator(".calls li").count()).toBe(1);
  const saving = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export these as JSONL" }).click();
  expect((await saving).suggestedFilename()).toBe("tool_calls.jsonl");
});

test("all of it works without scripts", async () => {
  await open("/approvals", { javaScriptEnabled: false });
  await page.locator("#a-2").getByRole("button", { name: "Allow this call" }).click();
  await expect.poll(() => home.ledger.approvals.get(2)).toMatchObject({ state: "granted" });
  await page.goto(`${home.url}/audit`);
  await page.getByRole("button", { name: "Verify every log now" }).click();
  await page.locator("#chain").getByText("6 lines, each as it was written").waitFor();
  await page.goto(`${home.url}/settings`);
  await page.getByLabel("agent").selectOption("nexus");
  await page.getByRole("button", { name: "Pause this agent" }).click();
  await page.getByRole("button", { name: "Resume agent nexus" }).click();
  await page.getByText("Nothing is paused").waitFor();
});

test.each(["light", "dark"] as const)(
  "axe finds nothing serious in %s, and a phone has nothing to scroll sideways",
  async (colorScheme) => {
    await open("/approvals", { colorScheme });
    for (const path of ["/approvals", "/audit", "/mcp", "/settings"]) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(home.url + path);
      for (const summary of await page.locator("main summary").all()) await summary.click();
      expect(await findingsOf(page), path).toEqual([]);
      await page.setViewportSize({ width: 360, height: 740 });
      const wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
      expect(wide, path).toBe(0);
    }
  },
);
