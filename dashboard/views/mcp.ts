/** MCP Servers: which there are, what each agent's process says of its connection, and what waits for a person. */
import { type Html, html, live } from "../html.ts";
import { exact, fields } from "../parts/exact.ts";
import { count, duration } from "../parts/figures.ts";
import { gateLine } from "../parts/gate.ts";
import { who } from "../parts/names.ts";
import { table } from "../parts/table.ts";
import { empty, type Tone, time, word } from "../parts/word.ts";
import { type McpServer, type McpServers, type Report, readMcpServers, type UsedBy } from "../read/mcp.ts";
import type { View, Visit } from "../view.ts";

const GATES = ["mcp-management", "dynamic-mcp-servers"];

export const mcp: View = {
  path: "/mcp",
  title: "MCP Servers",
  async render(visit) {
    const read = readMcpServers(visit.settings, await visit.ledger.agents.roster());
    return html`
      ${live(html`<div id="servers">${problems(read)}${read.servers.length === 0 ? nothing(read, visit) : read.servers.map((server) => shown(server, visit))}</div>`)}
      <section class="panel">
        <h2>What agents may do with servers</h2>
        <ul class="gates">${visit.settings.configuration.gates.filter(({ name }) => GATES.includes(name)).map(gateLine)}</ul>
      </section>`;
  },
};

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
      ${empty(html`Agents get further tools from MCP servers. Write them into <code>${settings.files.mcp}</code>, in the shape that the servers’ own documentation shows, name them in <code>mcpServers</code> of an agent’s <code>agent.json</code>, then run <code>kaos mcp check</code> and <code>kaos restart</code>.`)}
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
        [link.kind === "stdio" ? "program" : "host", html`<code>${runs}</code>`],
        ["calls", `given up after ${duration(callMs)}`],
        ["idle", idleMs === 0 ? "kept open" : `closed after ${duration(idleMs)} without a call`],
        ["offers", allow !== undefined && `only ${allow.join(", ")}`],
        ["our model", sampling && "the server may ask it for completions, which we pay"],
      ])}
      ${waiting && html`<p>${word("wait", "Some of its tools are new, or others than they were.")} <code>kaos mcp approve ${name}</code> shows them; with <code>--yes</code> agents use them as they are now.</p>`}
      ${usedBy.length === 0 ? empty(html`No agent uses it. Name it in <code>mcpServers</code> of an <code>agent.json</code>, then <code>kaos restart</code>.`) : connections(name, usedBy, now)}
      ${reports.map(({ agent, report }) => tools(name, agent, report))}
      <p class="soft">To try it now: <code>kaos mcp check ${name}</code> starts it, lists its tools and stops it.</p>
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
      { head: "what its agent says", kind: "wide" },
    ],
    rows: usedBy.map((one) => {
      if (one.kind === "unknown") return [who(one.agent), word("off", "unknown"), "", "", "", "", one.because];
      const { report, memoryMiB, outdated } = one;
      const falls = report.falls > 0 ? `; fell ${count(report.falls, "time")} within ten minutes` : "";
      return [
        who(one.agent),
        word(HEALTH[report.health], report.health),
        time(report.sinceMs, duration(now - report.sinceMs)),
        report.tools.length,
        report.pid ?? "–",
        memoryMiB === undefined ? "–" : `${Math.round(memoryMiB)} MiB`,
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
