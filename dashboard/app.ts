/** The control room: what answers each address, and in which order a request is checked. */
import { basename } from "node:path";
import express, { type Express, type Request, type RequestHandler, type Response } from "express";
import { type Clock, type Log, OperationalError } from "../shared/base/index.ts";
import type { Env, Home } from "../shared/config/index.ts";
import type { Ledger } from "../shared/ledger/index.ts";
import { loadAssets } from "./assets.ts";
import { checkCsrf, formOf, headers, rightHost, rightOrigin } from "./guard.ts";
import { type Html, html, render } from "./html.ts";
import { notice, page } from "./layout.ts";
import { type Listening, listen } from "./listen.ts";
import { createSessions } from "./login.ts";
import { Refusal } from "./refusal.ts";
import { createStreams } from "./stream.ts";
import { rememberTheme, themeOf } from "./theme.ts";
import type { Action, Settings, Timetable, View, Visit } from "./view.ts";
import { views } from "./views/index.ts";

/** A form is at most this large: the longest message, each character written as twelve. */
const FORM_BYTES_MAX = 256 * 1024;

export type Deps = { ledger: Ledger; clock: Clock; log: Log; settings: Settings; timetable?: Timetable };

/** Starts the control room of one home. Throws PortTaken. */
export async function startDashboard({ env, home, version, demo, ...deps }: Omit<Deps, "settings"> & { env: Env; home: Home; version?: string; demo?: boolean }): Promise<Listening> {
  const settings: Settings = {
    host: env.DASHBOARD_HOST,
    port: env.DASHBOARD_PORT,
    home: home.folder,
    demo: demo ?? basename(home.folder) === "demo",
    version: version ?? "0.1.0",
    startedAt: deps.clock.now(),
    dailyLimitUsd: env.DAILY_LIMIT_USD,
  };
  return listen(createApp({ ...deps, settings }), settings);
}

/** The application without its socket. */
export function createApp({ ledger, clock, log, settings, timetable = () => [] }: Deps): Express {
  const assets = loadAssets();
  const sessions = createSessions({ logins: ledger.logins, clock, log, assets, cookies: `kaos_${settings.port}` });
  const streams = createStreams({ ledger, clock, log });
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);

  app.use(headers(), rightHost([settings.host, ...(settings.names ?? [])]), rightOrigin);
  app.get("/assets/:name", assets.serve);
  app.use((_request, response, next) => {
    response.set("Cache-Control", "no-store");
    next();
  });
  app.get("/healthz", async (_request, response) => {
    await ledger.events.last();
    response.json({ ok: true });
  });
  app.use(express.text({ type: "application/x-www-form-urlencoded", limit: FORM_BYTES_MAX }));
  app.use(sessions.routes);

  app.use(onlyMembers);
  app.post("/logout", async (request, response) => {
    await sessions.end(request, response);
    response.redirect(303, "/login");
  });
  app.post("/theme", (request, response) => {
    rememberTheme(response, formOf(request).get("theme"));
    goBack(request, response);
  });
  app.post("/pause", async (request, response) => {
    await ledger.controls.pause({ scope: "swarm", name: "", by: "you", until: null });
    goBack(request, response);
  });
  app.post("/resume", async (request, response) => {
    await ledger.controls.resume("swarm", "");
    goBack(request, response);
  });
  app.get("/events", async (request, response) => {
    const address = URL.parse(String(request.query["page"]), "http://here");
    const view = views.find(({ path }) => path === address?.pathname);
    if (address === null || view === undefined) throw new Refusal(404, "There is no such page to keep live.");
    await streams.open(response, async () => {
      const session = await sessions.of(request);
      return session && pageOf(view, visitOf(session.csrf, address.searchParams), request, address.pathname + address.search);
    });
  });
  for (const view of views) {
    app.get(view.path, show(view));
    for (const action of view.actions ?? []) app.post(action.path, act(view, action));
  }
  app.use(() => {
    throw new Refusal(404, "There is nothing at this address. The navigation of the control room leads to all there is.");
  });
  app.use(refuse);
  return app;

  /** Everything behind this needs a session, and every change its token. */
  async function onlyMembers(request: Request, response: Response, next: () => void): Promise<void> {
    const session = await sessions.of(request);
    if (session === undefined) {
      if (request.method === "GET" && request.accepts("html") && request.headers["hx-request"] === undefined) return response.redirect(303, "/login");
      throw new Refusal(401, "You are not logged in any more. Get a new link with `kaos dashboard`; what you typed is still on the page.");
    }
    if (request.method !== "GET" && request.method !== "HEAD") checkCsrf(formOf(request), session.csrf);
    response.locals["csrf"] = session.csrf;
    next();
  }

  function visitOf(csrf: string, query: URLSearchParams): Visit {
    return { ledger, clock, now: clock.now(), settings, timetable, query, csrf };
  }

  async function pageOf(view: View, visit: Visit, request: Request, address: string, body?: Html): Promise<Html> {
    return page(visit, { view, theme: themeOf(request), assets, address }, body ?? (await view.render(visit)));
  }

  function show(view: View): RequestHandler {
    return async (request, response) => {
      const query = new URL(request.originalUrl, "http://here").searchParams;
      response.send(render(await pageOf(view, visitOf(String(response.locals["csrf"]), query), request, request.originalUrl)));
    };
  }

  function act(view: View, action: Action): RequestHandler {
    return async (request, response) => {
      const visit = visitOf(String(response.locals["csrf"]), new URLSearchParams());
      const answer = await action.run(visit, formOf(request));
      const status = answer.kind === "done" ? 200 : 422;
      if (request.headers["hx-request"] !== undefined) response.status(status).send(render(answer.fragment));
      else if (answer.kind === "done") response.redirect(303, answer.next);
      else response.status(status).send(render(await pageOf(view, visit, request, view.path, answer.fragment)));
    };
  }

  function refuse(error: unknown, request: Request, response: Response, _next: unknown): void {
    const { status, sentence } = told(error);
    if (status >= 500) log.error("request failed", { method: request.method, path: request.path, error });
    if (response.headersSent) {
      response.end();
      return;
    }
    response.status(status).set("Cache-Control", "no-store");
    if (request.headers["hx-request"] !== undefined) {
      response.set({ "HX-Retarget": "#notice", "HX-Reswap": "innerHTML" }).send(render(html`<p class="refusal">${sentence}</p>`));
      return;
    }
    const body = html`<p>${sentence}</p><p><a href="/">To the overview</a></p>`;
    response.send(notice({ title: TITLES[status] ?? "This did not work", body, theme: themeOf(request), assets }));
  }
}

const TITLES: Readonly<Record<number, string>> = { 404: "Nothing here", 413: "Too much at once", 500: "Something broke here", 503: "Not right now" };

/** What a person reads of an error: our own sentence, or that it is written down. Never a stack. */
function told(error: unknown): { status: number; sentence: string } {
  if (error instanceof Refusal) return { status: error.status, sentence: error.message };
  if (error instanceof OperationalError) return { status: 503, sentence: error.message };
  const status = statusOf(error);
  if (status === 413) return { status, sentence: `This is more than ${FORM_BYTES_MAX / 1024} KiB. Send it in smaller parts, or as a file in the workspace.` };
  if (status !== undefined && status < 500) return { status, sentence: "The control room could not read this request. Load the page again and repeat." };
  return { status: 500, sentence: "The control room met a mistake of its own and wrote it down: see `kaos logs supervisor`. Nothing was changed." };
}

/** The status that express and its parsers give an error. */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("status" in error)) return undefined;
  return typeof error.status === "number" ? error.status : undefined;
}

/** Back to the page that the form stood on, which must be one of ours. */
function goBack(request: Request, response: Response): void {
  const url = URL.parse(formOf(request).get("back") ?? "/", "http://here");
  const view = views.find(({ path }) => path === url?.pathname);
  response.redirect(303, url?.origin === "http://here" && view !== undefined ? view.path + url.search : "/");
}
