/** MCP Servers: which there are, what each agent's process says of its connection, and what waits for a person. */
import type { GateState } from "../../shared/security/index.ts";
import { type Html, html, live } from "../html.ts";
import { exact, fields } from "../parts/exact.ts";
import { count, duration } from "../parts/figures.ts";
import { gateLine } from "../parts/gate.ts";
import { checkedServer, closed, managing, triedServer } from "../parts/manage-servers.ts";
import { who } from "../parts/names.ts";
import { refused } from "../parts/refused.ts";
import { table } from "../parts/table.ts";
import { empty, type Tone, time, word } from "../parts/word.ts";
import { type McpServer, type McpServers, type Report, readMcpServers, type UsedBy } from "../read/mcp.ts";
import { checkServer, removeServer, tryServer, type Wanted } from "../read/try-server.ts";
import type { Answer, View, Visit } from "../view.ts";

const GATES = ["mcp-management", "dynamic-mcp-servers"];

export const mcp: View = {
  path: "/mcp",
  title: "MCP Servers",
  async render(visit) {
    const read = readMcpServers(visit.settings, visit.agents(), await visit.ledger.agents.roster());
    return html`
      ${live(html`<div id="servers">${problems(read)}${read.servers.length === 0 ? nothing(read, visit) : read.servers.map((server) => shown(server, visit))}</div>`)}
      <section class="panel" id="managing">
        <h2>Try, add and remove</h2>
        ${managing({ csrf: visit.csrf, known: namesOf(read), added: namesOf(read, true), gate: managementOf(visit) })}
      </section>
      <section class="panel">
        <h2>What may be done with servers while agents run</h2>
        <ul class="gates">${visit.settings.configuration.gates.filter(({ name }) => GATES.includes(name)).map(gateLine)}</ul>
      </section>`;
  },
  actions: [
    { path: "/mcp/probes", run: probe },
    { path: "/mcp/trials", run: trial },
    { path: "/mcp/additions", run: add },
    { path: "/mcp/removals", run: remove },
  ],
};

function namesOf({ servers }: McpServers, onlyAdded = false): string[] {
  return servers.filter(({ config }) => !onlyAdded || config.added !== undefined).map(({ config }) => config.name);
}

function managementOf({ settings }: Visit): GateState | undefined {
  return settings.configuration.gates.find(({ name }) => name === "mcp-management");
}

async function probe(visit: Visit, form: URLSearchParams): Promise<Answer> {
  const name = form.get("name") ?? "";
  const read = readMcpServers(visit.settings, visit.agents(), await visit.ledger.agents.roster());
  if (!namesOf(read).includes(name)) return refused("There is no such server.");
  const checked = await checkServer(visit.settings.kaos, name);
  if (!checked.found) return refused(checked.because);
  return { kind: "shown", fragment: checkedServer(checked.what) };
}

async function trial(visit: Visit, form: URLSearchParams): Promise<Answer> {
  const wanted = wantedOf(visit, form);
  if (typeof wanted === "string") return refused(wanted);
  const tried = await tryServer(visit.settings.kaos, wanted);
  if (!tried.found) return refused(tried.because);
  return { kind: "shown", fragment: triedServer(tried.what, wanted, visit.csrf) };
}

async function add(visit: Visit, form: URLSearchParams): Promise<Answer> {
  const wanted = wantedOf(visit, form);
  if (typeof wanted === "string") return refused(wanted);
  const fingerprint = form.get("fingerprint") ?? "";
  if (!/^[0-9a-f]{32}$/.test(fingerprint))
    return refused("Try the server first: what it says of its tools is shown then.");
  const kept = await tryServer(visit.settings.kaos, wanted, fingerprint);
  if (!kept.found) return refused(kept.because);
  const use = visit.settings.configuration.gates.find(({ name }) => name === "dynamic-mcp-servers");
  const says = use?.open === true ? "Agents that run have it within seconds." : `It is not used: ${closed(use)}`;
  return { kind: "done", next: "/mcp", fragment: html`<p>${word("ok", "kept")} <b>${wanted.name}</b>. ${says}</p>` };
}

async function remove(visit: Visit, form: URLSearchParams): Promise<Answer> {
  const gate = managementOf(visit);
  if (gate?.open !== true) return refused(closed(gate));
  const name = form.get("name") ?? "";
  const because = await removeServer(visit.settings.kaos, name);
  if (because !== undefined) return refused(because);
  return { kind: "done", next: "/mcp", fragment: html`<p>${word("off", "removed")} <b>${name}</b>.</p>` };
}

/** What the form asks for, or why that cannot be. The command line checks the rest, as it does for a person at a terminal. */
function wantedOf(visit: Visit, form: URLSearchParams): Wanted | string {
  const gate = managementOf(visit);
  if (gate?.open !== true) return closed(gate);
  const text = (name: string) => (form.get(name) ?? "").trim();
  const words = text("words")
    .split(/\r?\n/)
    .map((word) => word.trim())
    .filter((word) => word !== "");
  const [name, url] = [text("name"), text("url")];
  if (name === "") return "Give the server a name.";
  if ((words.length === 0) === (url === "")) return "A server is a program or an address: fill in one of the two.";
  return { name, words, url };
}

function problems({ problems: all, unknown }: McpServers): Html {
  const sentences = [
    ...all,
    ...unknown.map(
      ({ agent, server }) => `${agent} asks for the server “${server}”, and mcp.json has none of this name.`,
    ),
  ];
  return html`${sentences.map((sentence) => html`<p class="panel refusal">${sentence}</p>`)}`;
}

function nothing({ problems: all }: McpServers, { settings }: Visit): Html {
  if (all.length > 0) return html``;
  return html`
    <section class="panel">
      <h2>No server yet</h2>
      ${empty(html`Agents get further tools from MCP servers. Write them into <code>${settings.files.mcp}</code>, in the shape that the servers’ own documentation shows, or let <code>kaos mcp add</code> try one and do so. Name them in <code>mcpServers</code> of an agent’s <code>agent.json</code>, then <code>kaos restart</code>.`)}
      ${exact(EXAMPLE)}
    </section>`;
}

const EXAMPLE = `{ "mcpServers": {
    "files": { "command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "/srv/notes"] } } }`;

function shown({ config, runs, usedBy }: McpServer, { now }: Visit): Html {
  const { name, link, enabled, missing, sampling, idleMs, callMs, allow } = config;
  const off = enabled ? missing.map((variable) => `${variable} is not set`).join(", ") : "switched off in mcp.json";
  const reports = usedBy.flatMap((one) => (one.kind === "reported" ? [{ agent: one.agent, report: one.report }] : []));
  const waiting = reports.some(({ report }) =>
    report.withheld.some(({ because }) => because === "new" || because === "changed"),
  );
  return html`
    <section class="panel" aria-label="Server ${name}">
      <h2>${name} ${off !== "" && word("off", off)}</h2>
      ${fields([
        ["added by", config.added && `${config.added.by}, while agents were running`],
        [link.kind === "stdio" ? "program" : "host", html`<code>${runs}</code>`],
        ["calls", `given up after ${duration(callMs)}`],
        ["idle", idleMs === 0 ? "kept open" : `closed after ${duration(idleMs)} without a call`],
        ["offers", allow !== undefined && `only ${allow.join(", ")}`],
        ["our model", sampling && "the server may ask it for completions, which we pay"],
      ])}
      ${waiting && html`<p>${word("wait", "Some of its tools are new, or others than they were.")} <code>kaos mcp approve ${name}</code> shows them; with <code>--yes</code> agents use them as they are now.</p>`}
      ${usedBy.length === 0 ? empty(html`No agent uses it. Name it in <code>mcpServers</code> of an <code>agent.json</code>, then <code>kaos restart</code>.`) : connections(name, usedBy, now)}
      ${reports.map(({ agent, report }) => tools(name, agent, report))}
    </section>`;
}

const HEALTH: Readonly<Record<Report["health"], Tone>> = { ok: "ok", broken: "stop", off: "off" };

function connections(server: string, usedBy: readonly UsedBy[], now: number): Html {
  return table({
    label: `Who uses ${server}`,
    phone: "cards",
    columns: [
      { head: "agent" },
      { head: "state" },
      { head: "for", kind: "num" },
      { head: "tools", kind: "minor num" },
      { head: "process", kind: "minor num" },
      { head: "memory", kind: "num" },
      { head: "restarts", kind: "minor num" },
      { head: "what its agent says", kind: "wide" },
    ],
    rows: usedBy.map((one) => {
      if (one.kind === "unknown") return [who(one.agent), word("off", "unknown"), "", "", "", "", "", one.because];
      const { report, memoryMiB, outdated } = one;
      const falls = report.falls > 0 ? `; fell ${count(report.falls, "time")} within ten minutes` : "";
      return [
        who(one.agent),
        word(HEALTH[report.health], report.health),
        time(report.sinceMs, duration(now - report.sinceMs)),
        report.tools.length,
        report.pid ?? "–",
        memoryMiB === undefined ? "–" : `${Math.round(memoryMiB)} MiB`,
        Math.max(0, report.starts - 1),
        html`${report.because}${falls}${report.about !== "" && html` <span class="soft">(${report.about})</span>`}${outdated && html`<small class="role">mcp.json was changed since; <code>kaos restart ${one.agent}</code> makes it count</small>`}`,
      ];
    }),
  });
}

function tools(server: string, agent: string, { tools: offered, withheld }: Report): Html {
  if (offered.length + withheld.length === 0) return html``;
  return html`
    <details id="tools-${server}-${agent}" class="more">
      <summary>${count(offered.length, "tool")} for ${agent}${withheld.length > 0 && `, ${withheld.length} withheld`}</summary>
      <p>${offered.map((name) => html`<code class="pair">${name}</code> `)}</p>
      ${withheld.length > 0 && html`<p>Withheld: ${withheld.map(({ tool, because }) => html`<code class="pair">${tool}</code> ${because} `)}</p>`}
    </details>`;
}
