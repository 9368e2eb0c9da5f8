/** The agent's browser: one window for each chat, with cookies of its own, closed when nobody has used it for a while. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { type Clock, OperationalError } from "../../base/index.ts";
import { launch } from "./launch.ts";
import { type Door, openProxy, type Reach } from "./proxy.ts";

/** A page could not be opened or used. The message says why. */
export class BrowserProblem extends OperationalError {
  override readonly name = "BrowserProblem";
}

export type BrowserDeps = {
  /** Which hosts its pages may reach. */
  reach: Reach;
  /** Path of a browser; empty: one that is installed. */
  executable: string;
  clock: Clock;
};

export type Windows = {
  /** The chat's page as it is, or a new one. */
  page(chat: string): Promise<Page>;
  /** What the proxy refused since it was last asked, as sentences. */
  refusals(): string[];
  /** Closes the chat's window, if it has one. */
  leave(chat: string): Promise<void>;
  close(): Promise<void>;
};

const WINDOWS_MAX = 6;
/** An approval may take an hour; the page that it is about waits as long. */
const IDLE_MAX_MS = 3_600_000;
const REFUSALS_MAX = 5;
/** Of each thing that is done in a page. */
export const ACT_MAX_MS = 8_000;
export const OPEN_MAX_MS = 30_000;

type Window = { context: BrowserContext; page: Page; usedAt: number };

/** Nothing is started before the first page is asked for. */
export function createWindows({ reach, executable, clock }: BrowserDeps): Windows {
  const windows = new Map<string, Promise<Window>>();
  const refused = new Set<string>();
  let running: Promise<{ browser: Browser; proxy: Door }> | undefined;
  let closed = false;

  return {
    async page(chat) {
      await closeIdle();
      const known = windows.get(chat);
      const made = known ?? openWindow();
      if (known === undefined) {
        windows.set(chat, made);
        // What did not open is tried anew next time.
        made.catch(() => windows.delete(chat));
      }
      const window = await made;
      window.usedAt = clock.now();
      if (window.page.isClosed()) window.page = await window.context.newPage();
      return window.page;
    },
    refusals() {
      const all = [...refused];
      refused.clear();
      return all;
    },
    leave,
    async close() {
      closed = true;
      await Promise.all([...windows.keys()].map(leave));
      const started = await running?.catch(() => undefined);
      running = undefined;
      await started?.browser.close().catch(() => {});
      await started?.proxy.close();
    },
  };

  async function start(): Promise<{ browser: Browser; proxy: Door }> {
    const proxy = await openProxy(reach, (_host, because) => {
      if (refused.size < REFUSALS_MAX) refused.add(because);
    });
    try {
      const browser = await launch({ executable, proxyPort: proxy.port });
      browser.once("disconnected", () => {
        // It crashed, or was closed: the next page starts another.
        running = undefined;
        windows.clear();
        void proxy.close();
      });
      return { browser, proxy };
    } catch (error) {
      await proxy.close();
      throw error;
    }
  }

  async function openWindow(): Promise<Window> {
    if (closed) throw new BrowserProblem("The browser is closed, because the agent is stopping.");
    if (windows.size >= WINDOWS_MAX)
      throw new BrowserProblem(`There are ${WINDOWS_MAX} windows open in other chats, which is all there may be.`);
    running ??= start();
    const { browser } = await running.catch((error: unknown) => {
      running = undefined;
      throw error;
    });
    const context = await browser.newContext({ acceptDownloads: false, serviceWorkers: "block" });
    context.setDefaultTimeout(ACT_MAX_MS);
    context.setDefaultNavigationTimeout(OPEN_MAX_MS);
    const window: Window = { context, page: await context.newPage(), usedAt: clock.now() };
    // A page that opens another one means that one to be read.
    context.on("page", (page) => {
      const before = window.page;
      window.page = page;
      if (before !== page) void before.close().catch(() => {});
    });
    return window;
  }

  async function closeIdle(): Promise<void> {
    for (const [chat, opening] of [...windows]) {
      const window = await opening.catch(() => undefined);
      if (window !== undefined && clock.now() - window.usedAt > IDLE_MAX_MS) await leave(chat);
    }
  }

  async function leave(chat: string): Promise<void> {
    const opening = windows.get(chat);
    windows.delete(chat);
    const window = await opening?.catch(() => undefined);
    await window?.context.close().catch(() => {});
  }
}
