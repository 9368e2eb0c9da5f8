/** The control room: what answers each address, and in which order a request is checked. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import express, { type Express, type Request, type RequestHandler, type Response } from "express";
import type { Clock, Log } from "../shared/base/index.ts";
import { agentsFolder, type Home, isDemo, programVersion, type Told } from "../shared/config/index.ts";
import type { Ledger } from "../shared/ledger/index.ts";
import { health } from "./api/health.ts";
import { api } from "./api/routes.ts";
import { loadAssets } from "./assets.ts";
import { checkCsrf, headers, rightHost, rightOrigin } from "./guard.ts";
import { type Html, html, render } from "./html.ts";
import { kaosAt } from "./kaos.ts";
import { page } from "./layout.ts";
import { type Listening, listen } from "./listen.ts";
import { createSessions } from "./login.ts";
import { createAgentsReader } from "./read/agents.ts";
import { configurationOf } from "./read/configuration.ts";
import { createMemories, type Memories } from "./read/memory.ts";
import { createOnce } from "./read/once.ts";
import { createDrafts, createPacks, desksIn } from "./read/skills.ts";
import { refuse } from "./refusal.ts";
import { formOf } from "./request.ts";
import { createStreams } from "./stream.ts";
import { rememberTheme, themeOf } from "./theme.ts";
import { FORM_BYTES_MAX, Refusal, told } from "./told.ts";
import type { Action, Download, Settings, Timetable, View, Visit } from "./view.ts";
import { views } from "./views/index.ts";

export type Deps = {
  ledger: Ledger;
  clock: Clock;
  log: Log;
  settings: Settings;
  timetable?: Timetable;
  /** Closed by whoever made them. */
  memories?: Memories;
};

/** Starts the control room of one home. Without being told, a home named `demo` is a demo. Throws PortTaken. */
export async function startDashboard({
  env,
  raw,
  settings: told,
  home,
  demo = isDemo(home),
  ...deps
}: Omit<Deps, "settings"> &
  Told & {
    home: Home;
    demo?: boolean;
  }): Promise<Listening> {
  const { DASHBOARD_HOST: host, DASHBOARD_NAMES: names, DASHBOARD_PORT: port, DAILY_LIMIT_USD: dailyLimitUsd } = env;
  const settings: Settings = {
    host,
    names,
    port,
    home: home.folder,
    files: home,
    agentsFolder: agentsFolder(),
    configuration: configurationOf({ env, raw, settings: told }),
    demo,
    version: programVersion(),
    startedAt: deps.clock.now(),
    dailyLimitUsd,
    apiKeys: env.KAOS_API_KEYS,
    kaos: kaosAt(home.folder),
  };
  const memories = createMemories({ ...deps, settings, sharedFacts: deps.ledger.sharedFacts });
  const listening = await listen(createApp({ ...deps, settings, memories }), settings);
  const close = async () => {
    await listening.close();
    memories.close();
  };
  return { ...listening, close };
}

/** The application without its socket. */
export function createApp({
  ledger,
  clock,
  log,
  settings,
  timetable = async () => [],
  memories = createMemories({ settings, clock, sharedFacts: ledger.sharedFacts }),
}: Deps): Express {
  const assets = loadAssets();
  const agents = createAgentsReader(settings);
  const desks = desksIn(settings, clock, agents);
  const drafts = createDrafts(desks, clock);
  const packs = createPacks();
  const once = createOnce(ledger);
  const sessions = createSessions({ logins: ledger.logins, clock, log, assets, cookies: `kaos_${settings.port}` });
  const streams = createStreams({ ledger, clock, log });
  const app = express();
  app.disable("x-powered-by").disable("etag");

  const isMember = async (request: Request) => (await sessions.of(request)) !== undefined;
  app.use(headers(), api({ ledger, clock, log, settings, isMember }));
  app.use(rightHost([settings.host, ...(settings.names ?? [])]), rightOrigin);
  app.use(health({ ledger, log }));
  app.get("/assets/:name", assets.serve);
  app.use((_request, response, next) => {
    response.set("Cache-Control", "no-store");
    next();
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
  app.get("/events", keepLive);
  for (const view of views) {
    app.get(view.path, show);
    for (const action of view.actions ?? []) app.post(action.path, act(view, action));
    for (const download of view.downloads ?? []) app.get(download.path, hand(download));
  }
  app.use(() => {
    throw new Refusal(
      404,
      "There is nothing at this address. The navigation of the control room leads to all there is.",
    );
  });
  app.use(refuse({ log, assets }));
  return app;

  /** Everything behind this needs a session, and every change its token. */
  async function onlyMembers(request: Request, response: Response, next: () => void): Promise<void> {
    const session = await sessions.of(request);
    if (session === undefined) {
      const looks = request.method === "GET" && request.headers["hx-request"] === undefined;
      if (looks) return response.redirect(303, "/login");
      throw new Refusal(
        401,
        "You are not logged in any more. Get a new link with `kaos dashboard`; what you typed is still on this page.",
      );
    }
    if (request.method !== "GET" && request.method !== "HEAD") checkCsrf(formOf(request), session.csrf);
    response.locals["csrf"] = session.csrf;
    next();
  }

  async function show(request: Request, response: Response): Promise<void> {
    const place = placeNamed(request.originalUrl);
    if (place === undefined) throw new Refusal(404, "There is no such page.");
    const csrf = String(response.locals["csrf"]);
    const visit = visitOf(csrf, place.query);
    try {
      response.send(render(await pageAt(place, request, visit, await place.view.render(visit))));
    } catch (error) {
      // What this view shows is out of reach; the way to all others is not.
      log.error("view failed", { view: place.view.path, error });
      const { status, sentence } = told(error);
      const body = html`<section class="panel"><h2>This view cannot be shown now</h2><p class="refusal">${sentence}</p><p class="soft">The others may work: the navigation leads to them. Load this one again later.</p></section>`;
      response.status(status).send(render(await pageAt(place, request, visitOf(csrf, place.query), body)));
    }
  }

  async function keepLive(request: Request, response: Response): Promise<void> {
    const place = placeNamed(String(request.query["page"]));
    if (place === undefined) throw new Refusal(404, "There is no such page to keep live.");
    await streams.open(response, async () => {
      const session = await sessions.of(request);
      if (session === undefined) return undefined;
      const visit = visitOf(session.csrf, place.query);
      return pageAt(place, request, visit, await place.view.news?.(visit));
    });
  }

  function act(view: View, action: Action): RequestHandler {
    return async (request, response) => {
      const csrf = String(response.locals["csrf"]);
      const none = new URLSearchParams();
      const answer = await action.run(visitOf(csrf, none), formOf(request));
      drafts.forget();
      const status = answer.kind === "refused" ? 422 : 200;
      if (request.headers["hx-request"] !== undefined) response.status(status).send(render(answer.fragment));
      else if (answer.kind === "done") response.redirect(303, answer.next);
      else
        response
          .status(status)
          .send(
            render(
              await pageAt({ view, address: view.path, query: none }, request, visitOf(csrf, none), answer.fragment),
            ),
          );
    };
  }

  /** The lines leave as they are read: however many there are, few are in memory. */
  function hand({ file, lines }: Download): RequestHandler {
    return async (request, response) => {
      const { searchParams } = new URL(request.originalUrl, HERE);
      response.attachment(file).type("application/jsonl");
      await pipeline(Readable.from(lines(visitOf("", searchParams))), response);
    };
  }

  /** The whole page of a place; `body` stands in for what its view would show. */
  async function pageAt({ view, address }: Place, request: Request, visit: Visit, body?: Html): Promise<Html> {
    return page(visit, { view, theme: themeOf(request), assets, address }, body ?? (await view.render(visit)));
  }

  function visitOf(csrf: string, query: URLSearchParams): Visit {
    const now = clock.now();
    return {
      ledger,
      clock,
      now,
      settings,
      timetable,
      agents,
      desks,
      drafts,
      packs,
      once: once(),
      memories,
      query,
      csrf,
    };
  }
}

/** A page of ours: its view, and what its address adds. */
type Place = { view: View; address: string; query: URLSearchParams };

/** Which page an address names. Undefined for every address that is not one of ours. */
function placeNamed(address: string): Place | undefined {
  const url = URL.parse(address, HERE);
  const view = views.find(({ path }) => path === url?.pathname);
  if (url === null || url.origin !== HERE || view === undefined) return undefined;
  return { view, address: view.path + url.search, query: url.searchParams };
}

const HERE = "http://here.invalid";

/** Back to the page that the form stood on. */
function goBack(request: Request, response: Response): void {
  response.redirect(303, placeNamed(formOf(request).get("back") ?? "/")?.address ?? "/");
}
