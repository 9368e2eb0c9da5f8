/** A person's browser, logged in to a home by a one-time link; it notes what nobody wants to see. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import type { TestHome } from "../dashboard/home.ts";

export type Visit = {
  context: BrowserContext;
  page: Page;
  /** What the browser complained about, and what it asked anybody else for. */
  complaints: string[];
};

/** A desk's window. */
export const WIDE = { width: 1280, height: 900 };
/** A browser on a busy machine takes its time. */
const WAIT_MS = 60_000;

export async function enter(browser: Browser, home: TestHome, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: WIDE, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("dialog", (dialog) => void dialog.dismiss().then(() => complaints.push("a dialog")));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${home.url}/`)) complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(`${home.url}/login?token=${await home.ledger.logins.makeLink()}`);
  await page.getByRole("button", { name: "Enter the control room" }).click();
  await page.waitForURL(`${home.url}/`);
  return { context, page, complaints };
}
