/** Every view in a real Chromium, with a day of data, with none, and with hostile text: fit for a phone and a keyboard, clean for axe, without complaints. */
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { TimetableLine } from "../../dashboard/view.ts";
import { views } from "../../dashboard/views/index.ts";
import { beat, liveThroughADay } from "../dashboard/day.ts";
import { openTestHome, type TestHome } from "../dashboard/home.ts";
import { EVIL_JOB, fillWithHostile } from "../dashboard/hostile.ts";
import { timetableAt, workForDays } from "../dashboard/long-work.ts";
import { SERVERS, work } from "../dashboard/work.ts";
import { said } from "../doubles/ledger.ts";
import { findingsOf } from "./axe.ts";
import { enter, type Visit, WIDE } from "./enter.ts";
import { launchBrowser } from "./launch.ts";

const PHONE = { width: 360, height: 740 };

type Guest = Visit & { home: TestHome };

let browser: Browser;
let full: Guest;
let empty: Guest;
let hostile: Guest;

beforeAll(async () => {
  browser = await launchBrowser();
  [empty, full, hostile] = await Promise.all([
    visit(() => Promise.resolve()),
    visit(aDay, { servers: SERVERS, timetable: timetableAt }),
    visit(fillWithHostile, { servers: { kronos: ["files"] }, timetable: () => [EVIL_JOB] }),
  ]);
});
afterAll(async () => {
  for (const { context, home } of [empty, full, hostile]) {
    await context.close();
    await home.close();
  }
  await browser.close();
});
afterEach(() => {
  for (const { complaints } of [empty, full, hostile]) expect(complaints.splice(0)).toEqual([]);
});

async function aDay(home: TestHome): Promise<void> {
  await liveThroughADay(home);
  await work(home);
  await workForDays(home);
  await home.ledger.messages.record(
    said(`${"long".repeat(200)} https://example.org/${"path".repeat(80)}`, {
      sender: { kind: "agent", id: "nexus", name: "nexus" },
      saidAt: home.clock.now(),
    }),
  );
  await beat(home.ledger);
}

/** A browser that is logged in to a home of its own. */
async function visit(
  live: (home: TestHome) => Promise<void>,
  {
    timetable = () => [],
    servers,
  }: { timetable?: (now: number) => TimetableLine[]; servers?: Readonly<Record<string, readonly string[]>> } = {},
): Promise<Guest> {
  const home = await openTestHome({
    timetable: async () => timetable(home.clock.now()),
    ...(servers !== undefined && { servers }),
  });
  await live(home);
  return { home, ...(await enter(browser, home, { hasTouch: true })) };
}

const EACH = views.map(({ path, title }): [string, string] => [title, path]);

test.each(EACH)(
  "%s, full or empty, is clean in light and dark and has nothing to scroll sideways on a phone",
  async (_, path) => {
    for (const { home, page } of [empty, full]) {
      await page.setViewportSize(WIDE);
      await page.goto(home.url + path);
      for (const fold of await page.locator(".why summary").all()) await fold.click();
      await page.emulateMedia({ colorScheme: "light" });
      expect(await findingsOf(page), "light").toEqual([]);
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await findingsOf(page, "contrast"), "dark").toEqual([]);
      await page.setViewportSize(PHONE);
      expect(await page.evaluate(SIDEWAYS), "columns that stand out on a phone").toBe(0);
    }
  },
);

test.each(EACH)("%s shows hostile text as text, on a phone too", async (_, path) => {
  const { home, page } = hostile;
  await page.setViewportSize(PHONE);
  await page.goto(home.url + path);
  expect(await page.locator("img, main script, main style, main iframe").count()).toBe(0);
  expect(await page.evaluate(SIDEWAYS), "columns that stand out on a phone").toBe(0);
});

test.each(EACH)("%s is used with the keyboard alone", async (_, path) => {
  const { home, page } = full;
  await page.setViewportSize(WIDE);
  await page.goto(home.url + path);
  const stops = Math.min(Number(await page.evaluate(STOPS)), STOPS_MAX);
  const reached = new Set<unknown>();
  await page.locator("#main").focus();
  for (let press = 0; reached.size < stops && press < stops + INNER_STOPS_MAX; press++) {
    await page.keyboard.press("Tab");
    const [place, shows] = (await page.evaluate(FOCUSED)) as [number, boolean];
    expect(shows, `stop ${press + 1} shows that it has the focus`).toBe(true);
    reached.add(place);
  }
  expect(reached.size).toBe(stops);
});

/** Stops of the Tab key that are tried on one page; a field for a time has several inside. */
const STOPS_MAX = 40;
const INNER_STOPS_MAX = 20;
const SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
/** What can be done on the page by a pointer: each must be a stop. */
const ACTIVE = `[...document.querySelectorAll("main :is(a[href], button, input:not([type=hidden]), select, textarea, summary)")]
  .filter((one) => one.checkVisibility() && !(one.closest("details:not([open])") && one.tagName !== "SUMMARY"))`;
const STOPS = `${ACTIVE}.length`;
const FOCUSED = `[${ACTIVE}.indexOf(document.activeElement), getComputedStyle(document.activeElement).outlineStyle !== "none" || document.activeElement.matches(".time")]`;
