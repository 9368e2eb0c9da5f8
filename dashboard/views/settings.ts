/** Settings: what is in force and who said so. Gates, models, pauses, budgets, and every variable with its source. */
import type { ApiKey, ReportLine } from "../../shared/config/index.ts";
import { budgetDay, type Pause } from "../../shared/ledger/index.ts";
import { type Html, html, live } from "../html.ts";
import { meter } from "../parts/chart.ts";
import { sentence } from "../parts/exact.ts";
import { exactTime, timeOfDay, usd } from "../parts/figures.ts";
import { gateLine } from "../parts/gate.ts";
import { chain, standings } from "../parts/models.ts";
import { who } from "../parts/names.ts";
import { refused } from "../parts/refused.ts";
import { table } from "../parts/table.ts";
import { empty, time, word } from "../parts/word.ts";
import { readProviders } from "../read/providers.ts";
import type { Answer, View, Visit } from "../view.ts";

export const settings: View = {
  path: "/settings",
  title: "Settings",
  async render(visit) {
    const { configuration, startedAt } = visit.settings;
    return html`
      <p class="soft lead">The processes read their settings when they start: this is what was in force when the control room started, ${time(startedAt, `${timeOfDay(startedAt, visit.now).replace(/\d\d:\d\d$/, "")}${exactTime(startedAt)}`)}. Change them in <code>.env</code> or in <code>policy.yaml</code> of this home, then <code>kaos restart</code>. Only pauses act at once.</p>
      <section class="panel"><h2>Gates</h2><ul class="gates">${configuration.gates.map(gateLine)}</ul></section>
      ${live(html`<section id="pauses" class="panel"><h2>Pauses</h2>${await pauses(visit)}</section>`)}
      ${live(html`<section id="budgets" class="panel"><h2>Budgets until 00:00 UTC</h2>${await budgets(visit)}</section>`)}
      ${live(html`<section id="providers" class="panel"><h2>Models right now</h2>${standings(await readProviders(visit.ledger, visit.now), visit.now)}</section>`)}
      <section class="panel"><h2>Chains</h2>${configuration.chains.map(chain)}</section>
      <section class="panel"><h2>Programs</h2>${programs(visit.settings.apiKeys ?? [])}</section>
      <section id="configuration" class="panel"><h2>Configuration</h2>${variables(configuration.variables)}</section>`;
  },
  actions: [
    { path: "/settings/pauses", run: pause },
    { path: "/settings/resumptions", run: resume },
  ],
};

const SCOPES: readonly Pause["scope"][] = ["swarm", "agent", "job", "tool"];

async function pause(visit: Visit, form: URLSearchParams): Promise<Answer> {
  const name = form.get("name") ?? "";
  const known = await visit.ledger.agents.roster();
  if (!known.some((agent) => agent.name === name)) {
    const because = "Choose an agent of this swarm.";
    return refused(because);
  }
  await visit.ledger.controls.pause({ scope: "agent", name, by: "you", until: null });
  return { kind: "done", next: "/settings#pauses", fragment: await pauses(visit) };
}

async function resume(visit: Visit, form: URLSearchParams): Promise<Answer> {
  const scope = SCOPES.find((one) => one === form.get("scope"));
  if (scope !== undefined) await visit.ledger.controls.resume(scope, form.get("name") ?? "");
  return { kind: "done", next: "/settings#pauses", fragment: await pauses(visit) };
}

async function pauses({ ledger, now, csrf }: Visit): Promise<Html> {
  const [active, roster] = await Promise.all([ledger.controls.active(), ledger.agents.roster()]);
  const free = roster.filter(({ name }) => !active.some((one) => one.scope === "agent" && one.name === name));
  const hidden = html`<input type="hidden" name="csrf" value="${csrf}" />`;
  const rows = active.map(({ scope, name, by, at, until }) => [
    scope === "agent" ? who(name) : scope === "swarm" ? "the whole swarm" : `${scope} ${name}`,
    time(at, timeOfDay(at, now)),
    until === null ? "somebody resumes" : time(until, timeOfDay(until, now)),
    by,
    html`<form method="post" action="/settings/resumptions">${hidden}<input type="hidden" name="scope" value="${scope}" /><input type="hidden" name="name" value="${name}" /><button class="button" aria-label="Resume ${scope} ${name}">Resume</button></form>`,
  ]);
  return html`
    ${
      rows.length === 0
        ? empty(
            "Nothing is paused. A pause acts at once, without a restart: what is being written is not sent any more.",
          )
        : table({
            label: "Pauses in force",
            phone: "cards",
            columns: [
              { head: "paused" },
              { head: "since", kind: "num" },
              { head: "until" },
              { head: "by", kind: "minor" },
              { head: "", says: "resume" },
            ],
            rows,
          })
    }
    ${free.length > 0 && html`<form class="form" method="post" action="/settings/pauses">${hidden}<label>agent <select id="pause-agent" name="name">${free.map(({ name }) => html`<option value="${name}">${name}</option>`)}</select></label><button class="button">Pause this agent</button></form>`}`;
}

/** The limit of the swarm, and of each agent that has one of its own. */
async function budgets({ once, now, settings: own, agents: roster }: Visit): Promise<Html> {
  const sums = await once.spent(budgetDay(now).from);
  const spentBy = (name: string) => sums.find(({ agent }) => agent === name)?.costUsd ?? 0;
  const spent = sums.reduce((sum, { costUsd }) => sum + costUsd, 0);
  const { agents, problem } = roster();
  const limits = agents.filter(({ budgetUsdDaily }) => budgetUsdDaily > 0);
  const row = (name: string | Html, used: number, limit: number, variable: Html) => [
    name,
    usd(used),
    `of ${usd(limit)}`,
    meter(limit === 0 ? 0 : used / limit, `${Math.round(limit === 0 ? 0 : (used / limit) * 100)} percent used`),
    variable,
  ];
  return html`
    ${problem && html`<p class="refusal">${problem}</p>`}
    ${table({
      label: "Budgets",
      phone: "cards",
      columns: [
        { head: "who" },
        { head: "spent", kind: "num" },
        { head: "limit a day", kind: "num" },
        { head: "used", kind: "minor" },
        { head: "said by", kind: "wide" },
      ],
      rows: [
        row("the whole swarm", spent, own.dailyLimitUsd, html`<code>DAILY_LIMIT_USD</code>`),
        ...limits.map(({ name, budgetUsdDaily }) =>
          row(who(name), spentBy(name), budgetUsdDaily, html`<code>budgetUsdDaily</code> in agents/${name}/agent.json`),
        ),
      ],
    })}
    ${limits.length === 0 && html`<p class="soft">No agent has a limit of its own: <code>budgetUsdDaily</code> in its agent.json sets one.</p>`}`;
}

/** Programs that come in with a key: who they are, never the key. */
function programs(keys: readonly ApiKey[]): Html {
  if (keys.length === 0)
    return empty(
      html`<code>/v1</code> and <code>/metrics</code> are closed: no program can talk to an agent here. <code>KAOS_API_KEYS</code> in .env and <code>kaos restart</code> open them for the keys it holds.`,
    );
  return table({
    label: "Programs with a key",
    phone: "cards",
    columns: [{ head: "key" }, { head: "opens", kind: "wide" }],
    rows: keys.map(({ name, scopes }) => [
      html`<code>${name}</code>`,
      scopes.length === 0 ? "every agent and the swarm at /v1" : scopes.join(", "),
    ]),
  });
}

function variables(all: readonly ReportLine[]): Html {
  return table({
    label: "Every variable",
    phone: "cards",
    columns: [{ head: "variable" }, { head: "value" }, { head: "said by" }, { head: "meaning", kind: "wide" }],
    // What somebody set comes first.
    rows: all
      .toSorted((one, other) => Number(one.source === DEFAULT) - Number(other.source === DEFAULT))
      .map(({ name, value, source, meaning, fallback, policy, overruled }) => {
        const set = source !== DEFAULT;
        return [
          html`<code class="pair">${name}</code>`,
          value === "" ? html`<span class="soft">empty</span>` : html`<code>${value}</code>`,
          html`${word(set ? "ok" : "off", source)}${overruled.map((other) => html`<small class="role">not ${other.source}: ${other.value}</small>`)}`,
          html`${sentence(meaning)}${set && fallback !== "" && html` <span class="soft">The default is ${fallback}.</span>`}${policy !== "" && html` <span class="soft">In a policy: <code>${policy}</code>.</span>`}`,
        ];
      }),
  });
}

const DEFAULT = "the default";
