/** Who may look: a one-time link becomes a session. The link leaves the address bar before anything is shown, and only a press of the button uses it up. */
import { type Request, type Response, Router } from "express";
import type { Clock, Log } from "../shared/base/index.ts";
import { LINK_MS, type Logins, SESSION_MS } from "../shared/ledger/index.ts";
import type { Assets } from "./assets.ts";
import { html } from "./html.ts";
import { notice } from "./layout.ts";
import { cookie } from "./request.ts";
import { themeOf } from "./theme.ts";
import { Refusal } from "./told.ts";

/** So many links that do not work within so long, and then none is tried until the time is over. */
const FAILURES_MAX = 10;
const FAILURES_WITHIN_MS = 10 * 60_000;

type Deps = {
  logins: Logins;
  clock: Clock;
  log: Log;
  assets: Assets;
  /** Cookies of another home on this machine have another name. */
  cookies: string;
};

export type Sessions = {
  /** The session of a request: its CSRF token. Undefined when there is none, or it has ended. */
  of(request: Request): Promise<{ csrf: string } | undefined>;
  /** Ends the session of a request. */
  end(request: Request, response: Response): Promise<void>;
  /** The login page and its form. */
  routes: Router;
};

export function createSessions({ logins, clock, log, assets, cookies }: Deps): Sessions {
  const sessionName = `${cookies}_session`;
  const linkName = `${cookies}_link`;
  const secure = { httpOnly: true, path: "/" } as const;
  let failures: number[] = [];

  const of = async (request: Request) => {
    const session = cookie(request, sessionName);
    return session === undefined ? undefined : logins.session(session);
  };

  const routes = Router();

  routes.get("/login", async (request, response) => {
    const { token } = request.query;
    if (typeof token === "string") {
      // Lax, because the link may be followed from a page of another site; the session itself is Strict.
      response.cookie(linkName, token.slice(0, 200), { ...secure, sameSite: "lax", maxAge: LINK_MS });
      return response.redirect(303, "/login");
    }
    const linked = cookie(request, linkName) !== undefined;
    show(request, response, 200, linked ? "enter" : "how");
  });

  routes.post("/login", async (request, response) => {
    failures = failures.filter((at) => clock.now() - at < FAILURES_WITHIN_MS);
    if (failures.length >= FAILURES_MAX) {
      throw new Refusal(
        429,
        "Too many links that do not work were tried. Wait ten minutes, then get a new one with `kaos dashboard`.",
      );
    }
    const link = cookie(request, linkName);
    response.clearCookie(linkName, { ...secure, sameSite: "lax" });
    const session = link === undefined ? undefined : await logins.useLink(link);
    if (session === undefined) {
      failures.push(clock.now());
      log.warn("login refused", { failures: failures.length });
      return show(request, response, 401, "spent");
    }
    failures = [];
    response.cookie(sessionName, session, { ...secure, sameSite: "strict", maxAge: SESSION_MS });
    response.redirect(303, "/");
  });

  function show(request: Request, response: Response, status: number, which: keyof typeof PAGES): void {
    const { title, body } = PAGES[which];
    response.status(status).send(notice({ title, body, theme: themeOf(request), assets }));
  }

  return {
    of,
    routes,
    async end(request, response) {
      await logins.endSession(cookie(request, sessionName) ?? "");
      response.clearCookie(sessionName, { ...secure, sameSite: "strict" });
    },
  };
}

const GET_A_LINK = html`
  <p>On the machine that runs the swarm, type</p>
  <pre><code>kaos dashboard</code></pre>
  <p>and open the address it prints. It works once, within ten minutes; this browser then stays logged in for two weeks.</p>`;

const PAGES = {
  enter: {
    title: "The control room",
    body: html`
      <p>This link works once: it is used up when you enter.</p>
      <form method="post" action="/login"><button class="button main" autofocus>Enter the control room</button></form>`,
  },
  how: {
    title: "Get a link to log in",
    body: html`${GET_A_LINK}<p class="soft">Logged in already, and came here from another site? <a href="/">Open the control room</a>.</p>`,
  },
  spent: {
    title: "This link does not work",
    body: html`<p>It was used already, or it is older than ten minutes.</p>${GET_A_LINK}`,
  },
};
