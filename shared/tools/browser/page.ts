/** What the tools of the browser share: how a page is told, how an element is meant, how a failure reads. */
import type { Locator, Page } from "playwright-core";
import { z } from "zod";
import { cut, messageOf, oneLine } from "../../base/index.ts";
import type { ToolContext } from "../../engine/index.ts";
import { BrowserProblem, type Windows } from "./window.ts";

/** The windows, and which of them a call is about. */
export type Browsing = { windows: Windows; chatOf(context: ToolContext): string };

/** Where a call is: after a click this may be another page than before. */
export type Here = { windows: Windows; chat: string };

const PAGE_CHARACTERS_MAX = 15_000;
/** What a page needs to settle after something was done; what is still moving then is told as it is. */
const SETTLE_MAX_MS = 2_000;

/** An element, by the mark that the last look at the page gave it. */
export const element = z
  .string()
  .regex(/^(?:f\d+)?e\d+$/, "write the mark that browser-read shows, such as e12")
  .describe("the mark of the element, as in [ref=e12]");

/** The address, the title and what is on the page, each element that can be used with its mark. */
export async function tellPage({ windows, chat }: Here, from = 0): Promise<string> {
  const page = await windows.page(chat);
  await page.waitForLoadState("load", { timeout: SETTLE_MAX_MS }).catch(() => {});
  const title = cut(oneLine(await page.title()), 300);
  const all = await page.ariaSnapshot({ mode: "ai" });
  const shown = all.slice(from, from + PAGE_CHARACTERS_MAX).toWellFormed();
  const left = all.length - from - shown.length;
  const rest = left > 0 ? `\n(${left} characters more; browser-read goes on with from: ${from + shown.length})` : "";
  const refused = (await windows.refusals(chat)).map((because) => `\n(Not loaded: ${because}.)`);
  return `${page.url()}\n# ${title}\n\n${shown === "" ? "(There is nothing on this page.)" : shown}${rest}${refused.join("")}`;
}

export function elementOf(page: Page, ref: string): Locator {
  return page.locator(`aria-ref=${ref}`);
}

/** Does one thing in the chat's page; stops with the signal, and tells a failure in one line. Throws BrowserProblem. */
export async function inPage(
  browsing: Browsing,
  context: ToolContext,
  act: (page: Page, here: Here) => Promise<string>,
): Promise<{ text: string }> {
  const { signal } = context;
  signal.throwIfAborted();
  const chat = browsing.chatOf(context);
  // A turn that is stopped takes its window with it: nothing goes on in there unseen.
  const stop = (): void => void browsing.windows.leave(chat);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return { text: await act(await browsing.windows.page(chat), { windows: browsing.windows, chat }) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BrowserProblem) throw error;
    const [line = ""] = messageOf(error).split("\n");
    throw new BrowserProblem(`That did not work: ${cut(line, 300)}`, { cause: error });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
