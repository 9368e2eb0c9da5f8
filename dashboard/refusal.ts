/** A request that is not served: its status and a sentence that says what to do next. Never a stack. */
import type { ErrorRequestHandler } from "express";
import { type Log, OperationalError } from "../shared/base/index.ts";
import type { Assets } from "./assets.ts";
import { html, render } from "./html.ts";
import { notice } from "./layout.ts";
import { themeOf } from "./theme.ts";

/** A form is at most this large: the longest message, each character written as twelve. */
export const FORM_BYTES_MAX = 256 * 1024;

/** Thrown anywhere on the way of a request; answered by `refuse`. */
export class Refusal extends OperationalError {
  override readonly name = "Refusal";
  readonly status: 401 | 403 | 404 | 421 | 429 | 503;

  constructor(status: Refusal["status"], sentence: string) {
    super(sentence);
    this.status = status;
  }
}

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

/** What a person reads of an error: our own sentence, or that it is written down. */
export function told(error: unknown): { status: number; sentence: string } {
  if (error instanceof Refusal) return { status: error.status, sentence: error.message };
  if (error instanceof OperationalError) return { status: 503, sentence: error.message };
  const status = statusOf(error);
  if (status === 413)
    return { status, sentence: `This is more than ${FORM_BYTES_MAX / 1024} KiB. Send it in smaller parts.` };
  if (status !== undefined && status >= 400 && status < 500) {
    return { status, sentence: "The control room could not read this request. Load the page again and repeat." };
  }
  return {
    status: 500,
    sentence: "The control room met a mistake of its own and wrote it down: see `kaos logs supervisor`.",
  };
}

/** The status that express and its parsers give an error. */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("status" in error)) return undefined;
  return typeof error.status === "number" ? error.status : undefined;
}
