/** A request that is not served: its status and a sentence that says what to do next. Never a stack. */
import type { ErrorRequestHandler } from "express";
import type { Log } from "../shared/base/index.ts";
import type { Assets } from "./assets.ts";
import { html, render } from "./html.ts";
import { notice } from "./layout.ts";
import { themeOf } from "./theme.ts";
import { told } from "./told.ts";

/** Answers what was thrown: htmx gets the sentence for the place above the page, everybody else a page of its own. */
export function refuse({ log, assets }: { log: Log; assets: Assets }): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const { status, sentence } = told(error);
    if (status >= 500) log.error("request failed", { method: request.method, path: request.path, error });
    if (response.headersSent) return void response.end();
    response.status(status).set("Cache-Control", "no-store");
    if (request.headers["hx-request"] !== undefined) {
      response
        .set({ "HX-Retarget": "#notice", "HX-Reswap": "innerHTML" })
        .send(render(html`<p class="refusal">${sentence}</p>`));
      return;
    }
    const body = html`<p>${sentence}</p><p><a href="/">To the overview</a></p>`;
    response.send(notice({ title: TITLES[status] ?? "This did not work", body, theme: themeOf(request), assets }));
  };
}

const TITLES: Readonly<Record<number, string>> = {
  404: "Nothing here",
  413: "Too much at once",
  500: "Something broke here",
  503: "Not right now",
};
