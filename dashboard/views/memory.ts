/** Memory Explorer: the facts of an agent, why a question finds what it finds, where each comes from, and the graph. */
import type { Fact, History, Memory, Reader, Recall } from "../../shared/memory/index.ts";
import { type Content, type Html, html } from "../html.ts";
import { exact, fields } from "../parts/exact.ts";
import { count, timeOfDay } from "../parts/figures.ts";
import { graph } from "../parts/graph.ts";
import { table } from "../parts/table.ts";
import { empty, time, word } from "../parts/word.ts";
import { readAgents } from "../read/agents.ts";
import { withMemory } from "../read/memory.ts";
import type { View, Visit } from "../view.ts";

const FACTS_MAX = 50;
const FOUND_MAX = 20;
const SAID_MAX = 20;
const NAMES_MAX = 24;
const RELATIONS_MAX = 60;
const TEXT_MAX = 300;

export const memory: View = {
  path: "/memory",
  title: "Memory Explorer",
  async render(visit) {
    const { agents, problem } = readAgents(visit.settings);
    const names = agents.map(({ name }) => name);
    const asked = visit.query.get("agent") ?? "";
    const agent = names.includes(asked) ? asked : (names.find((name) => name === "kronos") ?? names[0] ?? "");
    const question = (visit.query.get("q") ?? "").trim();
    const id = (visit.query.get("fact") ?? "").trim();
    const thread = (visit.query.get("thread") ?? "").trim();
    const at = { settings: visit.settings, clock: visit.clock, sharedFacts: visit.ledger.sharedFacts };
    const shown = await withMemory(agent, at, async (opened) => {
      if (id !== "") return oneFact(await opened.why(id), { agent, visit });
      const found = question === "" ? undefined : await opened.recall(question, recallOptions);
      return html`
        ${found && answers(found, { agent, question })}
        ${await facts(opened, { agent, visit })}
        ${await drawn(opened, agent)}
        ${await sessions(opened, { agent, thread, visit })}`;
    });
    return html`
      <section class="panel">
        <h2>Whose memory</h2>
        ${problem && html`<p class="refusal">${problem}</p>`}
        <form class="form" method="get" action="/memory" aria-label="Search">
          <label>agent <select name="agent">${names.map((name) => html`<option value="${name}" selected="${name === agent}">${name}</option>`)}</select></label>
          <label>question <input name="q" value="${question}" placeholder="as a person would ask it" /></label>
          <button class="button">Search</button>
        </form>
        <p class="soft">You read it as the owner in private: what somebody else told an agent alone is listed among the facts, and never found by a search from here.</p>
      </section>
      ${shown.read ? shown.result : html`<section class="panel">${empty(shown.because)}</section>`}`;
  },
};

const owner: Reader = { person: "", isOwner: true, room: null };
const recallOptions = { reader: owner, limit: FOUND_MAX, tokensMax: Number.POSITIVE_INFINITY };

type Around = { agent: string; visit: Visit };

function answers({ recollections, missing }: Recall, { agent, question }: { agent: string; question: string }): Html {
  return html`
    <section class="panel" aria-label="Found">
      <h2>What ${agent} would remember for “${question}”</h2>
      ${missing.map(({ layer, because }) => html`<p class="refusal">${layer}: ${because}</p>`)}
      ${
        recollections.length === 0
          ? empty("Nothing that is remembered fits.")
          : table({
              label: "Recollections",
              phone: "cards",
              columns: [
                { head: "score", kind: "num" },
                { head: "place in each layer" },
                { head: "fact", kind: "wide" },
              ],
              rows: recollections.map(({ fact, score, layers, because }) => [
                score.toFixed(2),
                Object.entries(layers)
                  .map(([layer, place]) => `${layer} ${place}.`)
                  .join(", ") || "beside another one",
                html`${linked(fact, agent)}<details id="why-${fact.id}" class="more"><summary>what counted</summary><p>${Object.entries(
                  because,
                )
                  .map(([name, part]) => `${name} ${part.toFixed(2)}`)
                  .join(", ")}</p></details>`,
              ]),
            })
      }
    </section>`;
}

async function facts(opened: Memory, { agent, visit }: Around): Promise<Html> {
  const counts = Object.entries(await opened.facts.count()).filter(([, number]) => number > 0);
  const listed = await opened.facts.list({ limit: FACTS_MAX });
  return html`
    <section class="panel">
      <h2>Facts</h2>
      <p>${counts.map(([standing, number]) => `${number.toLocaleString("en")} ${standing}`).join(", ")}</p>
      ${
        listed.length === 0
          ? empty("Nothing yet. What people say to an agent becomes facts after it has answered.")
          : table({
              label: "The newest facts",
              phone: "cards",
              columns: [
                { head: "since", kind: "num" },
                { head: "kind" },
                { head: "said by" },
                { head: "for", kind: "minor" },
                { head: "state", kind: "minor" },
                { head: "fact", kind: "wide" },
              ],
              rows: listed.map((fact) => [
                when(fact.validFrom, visit),
                fact.kind,
                fact.source.by,
                fact.audience,
                standingOf(fact),
                linked(fact, agent),
              ]),
            })
      }
    </section>`;
}

async function drawn(opened: Memory, agent: string): Promise<Html> {
  return html`
    <section class="panel">
      <h2>Graph</h2>
      ${graph({
        entities: await opened.graph.entities({ reader: owner, limit: NAMES_MAX }),
        relations: await opened.graph.relations({ reader: owner, limit: RELATIONS_MAX }),
        factHref: (fact) => factHref(agent, fact),
      })}
    </section>`;
}

async function sessions(opened: Memory, { agent, thread, visit }: Around & { thread: string }): Promise<Html> {
  const threads = await opened.sessions.threads(SAID_MAX);
  const said = thread === "" ? [] : await opened.sessions.recent(thread, SAID_MAX);
  return html`
    <section class="panel">
      <h2>Sessions</h2>
      ${threads.length === 0 ? empty("No conversation yet.") : html`<ul>${threads.map(({ thread: name, entries, lastAt }) => html`<li><a href="/memory?${new URLSearchParams({ agent, thread: name }).toString()}">${name}</a> ${count(entries, "entry", "entries")}, last ${when(lastAt, visit)}</li>`)}</ul>`}
      ${said.length > 0 && html`<ol aria-label="The last of ${thread}">${said.map(({ by, text, at }) => html`<li>${when(at, visit)} ${by === "agent" ? agent : "a person"}: ${cut(text)}</li>`)}</ol>`}
    </section>`;
}

function oneFact(history: History | undefined, { agent, visit }: Around): Html {
  const back = html`<p><a href="/memory?${new URLSearchParams({ agent }).toString()}">All facts of ${agent}</a></p>`;
  if (history === undefined)
    return html`<section class="panel">${empty("There is no fact of this id; it may have been forgotten.")}${back}</section>`;
  const { fact, sources, drawnFrom, drawnInto, nights, entities } = history;
  const others = (list: readonly Fact[]): Content =>
    list.length > 0 && html`<ul>${list.map((one) => html`<li>${linked(one, agent)}</li>`)}</ul>`;
  return html`
    <section class="panel" aria-label="Fact ${fact.id}">
      <h2>${fact.id} ${standingOf(fact)}</h2>
      ${exact(fact.text)}
      ${fields([
        ["kind", fact.kind],
        ["about", fact.subject],
        ["may be told to", fact.audience],
        ["stands on the words of", fact.origin],
        ["confidence", fact.confidence.toFixed(2)],
        ["holds since", when(fact.validFrom, visit)],
        ["until", fact.validTo !== null && when(fact.validTo, visit)],
        ["learned", when(fact.learnedAt, visit)],
        ["used", count(fact.uses, "time")],
        ["last", when(fact.usedAt, visit)],
        [
          "successor",
          fact.successor !== null && html`<a href="${factHref(agent, fact.successor)}">${fact.successor}</a>`,
        ],
        ["speaks of", entities.join(", ")],
        [
          "sources",
          html`<ul>${sources.map(({ by, at, message, quote }) => html`<li>${by}, ${when(at, visit)}${message !== null && html`, message ${message}`}${quote !== null && html`: “${cut(quote)}”`}</li>`)}</ul>`,
        ],
        ["drawn from", others(drawnFrom)],
        ["led to", others(drawnInto)],
        [
          "nights",
          nights.length > 0 &&
            html`<ul>${nights.map(({ night, at, step, before, undone }) => html`<li>night ${night}, ${when(at, visit)}: ${step}; before it was ${before}${undone && ", undone since"}</li>`)}</ul>`,
        ],
      ])}
      <p>To forget it, with all that was drawn from it, in every layer: <code>kaos memory forget ${fact.id} --agent ${agent} --yes</code>. It searches again afterwards and prints a receipt; nothing brings it back.</p>
      ${back}
    </section>`;
}

function linked(fact: Fact, agent: string): Html {
  return html`<a href="${factHref(agent, fact.id)}">${cut(fact.text)}</a>`;
}

function factHref(agent: string, fact: string): string {
  return `/memory?${new URLSearchParams({ agent, fact }).toString()}`;
}

function standingOf({ standing, validTo }: Fact): Html {
  if (standing === "active" && validTo !== null) return word("off", "ended");
  return word(standing === "active" ? "ok" : standing === "quarantined" ? "stop" : "off", standing);
}

function when(at: number, { now }: Visit): Html {
  return time(at, timeOfDay(at, now));
}

function cut(text: string): string {
  return text.length <= TEXT_MAX ? text || "(no text)" : `${text.slice(0, TEXT_MAX)}…`;
}
