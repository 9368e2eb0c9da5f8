/** Forms to try, add and remove MCP servers, and what came of them. Where a gate is closed, it and its variable stand there instead. */
import type { GateState } from "../../shared/security/index.ts";
import { type Html, html } from "../html.ts";
import type { Checked, Tried, Wanted } from "../read/try-server.ts";
import { exact } from "./exact.ts";
import { count } from "./figures.ts";
import { word } from "./word.ts";

type Managing = {
  csrf: string;
  known: readonly string[];
  added: readonly string[];
  gate: GateState | undefined;
};

export function managing({ csrf, known, added, gate }: Managing): Html {
  const token = html`<input type="hidden" name="csrf" value="${csrf}" />`;
  return html`
    ${known.length > 0 && html`<form class="form" method="post" action="/mcp/probes" hx-post="/mcp/probes" hx-target="#tried">${token}<label>server <select name="name">${known.map((name) => html`<option value="${name}">${name}</option>`)}</select></label><button class="button">Try it now</button></form>`}
    ${gate?.open === true ? adding(token) : html`<p>${word("off", "Adding and removing is blocked.")} ${closed(gate)}</p>`}
    ${gate?.open === true && added.length > 0 && html`<form class="form" method="post" action="/mcp/removals" hx-post="/mcp/removals" hx-target="#tried">${token}<label>added while running <select name="name">${added.map((name) => html`<option value="${name}">${name}</option>`)}</select></label><button class="button">Remove it</button></form>`}
    <div id="tried" aria-live="polite"></div>`;
}

function adding(token: Html): Html {
  return html`<form class="form" method="post" action="/mcp/trials" hx-post="/mcp/trials" hx-target="#tried">${token}
    <label>name <input name="name" required maxlength="31" autocomplete="off" /></label>
    <label class="long">program and arguments, one a line <textarea name="words" rows="3" maxlength="8000" autocomplete="off"></textarea></label>
    <label class="long">or an address <input name="url" maxlength="2000" placeholder="https://" autocomplete="off" /></label>
    <button class="button">Try it, then decide</button></form>`;
}

/** Why an action is blocked, with what opens it. */
export function closed(gate: GateState | undefined): string {
  if (gate === undefined) return "Nobody knows the gate for this, so it stays closed.";
  return `The gate ${gate.name} is closed (${gate.because}); ${gate.variable}=${gate.openWhen} opens it.`;
}

/** A server that is known, as it was found now. */
export function checkedServer({ name, health, because, about, tools }: Checked): Html {
  const tone = health === "ok" ? "ok" : health === "off" ? "off" : "stop";
  return html`<p>${word(tone, health)} <b>${name}</b>: ${because}${about !== "" && html` <span class="soft">(${about})</span>`}</p>
    ${tools.length > 0 && html`<p>${tools.map((tool) => html`<code class="pair">${tool}</code> `)}</p>`}`;
}

/** What a new server says of its tools, every character of it, and the form that keeps it with these and no others. */
export function triedServer({ name, because, about, tools, fingerprint }: Tried, wanted: Wanted, csrf: string): Html {
  return html`
    <p>${word("ok", "It answers")} <b>${name}</b> ${because}${about !== "" && html` <span class="soft">(${about})</span>`}. Nothing is kept yet. This is what agents will read:</p>
    ${tools.map((tool) => html`<details class="more" open><summary>${tool.name}</summary>${exact(tool.description === "" ? "(says nothing of itself)" : tool.description)}</details>`)}
    <form class="form" method="post" action="/mcp/additions" hx-post="/mcp/additions" hx-target="#tried">
      <input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="name" value="${wanted.name}" /><input type="hidden" name="url" value="${wanted.url}" /><input type="hidden" name="words" value="${wanted.words.join("\n")}" /><input type="hidden" name="fingerprint" value="${fingerprint}" />
      <button class="button">Keep it, with ${count(tools.length, "tool")}</button></form>`;
}
