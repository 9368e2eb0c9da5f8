/** One call that waits for a person: what would run, why somebody is asked, whose text led to it, and the two answers. */
import { cut, oneLine } from "../../shared/base/index.ts";
import type { Approval, Message } from "../../shared/ledger/index.ts";
import { type Html, html, live } from "../html.ts";
import { GRANT_DAYS, GRANT_DAYS_MAX, nameable } from "../read/match.ts";
import { argumentsOf, exact, fields } from "./exact.ts";
import { duration, timeOfDay } from "./figures.ts";
import { who } from "./names.ts";
import { time, word } from "./word.ts";

/** A call with the message that it belongs to. */
export type Asked = { approval: Approval; message: Message | undefined };

type Shown = {
  now: number;
  csrf: string;
  /** Why the last try was not taken, and what had been typed. */
  refused?: { because: string; form: URLSearchParams };
};

/** The forms stay as they are while the time runs: only what is left of it is a region of its own. */
export function askedCall({ approval, message }: Asked, { now, csrf, refused }: Shown): Html {
  const { id, agent, tool, because } = approval;
  const written = approval.arguments;
  return live(html`
    <article id="a-${id}" class="asked" aria-label="Call ${id}">
      <header>${who(agent)}<b class="tool">${tool}</b><span class="soft">#${id} · asked ${time(approval.askedAt, timeOfDay(approval.askedAt, now))}</span>${left(approval, now)}</header>
      ${argumentsOf(parsed(written))}
      ${fields([
        ["why you are asked", because],
        ["led to it", influences(approval)],
        ["for", message && html`<a href="/swarm?message=${message.root}">“${cut(oneLine(message.text), 120)}”</a>`],
      ])}
      <details id="json-${id}" class="more"><summary>Arguments as they were written</summary>${exact(written)}</details>
      ${refused && html`<p class="refusal" role="alert" id="refusal-${id}">${refused.because}</p>`}
      <form id="decide-${id}" class="form" method="post" action="/approvals/decisions" hx-post="/approvals/decisions" hx-target="#a-${id}" hx-swap="outerHTML">
        <input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="id" value="${id}" />
        <label class="long">your word: an answer it asks for, or why not <input id="said-${id}" name="said" maxlength="2000" value="${refused?.form.get("said")}" placeholder="what the agent should know" /></label>
        <button class="button ${foreign(approval).length === 0 && "main"}" name="decision" value="allow">Allow this call</button><button class="button" name="decision" value="deny">Deny</button>
      </form>
      ${always(approval, csrf, refused?.form)}
    </article>`);
}

function left({ id, expiresAt }: Approval, now: number): Html {
  return live(
    html`<span id="left-${id}" class="left">${expiresAt > now ? word("wait", `${duration(expiresAt - now)} left`) : word("off", "too late")}</span>`,
  );
}

/** Where somebody else's text led to the call, no answer is the one to press without reading. */
function foreign({ sources }: Approval): Approval["sources"] {
  return sources.filter(({ label }) => label !== "owner" && label !== "allowed");
}

/** Text of people who may tell the agent what to do is named as theirs; everybody else's stands out. */
function influences(approval: Approval): Html {
  const others = foreign(approval);
  if (others.length === 0) return html`only what people said whom the agent may follow`;
  return html`<ul class="foreign">${others.map(({ label, from }) => html`<li>${word("stop", `${WORDS[label] ?? label}: ${from}`)}</li>`)}</ul>`;
}

const WORDS: Readonly<Record<string, string>> = {
  outside: "text from outside",
  stranger: "a stranger",
  peer: "a colleague",
};

function always({ id, tool, agent, arguments: written }: Approval, csrf: string, typed?: URLSearchParams): Html {
  const named = nameable(written);
  if (named === undefined)
    return html`<p class="soft">It cannot be allowed for longer: no argument of it can be named exactly.</p>`;
  return html`
    <details id="always-${id}" class="more" open="${typed?.has("days") === true}">
      <summary>Always allow calls like this</summary>
      <form id="allow-${id}" class="form" method="post" action="/approvals/grants" hx-post="/approvals/grants" hx-target="#a-${id}" hx-swap="outerHTML">
        <input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="id" value="${id}" />
        <p class="soft">${agent} may then call ${tool} without asking when every argument below is so. A value that ends in * takes any ending; an empty field lets the argument be anything. When text of others is in the turn, you are asked all the same.</p>
        ${Object.entries(named).map(([name, value], index) => html`<label class="long">${name} <textarea id="match-${id}-${index}" name="match.${name}" rows="1" spellcheck="false">${`\n${typed?.get(`match.${name}`) ?? value}`}</textarea></label>`)}
        <label>days <input id="days-${id}" name="days" type="number" inputmode="numeric" min="1" max="${GRANT_DAYS_MAX}" step="1" value="${typed?.get("days") ?? GRANT_DAYS}" /></label>
        <button class="button">Allow this call and those like it</button>
      </form>
    </details>`;
}

/** What stands in place of a call that was just decided, until the list itself is sent again. */
export function decidedCall({ id, agent, tool }: Approval, says: string): Html {
  return html`<article id="a-${id}" class="asked" tabindex="-1"><header>${who(agent)}<b class="tool">${tool}</b></header><p role="status">${says}</p></article>`;
}

function parsed(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return written;
  }
}
