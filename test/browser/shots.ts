/**
 * Pictures of every view for people's eyes, full and empty, dark and light, from a phone to a wide screen:
 * `node test/browser/shots.ts [folder] [view …]`. Prints where they are.
 */
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext } from "playwright-core";
import { views } from "../../dashboard/views/index.ts";
import { beat, liveThroughADay } from "../dashboard/day.ts";
import { openTestHome, type TestHome } from "../dashboard/home.ts";
import { timetableAt, workForDays } from "../dashboard/long-work.ts";
import { SERVERS, work } from "../dashboard/work.ts";
import { launchBrowser } from "./launch.ts";

const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), "kaos-shots-"));
mkdirSync(folder, { recursive: true });
/** All views, or those that are named. */
const shown = views.filter(({ path }) => process.argv.length < 4 || process.argv.slice(3).includes(path.slice(1)));
const widths = [390, 820, 1440];
const browser = await launchBrowser();

await shoot("full", async (home) => {
  await liveThroughADay(home);
  await work(home);
  await workForDays(home);
});
await shoot("empty", async () => {});
await browser.close();
process.stdout.write(`${folder}\n`);

async function shoot(name: string, fill: (home: TestHome) => Promise<void>): Promise<void> {
  const home = await openTestHome({
    timetable: async () => (name === "full" ? timetableAt(Date.now()) : []),
    ...(name === "full" && { servers: SERVERS }),
  });
  await fill(home);
  const beating = setInterval(() => void beat(home.ledger), 2_000);
  let storageState: Awaited<ReturnType<BrowserContext["storageState"]>> | undefined;
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of widths) {
      const context = await browser.newContext({
        viewport: { width, height: width < 500 ? 844 : 900 },
        colorScheme,
        ...(storageState && { storageState }),
      });
      const page = await context.newPage();
      const file = (view: string) => join(folder, `${name}-${view}-${width}-${colorScheme}.png`);
      if (name === "empty") {
        await page.goto(`${home.url}/login`);
        await page.screenshot({ path: file("login") });
      }
      if (storageState !== undefined && name === "empty") {
        await page.goto(`${home.url}/nothing`);
        await page.screenshot({ path: file("nothing") });
      }
      if (storageState === undefined) {
        await page.goto(`${home.url}/login?token=${await home.ledger.logins.makeLink()}`);
        await page.screenshot({ path: file("enter") });
        await page.getByRole("button", { name: "Enter the control room" }).click();
        storageState = await context.storageState();
      }
      for (const { path, title, start } of shown) {
        await page.goto(home.url + path + (start === undefined ? "" : `#${start}`));
        if (name === "full" && path === "/room") {
          await page.screenshot({ path: file("room-end") });
          await page.locator(".why summary").nth(-3).click();
        }
        if (name === "full" && path === "/swarm") await page.locator(".roots a", { hasText: "two weeks" }).click();
        await page.screenshot({ path: file(title.toLowerCase().replace(" ", "-")), fullPage: path !== "/room" });
      }
      await context.close();
    }
  }
  clearInterval(beating);
  await home.close();
}
