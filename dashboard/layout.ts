/** The frame around every view: navigation, the status line, the stream; and the plain page for those who are not inside. */
import { budgetDay } from "../shared/ledger/index.ts";
import type { Assets } from "./assets.ts";
import { type Content, type Html, html, live, render } from "./html.ts";
import { duration, usd } from "./parts/figures.ts";
import { THEMES, type Theme } from "./theme.ts";
import type { View, Visit } from "./view.ts";
import { views } from "./views/index.ts";

type Frame = {
  view: View;
  theme: Theme;
  assets: Assets;
  /** The page as it was asked for, with its query. */
  address: string;
};

/** A whole page of the control room. */
export async function page(visit: Visit, { view, theme, assets, address }: Frame, body: Html): Promise<Html> {
  const waiting = await readWaiting(visit);
  return document({
    title: view.title,
    theme,
    assets,
    scripts: html`
      <script defer src="${assets.at("htmx.min.js")}"></script>
      <script defer src="${assets.at("hx-sse.min.js")}"></script>
      <script type="module" src="${assets.at("live.js")}"></script>
      ${view.script && html`<script type="module" src="${assets.at(view.script)}"></script>`}`,
    body: html`
      <a class="skip" href="#main">Skip to the page</a>
      <div class="frame">
        ${navigation(view, waiting)}
        <div class="page ${view.path.slice(1) || "overview"}">
          <header class="top"><h1>${view.title}</h1>${await statusLine(visit, address, waiting)}</header>
          <div id="notice" role="alert"></div>
          <main id="main" tabindex="-1" hx-disable:inherited="findAll button">${body}</main>
        </div>
        ${footer(visit, theme, address)}
      </div>
      <div id="stream" hx-sse:connect="/events?page=${encodeURIComponent(address)}" hx-swap="none" hx-config='{"sse":{"reconnectMaxDelay":5000}}'></div>`,
  });
}

/** A page with one subject and no frame: login, not found, something broke. */
export function notice({
  title,
  body,
  theme,
  assets,
}: {
  title: string;
  body: Html;
  theme: Theme;
  assets: Assets;
}): string {
  return render(
    document({
      title,
      theme,
      assets,
      scripts: html``,
      body: html`<main class="notice"><div class="mark">${RING}<span>KAOS</span></div><h1>${title}</h1>${body}</main>`,
    }),
  );
}

type Document = { title: string; theme: Theme; assets: Assets; scripts: Html; body: Content };

/** `open` is not touched when a fragment is merged: what a person unfolded stays unfolded. History is the browser's own. */
function document({ title, theme, assets, scripts, body }: Document): Html {
  return html`<!doctype html>
<html lang="en" data-theme="${theme !== "auto" && theme}">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content" />
    <meta name="color-scheme" content="light dark" />
    <meta name="htmx-config" content='{"extensions":"sse","history":false,"includeIndicatorCSS":false,"morphIgnore":["data-htmx-powered","open"]}' />
    <title>${title} · KAOS</title>
    <link rel="icon" href="${assets.at("icon.svg")}" type="image/svg+xml" />
    <link rel="stylesheet" href="${assets.at("style.css")}" />
    ${scripts}
  </head>
  <body>${body}</body>
</html>
`;
}

/** What waits for a person, by view. A view that cannot say so must not take the others with it. */
async function readWaiting(visit: Visit): Promise<ReadonlyMap<View, number>> {
  const counts = await Promise.all(
    views.map(async (view) => [view, (await view.waiting?.(visit).catch(() => 0)) ?? 0] as const),
  );
  return new Map(counts.filter(([, number]) => number > 0));
}

function navigation(current: View, waiting: ReadonlyMap<View, number>): Html {
  return live(html`
    <nav id="views" class="nav" aria-label="Views">
      <div class="mark">${RING}<span>KAOS</span></div>
      ${views.map(
        (view) =>
          html`<a href="${view.path}${view.start && `#${view.start}`}" aria-current="${view === current && "page"}">${view.title}${waiting.has(view) && html` <b class="waits">${waiting.get(view)}<span class="sr"> waiting for you</span></b>`}</a>`,
      )}
    </nav>`);
}

/** On every page: who is alive, the money of today, and the one switch that stops it all. */
async function statusLine(
  { ledger, now, settings, csrf, once }: Visit,
  address: string,
  waiting: ReadonlyMap<View, number>,
): Promise<Html> {
  const [roster, spend, pauses] = await Promise.all([
    ledger.agents.roster(),
    once.spent(budgetDay(now).from),
    ledger.controls.active(),
  ]);
  const alive = roster.filter((agent) => agent.alive).length;
  const spent = spend.reduce((sum, { costUsd }) => sum + costUsd, 0);
  const pause = pauses.find(({ scope }) => scope === "swarm");
  const action = pause === undefined ? "pause" : "resume";
  return live(html`
    <div id="status" class="status">
      <span class="lost">not live, connecting …</span><a class="out" href="/login">logged out</a><noscript>not live without JavaScript: load the page again for news</noscript>
      <span class="${alive < roster.length && "short"}">${roster.length === 0 ? "no agent yet" : html`<b class="num">${alive} of ${roster.length}</b> alive`}</span>
      <span><b class="num">${usd(spent)}</b> of ${usd(settings.dailyLimitUsd)} until 00:00 UTC</span>
      ${[...waiting].map(([{ path, title }, number]) => html`<a class="word wait" href="${path}">${number} ${waiting.size > 1 ? html`<span class="sr">wait for you </span>in ${title}` : html`${number === 1 ? "waits" : "wait"} for you<span class="sr"> in ${title}</span>`}</a>`)}
      ${pause && html`<span class="word wait">paused by ${pause.by}</span>`}
      <form method="post" action="/${action}">
        <input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="back" value="${address}" />
        <button class="button ${pause && "main"}">${pause ? "Resume the swarm" : "Pause the swarm"}</button>
      </form>
    </div>`);
}

function footer({ settings, now, csrf }: Visit, theme: Theme, address: string): Html {
  const hidden = html`<input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="back" value="${address}" />`;
  return html`
    <footer class="foot">
      <p>${settings.demo && html`<b class="badge">demo home</b> `}<span class="home">${settings.home}</span></p>
      ${live(html`<p id="uptime">version ${settings.version}<br/>up ${duration(now - settings.startedAt)}</p>`)}
      <form class="themes" method="post" action="/theme" aria-label="Colours">
        ${hidden}${THEMES.map((name) => html`<button name="theme" value="${name}" aria-pressed="${name === theme ? "true" : "false"}">${name}</button>`)}
      </form>
      <form method="post" action="/logout">${hidden}<button class="link">Log out</button></form>
    </footer>`;
}

/** Six dots on a ring: the swarm. */
const RING = html`<svg class="ring" viewBox="0 0 26 26" aria-hidden="true">${[
  "kronos",
  "nexus",
  "lacuna",
  "resonant",
  "keystone",
  "impulse",
].map((name, index) => {
  const angle = (index * Math.PI) / 3 - Math.PI / 2;
  return html`<circle class="${name}" cx="${(13 + 8.6 * Math.cos(angle)).toFixed(1)}" cy="${(13 + 8.6 * Math.sin(angle)).toFixed(1)}" r="3"/>`;
})}</svg>`;
