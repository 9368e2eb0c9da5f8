/**
 * What is live: one stream a page. When the ledger changes, the page is rendered again and the regions that differ from
 * what was last sent are sent. So a region is always the present state: a slow browser skips, one that comes back
 * after a break misses nothing.
 */
import { once } from "node:events";
import type { Response } from "express";
import { type Clock, isAbort, type Log } from "../shared/base/index.ts";
import type { Ledger } from "../shared/ledger/index.ts";
import { type Html, html, outline, regionsIn, render } from "./html.ts";
import { Refusal } from "./told.ts";

/** Open pages that are kept live at once. */
export const STREAMS_MAX = 32;
/** A page is rendered at most this often: answers that are being written change many times a second. */
const RENDER_EVERY_MS = 120;
/** … and at least this often, since ages and deaths come without an event. */
const RENDER_LATEST_MS = 2_000;
/** A stream without news says so this often: both ends then notice a broken connection. */
const SIGN_OF_LIFE_MS = 15_000;
/** A browser that takes nothing for this long is let go; it comes back by itself. */
const STUCK_MS = 30_000;

export type Streams = {
  /**
   * Keeps one page live until the browser leaves or `renderPage` says that nobody is logged in any more. `renderPage`
   * renders the page as the browser asked for it.
   */
  open(response: Response, renderPage: () => Promise<Html | undefined>): Promise<void>;
};

export function createStreams({ ledger, clock, log }: { ledger: Ledger; clock: Clock; log: Log }): Streams {
  let open = 0;
  return {
    async open(response, renderPage) {
      if (open >= STREAMS_MAX)
        throw new Refusal(
          503,
          `${STREAMS_MAX} pages of the control room are live already. Close one, then load this page again.`,
        );
      const left = new AbortController();
      response.on("close", () => left.abort());
      open++;
      try {
        response.set({
          "Content-Type": "text/event-stream; charset=utf-8",
          "Cache-Control": "no-store",
          "X-Accel-Buffering": "no",
        });
        response.flushHeaders();
        await keepLive(response, renderPage, left.signal);
      } catch (error) {
        if (!isAbort(error)) log.error("stream failed", { error });
      } finally {
        open--;
        response.end();
      }
    },
  };

  async function keepLive(
    response: Response,
    renderPage: () => Promise<Html | undefined>,
    signal: AbortSignal,
  ): Promise<void> {
    const sent = new Map<string, string>();
    let pulse = "";
    let renderedAt = 0;
    let wroteAt = clock.now();
    while (!signal.aborted) {
      const version = ledger.changes.version();
      const [event, drafts] = await Promise.all([ledger.events.last(), ledger.drafts.all()]);
      const beats = [event, ...drafts.map(({ changedAt, text }) => `${changedAt} ${text.length}`)].join();
      // Agents beat all the time: most changes of the ledger are no news.
      if (beats !== pulse || Math.abs(clock.now() - renderedAt) >= RENDER_LATEST_MS) {
        pulse = beats;
        renderedAt = clock.now();
        const page = await renderPage();
        if (page === undefined) return;
        const news = newsIn(regionsIn(page), sent);
        if (news.length > 0 || Math.abs(clock.now() - wroteAt) >= SIGN_OF_LIFE_MS) {
          await write(response, news.length > 0 ? message(event, news) : ": nothing new\n\n", signal);
          wroteAt = clock.now();
        }
      }
      await clock.sleep(RENDER_EVERY_MS, signal);
      await ledger.changes.past(version, { signal, atMostMs: RENDER_LATEST_MS });
    }
  }
}

/** The outermost regions that changed. Where only regions inside one changed, those are sent instead of it. */
export function newsIn(regions: readonly Html[], sent: Map<string, string>): Html[] {
  return regions.flatMap((region) => {
    const id = region.id ?? "";
    const own = outline(region);
    if (sent.get(id) === own) return newsIn(regionsIn(region), sent);
    remember(region, sent);
    return [region];
  });
}

function remember(region: Html, sent: Map<string, string>): void {
  sent.set(region.id ?? "", outline(region));
  for (const inner of regionsIn(region)) remember(inner, sent);
}

/** One message of the stream: each region is merged into the element with its id. */
function message(event: number, regions: readonly Html[]): string {
  const partials = html`${regions.map((region) => html`<hx-partial hx-target="#${region.id}" hx-swap="outerMorph">${region}</hx-partial>`)}`;
  const lines = render(partials).split(/\r\n|\r|\n/u);
  return `id: ${event}\n${lines.map((line) => `data: ${line}\n`).join("")}\n`;
}

/** Waits while the browser is behind. Rejects with an abort when it stays so. */
async function write(response: Response, text: string, signal: AbortSignal): Promise<void> {
  if (response.write(text)) return;
  await once(response, "drain", { signal: AbortSignal.any([signal, AbortSignal.timeout(STUCK_MS)]) });
}
