/** Audit Trail: every tool call of every agent as it was written down, to filter, to verify and to take away. */
import { verifyAudit } from "../../shared/audit/index.ts";
import { messageOf } from "../../shared/base/index.ts";
import type { AuditHead } from "../../shared/ledger/index.ts";
import { type Html, html, live } from "../html.ts";
import { CLASSES, callLine } from "../parts/call.ts";
import { latency } from "../parts/figures.ts";
import { who } from "../parts/names.ts";
import { table } from "../parts/table.ts";
import { empty, word } from "../parts/word.ts";
import { agentsWithLogs } from "../read/agents.ts";
import { type CallFilter, type Cursor, exportLines, type Log, readTrail, sessionsIn } from "../read/calls.ts";
import type { Answer, Settings, View, Visit } from "../view.ts";

const CALLS_MAX = 50;

export const audit: View = {
  path: "/audit",
  title: "Audit Trail",
  async render(visit) {
    const agents = agentsWithLogs(visit.settings);
    const asked = readAsked(visit.query, agents);
    return html`
      <section class="panel">
        <h2>Tool calls</h2>
        ${filters(asked, agents, sessionsIn(logsOf(visit.settings, agents, asked.agent)))}
        ${asked.problem && html`<p class="refusal" role="alert">${asked.problem}</p>`}
        ${live(html`<div id="trail">${agents.length === 0 ? nothing() : trail(visit, asked, agents)}</div>`)}
      </section>
      ${agents.length > 0 && chain(visit.csrf)}`;
  },
  actions: [{ path: "/audit/verifications", run: verify }],
  downloads: [
    {
      path: "/audit/export",
      file: "tool_calls.jsonl",
      lines({ query, settings }) {
        const agents = agentsWithLogs(settings);
        const { filter, agent } = readAsked(query, agents);
        return exportLines(logsOf(settings, agents, agent), filter);
      },
    },
  ],
};

/** What the address asks for; `typed` as it was typed, so that the form shows it again. */
type Asked = {
  agent: string;
  filter: CallFilter;
  before: Cursor;
  typed: Record<"agent" | "tool" | "session" | "class" | "turn" | "from" | "to", string>;
  problem: string | undefined;
};

function readAsked(query: URLSearchParams, agents: readonly string[]): Asked {
  const of = (name: string) => (query.get(name) ?? "").trim();
  const typed = {
    agent: of("agent"),
    tool: of("tool"),
    session: of("session"),
    class: of("class"),
    turn: of("turn"),
    from: of("from"),
    to: of("to"),
  };
  const since = typed.from === "" ? undefined : Date.parse(typed.from);
  // The minute that was named belongs to it.
  const until = typed.to === "" ? undefined : Date.parse(typed.to) + 60_000;
  const unread = [since, until].some((at) => Number.isNaN(at));
  const strange = typed.agent !== "" && !agents.includes(typed.agent);
  const filter = {
    ...(typed.tool !== "" && { tool: typed.tool }),
    ...(typed.class !== "" && { class: typed.class }),
    ...(typed.turn !== "" && { turn: typed.turn }),
    ...(typed.session !== "" && { session: typed.session }),
    ...(since !== undefined && !Number.isNaN(since) && { since }),
    ...(until !== undefined && !Number.isNaN(until) && { until }),
  };
  const problem = strange
    ? "There is no log of an agent with this name."
    : unread
      ? "A time is written as 2026-01-31T09:30."
      : undefined;
  return { agent: typed.agent, filter, before: readCursor(of("before")), typed, problem };
}

/** `kronos.120,nexus.44`: below which line of each log the page begins. */
function readCursor(text: string): Cursor {
  return new Map(
    [...text.matchAll(/([a-z][a-z0-9-]{1,30})\.(\d{1,15})/g)].map(([, agent = "", seq]) => [agent, Number(seq)]),
  );
}

function logsOf({ files }: Settings, agents: readonly string[], agent: string): Log[] {
  return agents
    .filter((name) => agent === "" || name === agent)
    .map((name) => ({ agent: name, path: files.agent(name).audit }));
}

function filters({ typed }: Asked, agents: readonly string[], sessions: readonly string[]): Html {
  const choice = (value: string, chosen: string) =>
    html`<option value="${value}" selected="${value === chosen}">${value}</option>`;
  return html`
    <form class="form" method="get" action="/audit" aria-label="Filter">
      <label>agent <select name="agent"><option value="">all</option>${agents.map((name) => choice(name, typed.agent))}</select></label>
      <label>tool <input name="tool" value="${typed.tool}" placeholder="any" autocapitalize="none" spellcheck="false" /></label>
      <label>session <input name="session" value="${typed.session}" placeholder="any" list="sessions" autocapitalize="none" autocomplete="off" spellcheck="false" /></label>
      <datalist id="sessions">${sessions.map((name) => html`<option value="${name}"></option>`)}</datalist>
      <label>ended as <select name="class"><option value="">any</option>${Object.keys(CLASSES).map((name) => choice(name, typed.class))}</select></label>
      ${typed.turn !== "" && html`<label>turn <input name="turn" value="${typed.turn}" autocapitalize="none" spellcheck="false" /></label>`}
      <label>from <input class="time" type="datetime-local" name="from" value="${typed.from}" /></label>
      <label>to <input class="time" type="datetime-local" name="to" value="${typed.to}" /></label>
      <button class="button">Show</button>
      ${Object.values(typed).some((value) => value !== "") && html`<a class="clear" href="/audit">all calls</a>`}
    </form>`;
}

function trail(visit: Visit, { agent, filter, before, typed }: Asked, agents: readonly string[]): Html {
  const { entries, next, failed } = readTrail(logsOf(visit.settings, agents, agent), filter, before, CALLS_MAX);
  const query = new URLSearchParams(Object.entries(typed).filter(([, value]) => value !== ""));
  const older = new URLSearchParams(query);
  older.set("before", [...(next ?? [])].map(([name, seq]) => `${name}.${seq}`).join(","));
  const filtered = query.size > 0;
  const none = filtered
    ? "No call is like that."
    : before.size > 0
      ? "There is nothing before that."
      : "A log is there, and no call is in its index yet. An agent makes the index of its log when it starts.";
  return html`
    ${failed.map(({ agent: name, because }) => html`<p class="refusal">The log of ${name} cannot be read: ${because}</p>`)}
    ${entries.length === 0 ? failed.length === 0 && empty(none) : html`<ol class="calls">${entries.map((entry) => callLine(entry, visit.now))}</ol>`}
    <p class="pages">
      ${before.size > 0 && html`<a href="/audit?${query.toString()}">Newest</a>`}
      ${next && html`<a href="/audit?${older.toString()}">Earlier calls</a>`}
      <a href="/audit/export?${query.toString()}" download>${filtered ? "Export these as JSONL" : "Export all as JSONL"}</a>
    </p>`;
}

/** Reading every log from its first line takes its time: it is done when somebody asks. */
function chain(csrf: string, result?: Html): Html {
  return html`
    <section id="chain" class="panel">
      <h2>Chain</h2>
      <p class="soft">Each line of a log carries the hash of the line before, so a line that was changed, added, moved or removed shows. Secrets were taken out before anything was written.</p>
      <form method="post" action="/audit/verifications" hx-post="/audit/verifications" hx-target="#chain" hx-swap="outerHTML">
        <input type="hidden" name="csrf" value="${csrf}" /><button class="button">Verify every log now</button>
      </form>
      ${result && html`<div role="status">${result}</div>`}
    </section>`;
}

async function verify({ ledger, settings, csrf }: Visit): Promise<Answer> {
  const rows = [];
  const agents = new Set([...agentsWithLogs(settings), ...(await ledger.auditHeads.agents())]);
  for (const { agent, path } of logsOf(settings, [...agents].toSorted(), "")) {
    const startMs = performance.now();
    const { good, says } = await checked(path, await ledger.auditHeads.of(agent));
    const tookMs = performance.now() - startMs;
    rows.push([who(agent), word(good ? "ok" : "stop", good ? "whole" : "broken"), latency(tookMs), says]);
  }
  const columns = [
    { head: "log of" },
    { head: "chain" },
    { head: "took", kind: "num" },
    { head: "what was found", kind: "wide" },
  ] as const;
  const result =
    rows.length === 0 ? nothing() : table({ label: "The chain of each log", phone: "cards", columns, rows });
  return { kind: "shown", fragment: chain(csrf, result) };
}

async function checked(path: string, heads: readonly AuditHead[]): Promise<{ good: boolean; says: string }> {
  try {
    const check = await verifyAudit(path, { heads });
    if (!check.ok)
      return {
        good: false,
        says: `${check.line === 0 ? check.file : `line ${check.line} of ${check.file}`}: ${check.because}`,
      };
    const noted = check.heads === 0 ? "" : `; the ledger knew ${check.heads} of them`;
    const files = check.files === 1 ? "" : ` in ${check.files} files`;
    return { good: true, says: `${check.lines.toLocaleString("en")} lines${files}, each as it was written${noted}` };
  } catch (error) {
    return { good: false, says: messageOf(error) };
  }
}

function nothing(): Html {
  return empty(
    html`No agent has called a tool in this home yet. Ask one for something that needs a tool in the <a href="/room#now">Room</a>, such as “@nexus what is 15 % of 80?”.`,
  );
}
