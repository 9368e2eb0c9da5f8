/** The agent's browser: one window for each chat, with cookies of its own, closed when nobody has used it for a while. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { type Clock, OperationalError } from "../../base/index.ts";
import { launch, throughProxy } from "./launch.ts";
import { type Door, openProxy, REFUSED, type Reach } from "./proxy.ts";

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
  /** What the chat's pages asked for and did not get since this was last asked, as sentences. */
  refusals(chat: string): Promise<string[]>;
  /** Closes the chat's window, if it has one. */
  leave(chat: string): Promise<void>;
  close(): Promise<void>;
};

const WINDOWS_MAX = 6;
/** An approval may take an hour; the page that it is about waits as long. */
const IDLE_MAX_MS = 3_600_000;
const LOOK_EVERY_MS = 60_000;
const REFUSALS_MAX = 5;
/** Hosts of which it is kept why they were refused. */
const REFUSED_HOSTS_MAX = 1_000;
/** Of each thing that is done in a page. */
export const ACT_MAX_MS = 5_000;
export const OPEN_MAX_MS = 30_000;

type Window = { context: BrowserContext; page: Page; usedAt: number; refused: Set<string> };

/** Nothing is started before the first page is asked for. */
export function createWindows({ reach, executable, clock }: BrowserDeps): Windows {
  const windows = new Map<string, Promise<Window>>();
  /** Why a host was not let through. */
  const reasons = new Map<string, string>();
  let running: Promise<{ browser: Browser; proxy: Door }> | undefined;
  let ours: Browser | undefined;
  let watching = false;
  const closing = new AbortController();

  return {
    async page(chat) {
      const known = windows.get(chat);
      const made = known ?? openWindow();
      if (known === undefined) {
        windows.set(chat, made);
        void closeIdle();
        // What did not open is tried anew next time.
        made.catch(() => windows.delete(chat));
      }
      const window = await made;
      window.usedAt = clock.now();
      if (window.page.isClosed()) window.page = await window.context.newPage();
      return window.page;
    },
    async refusals(chat) {
      const window = await windows.get(chat)?.catch(() => undefined);
      const all = [...(window?.refused ?? [])];
      window?.refused.clear();
      return all;
    },
    leave,
    async close() {
      closing.abort();
      await Promise.all([...windows.keys()].map(leave));
      await quit();
    },
  };

  async function start(): Promise<{ browser: Browser; proxy: Door }> {
    const proxy = await openProxy(reach, (host, because) => {
      if (reasons.size >= REFUSED_HOSTS_MAX) reasons.clear();
      reasons.set(host, because);
    });
    try {
      const browser = await launch(executable);
      browser.once("disconnected", () => {
        void proxy.close();
        // Where it was not us, it crashed: the next page starts another.
        if (browser !== ours) return;
        running = undefined;
        windows.clear();
      });
      ours = browser;
      return { browser, proxy };
    } catch (error) {
      await proxy.close();
      throw error;
    }
  }

  async function openWindow(): Promise<Window> {
    if (closing.signal.aborted) throw new BrowserProblem("The browser is closed, because the agent is stopping.");
    if (windows.size >= WINDOWS_MAX)
      throw new BrowserProblem(`There are ${WINDOWS_MAX} windows open in other chats, which is all there may be.`);
    running ??= start();
    const { browser, proxy } = await running.catch((error: unknown) => {
      running = undefined;
      throw error;
    });
    const context = await browser.newContext({
      proxy: throughProxy(proxy.port),
      acceptDownloads: false,
      serviceWorkers: "block",
    });
    context.setDefaultTimeout(ACT_MAX_MS);
    context.setDefaultNavigationTimeout(OPEN_MAX_MS);
    const window: Window = { context, page: await context.newPage(), usedAt: clock.now(), refused: new Set() };
    // A page that opens another one means that one to be read.
    context.on("page", (page) => {
      const before = window.page;
      window.page = page;
      if (before !== page) void before.close().catch(() => {});
    });
    const note = (url: string): void => {
      const because = reasons.get(URL.parse(url)?.hostname.replace(/^\[|\]$/g, "") ?? "");
      if (because !== undefined && window.refused.size < REFUSALS_MAX) window.refused.add(because);
    };
    context.on("requestfailed", (request) => note(request.url()));
    context.on("response", (response) => {
      if (response.status() === REFUSED) note(response.url());
    });
    return window;
  }

  /** Goes on as long as there is a window; the browser goes with the last one. */
  async function closeIdle(): Promise<void> {
    if (watching) return;
    watching = true;
    try {
      while (windows.size > 0) {
        await clock.sleep(LOOK_EVERY_MS, closing.signal);
        for (const [chat, opening] of [...windows]) {
          const window = await opening.catch(() => undefined);
          if (window !== undefined && clock.now() - window.usedAt > IDLE_MAX_MS) await leave(chat);
        }
      }
    } catch {
      // All is being closed, and close() does the rest.
      return;
    }
    watching = false;
    await quit();
  }

  async function quit(): Promise<void> {
    const ending = running;
    running = undefined;
    ours = undefined;
    const started = await ending?.catch(() => undefined);
    await started?.browser.close().catch(() => {});
    await started?.proxy.close();
  }

  async function leave(chat: string): Promise<void> {
    const opening = windows.get(chat);
    windows.delete(chat);
    const window = await opening?.catch(() => undefined);
    await window?.context.close().catch(() => {});
  }
}
