/** Memory Explorer: the facts of an agent, why a question finds what it finds, where each comes from, the graph, and what is supposed of people. */
import type { Memory, Reader, Recall } from "../../shared/memory/index.ts";
import { type Html, html, live } from "../html.ts";
import { audienceOf, factHref, linked, shortened, standingOf, when, wholeFact } from "../parts/fact.ts";
import { count } from "../parts/figures.ts";
import { graph } from "../parts/graph.ts";
import { orderForm, orderState } from "../parts/memory-order.ts";
import { who } from "../parts/names.ts";
import { supposition } from "../parts/supposition.ts";
import { table } from "../parts/table.ts";
import { empty } from "../parts/word.ts";
import { searchMemory } from "../read/memory.ts";
import { giveOrder, orderIn } from "../read/memory-order.ts";
import type { View, Visit } from "../view.ts";

const FACTS_MAX = 50;
const FOUND_MAX = 20;
const SAID_MAX = 20;
const NAMES_MAX = 24;
const RELATIONS_MAX = 60;
const SHARED_MAX = 20;

export const memory: View = {
  path: "/memory",
  title: "Memory Explorer",
  async render(visit) {
    const { agents, problem } = visit.agents();
    const names = agents.map(({ name }) => name);
    const asked = visit.query.get("agent") ?? "";
    const agent = names.includes(asked) ? asked : (names.find((name) => name === "kronos") ?? names[0] ?? "");
    const question = (visit.query.get("q") ?? "").trim();
    const id = (visit.query.get("fact") ?? "").trim();
    const thread = (visit.query.get("thread") ?? "").trim();
    const person = (visit.query.get("person") ?? "").trim();
    const shown = await visit.memories.with(agent, async (memory) => {
      if (id !== "") return wholeFact(await memory.why(id), { agent, visit });
      const asking = { settings: visit.settings, memory, question, limit: FOUND_MAX };
      const found = question === "" ? undefined : await searchMemory(agent, asking);
      return html`
        ${found && (found.read ? answers(found.result, { agent, question }) : html`<section class="panel"><p class="refusal">${found.because}</p></section>`)}
        ${await facts(memory, { agent, visit })}
        ${await drawn(memory, agent)}
        ${await shared({ agent, visit })}
        ${await suppositions(memory, { agent, person, visit })}
        ${await sessions(memory, { agent, thread, visit })}
        ${reset({ agent, visit })}`;
    });
    return html`
      ${await ordered(visit)}
      <section class="panel">
        <h2>Whose memory</h2>
        ${problem && html`<p class="refusal">${problem}</p>`}
        <form class="form" method="get" action="/memory" aria-label="Search">
          <label>agent <select name="agent">${names.map((name) => html`<option value="${name}" selected="${name === agent}">${name}</option>`)}</select></label>
          <label class="long">question <input name="q" value="${question}" placeholder="as a person would ask it" /></label>
          <button class="button">Search</button>
        </form>
        <p class="soft">You read it as the owner in private: what somebody else told an agent alone is listed among the facts, and never found by a search from here.</p>
      </section>
      ${shown.read ? shown.result : html`<section class="panel">${empty(shown.because)}</section>`}`;
  },
  // A search may ask a paid embedder, and an open memory takes its room: neither is done again for news.
  news: ordered,
  actions: [{ path: "/memory/orders", run: giveOrder }],
};

async function ordered(visit: Visit): Promise<Html> {
  const order = await orderIn(visit);
  return html`${order !== undefined && live(orderState(order))}`;
}

const owner: Reader = { person: "", isOwner: true, room: null };

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
                audienceOf(fact),
                standingOf(fact),
                linked(fact, agent),
              ]),
            })
      }
    </section>`;
}

/** What all agents know of people: each is told it, whoever learned it. */
async function shared({ agent, visit }: Around): Promise<Html> {
  const all = await visit.ledger.sharedFacts.latest(SHARED_MAX);
  return html`
    <section class="panel" id="shared">
      <h2>Shared with all colleagues</h2>
      ${
        all.length === 0
          ? empty(
              "Nothing yet. What a person says of themselves where all may hear it is shared by whoever learns it first.",
            )
          : table({
              label: "Shared facts",
              phone: "cards",
              columns: [
                { head: "since", kind: "num" },
                { head: "shared by" },
                { head: "said by", kind: "minor" },
                { head: "for", kind: "minor" },
                { head: "fact", kind: "wide" },
              ],
              rows: all.map((fact) => [
                when(fact.validFrom, visit),
                who(fact.agent),
                fact.saidBy,
                audienceOf(fact),
                fact.agent === agent
                  ? html`<a href="${factHref(agent, fact.id)}">${shortened(fact.text)}</a>`
                  : shortened(fact.text),
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
      ${threads.length === 0 ? empty("No conversation yet.") : html`<ul class="jobs">${threads.map(({ thread: name, entries, lastAt }) => html`<li><a href="/memory?${new URLSearchParams({ agent, thread: name }).toString()}">${name}</a> <span class="soft">${count(entries, "entry", "entries")}, last ${when(lastAt, visit)}</span></li>`)}</ul>`}
      ${thread !== "" && orderForm({ agent, csrf: visit.csrf, order: "forget thread", says: "Forget this conversation", hidden: { thread }, confirm: thread })}
      ${said.length > 0 && html`<ol aria-label="The last of ${thread}">${said.map(({ by, text, at }) => html`<li>${when(at, visit)} ${by === "agent" ? agent : "a person"}: ${shortened(text)}</li>`)}</ol>`}
    </section>`;
}

async function suppositions({ model }: Memory, { agent, person, visit }: Around & { person: string }): Promise<Html> {
  const people = await model.people();
  const shown = person === "" && people.length === 1 ? (people[0] ?? "") : person;
  const hypotheses = shown === "" ? [] : await model.hypotheses(shown);
  const { csrf } = visit;
  return html`
    <section class="panel" id="model">
      <h2>What is supposed of people</h2>
      ${people.length === 0 ? empty("Nobody has said anything of themselves yet.") : html`<ul>${people.map((name) => html`<li><a href="/memory?${new URLSearchParams({ agent, person: name }).toString()}#model">${name}</a></li>`)}</ul>`}
      ${
        shown !== "" &&
        html`
        <h3>${shown}</h3>
        ${hypotheses.length === 0 ? empty("Nothing is supposed of them yet.") : html`<ol>${hypotheses.map((one) => supposition(one, { agent, csrf }))}</ol>`}
        ${orderForm({ agent, csrf, order: "suppose", says: "Write it down", hidden: { person: shown }, fields: html`<label class="long">in your own words <input name="text" maxlength="500" required /></label>` })}
        ${orderForm({ agent, csrf, order: "forget person", says: "Forget this person", hidden: { person: shown }, confirm: shown })}`
      }
    </section>`;
}

function reset({ agent, visit }: Around): Html {
  return html`
    <section class="panel">
      <h2>Begin anew</h2>
      <p>${agent} forgets everything: facts, conversations, names, what is supposed of people, and what it shared with its colleagues. Nothing brings it back; <code>kaos memory export --agent ${agent}</code> before it keeps a copy.</p>
      ${orderForm({ agent, csrf: visit.csrf, order: "forget everything", says: "Forget everything", confirm: agent })}
    </section>`;
}
