/** Skills: what each agent knows how to do, what it costs and how it fares; drafts with what was found in them; on, off, back, packs. */
import {
  bundleOf,
  type Done,
  type Finding,
  LINE_TOKENS_MAX,
  type Shelf,
  type SkillFigures,
} from "../../shared/skills/index.ts";
import { type Html, html, live } from "../html.ts";
import { exact } from "../parts/exact.ts";
import { count } from "../parts/figures.ts";
import { who } from "../parts/names.ts";
import { refused } from "../parts/refused.ts";
import { table } from "../parts/table.ts";
import { empty, type Tone, word } from "../parts/word.ts";
import { type AgentSkills, isDraft, readSkills, type SkillShown } from "../read/skills.ts";
import type { Answer, View, Visit } from "../view.ts";

export const skills: View = {
  path: "/skills",
  title: "Skills",
  async render(visit) {
    const all = await readSkills(visit.desks);
    return html`
      ${live(html`<div id="skills">${all.length === 0 ? nobody() : all.map((one) => ofAgent(one, visit))}</div>`)}
      <section class="panel" id="packs"><h2>Packs</h2>${packs(all, visit)}</section>`;
  },
  waiting: async ({ drafts }) => drafts.count(),
  actions: [
    { path: "/skills/states", run: setState },
    { path: "/skills/packs", run: installPack },
  ],
};

const STATES: Readonly<Record<string, Tone>> = {
  active: "ok",
  draft: "wait",
  off: "off",
  changed: "stop",
  bad: "stop",
};

function nobody(): Html {
  return html`<section class="panel">${empty("There is no agent whose skills could be shown.")}</section>`;
}

function ofAgent({ agent, catalogue, skills: all, problem }: AgentSkills, visit: Visit): Html {
  const { shown, withheld, tokens } = catalogue;
  const average = shown.length === 0 ? 0 : Math.round(tokens / shown.length);
  return html`
    <section class="panel" id="skills-${agent}" aria-label="Skills of ${agent}">
      <h2>${who(agent)}</h2>
      ${problem && html`<p class="refusal">How its skills fare is not known: ${problem}</p>`}
      ${
        all.length === 0
          ? empty(
              html`${agent} has no skills. Install a pack below, list some in its <code>agent.json</code>, or fetch one with <code>kaos skills install</code>.`,
            )
          : html`<p class="soft">${count(shown.length, "skill")} in every prompt of ${agent}: ${count(tokens, "token")}, ${average} each on average; at most ${LINE_TOKENS_MAX} each.</p>`
      }
      ${withheld.length > 0 && html`<p>${word("wait", `Told by name only, because the catalogue is full: ${withheld.join(", ")}`)}</p>`}
      ${all.length > 0 && list(agent, all, visit)}
      ${all.filter(({ listed }) => isDraft(listed.state) || listed.state === "bad").map((one) => toLookAt(agent, one))}
    </section>`;
}

function list(agent: string, all: readonly SkillShown[], visit: Visit): Html {
  return table({
    label: `Skills of ${agent}`,
    phone: "cards",
    columns: [
      { head: "skill" },
      { head: "state" },
      { head: "cost", kind: "num" },
      { head: "use" },
      { head: "what for", kind: "wide" },
      { head: "", says: "change" },
    ],
    rows: all.map(({ listed, tokens, figures }) => [
      html`<b>${listed.name}</b><small class="role">${listed.from}</small>`,
      word(STATES[listed.state] ?? "off", listed.state),
      tokens === undefined ? "–" : count(tokens, "token"),
      html`<span class="soft">${figures === undefined ? "not offered yet" : usedOf(figures)}</span>`,
      listed.description,
      buttons(agent, listed, visit),
    ]),
  });
}

/** Followed: loaded, and the turn came to an answer. */
function usedOf({ offered, loaded, followed, corrected }: SkillFigures): string {
  return `loaded in ${loaded} of ${count(offered, "turn")}, followed in ${followed}, corrected after ${corrected}`;
}

function buttons(agent: string, { directory, state, from, skill }: SkillShown["listed"], { csrf }: Visit): Html {
  if (state === "bad") return html``;
  const acts = [
    state === "active"
      ? (["disable", "Switch off"] as const)
      : (["enable", state === "off" ? "Switch on" : "Approve"] as const),
    ...(from.startsWith("pack:") || state === "draft" ? [] : [["rollback", "Back one version"] as const]),
  ];
  return html`<form class="form" method="post" action="/skills/states" hx-post="/skills/states" hx-target="#skills-${agent}" hx-swap="outerHTML"><input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="agent" value="${agent}" /><input type="hidden" name="skill" value="${directory}" /><input type="hidden" name="hash" value="${skill?.hash ?? ""}" />${acts.map(([act, label]) => html`<button class="button" name="act" value="${act}" aria-label="${label}: ${directory} of ${agent}">${label}</button>`)}</form>`;
}

/** A draft is read before it is approved: what was found in it first, then every character of its protocol. */
function toLookAt(agent: string, { listed }: SkillShown): Html {
  const { directory, because, findings, references, skill, warnings } = listed;
  return html`
    <details id="look-${agent}-${directory}" class="more">
      <summary>${directory}: ${because}</summary>
      ${findings.length > 0 && found(directory, findings)}
      ${warnings.map((warning) => html`<p class="soft">${warning}</p>`)}
      ${skill !== undefined && exact(skill.body)}
      ${references.length > 0 && html`<p class="soft">Its other files, in <code>${skill?.folder}</code>: ${references.join(", ")}</p>`}
    </details>`;
}

function found(directory: string, findings: readonly Finding[]): Html {
  return table({
    label: `What was found in ${directory}`,
    phone: "cards",
    columns: [{ head: "kind" }, { head: "where" }, { head: "what", kind: "wide" }],
    rows: findings.map(({ kind, file, line, because }) => [
      word("stop", kind),
      html`<code>${line > 0 ? `${file}:${line}` : file}</code>`,
      because,
    ]),
  });
}

function packs(all: readonly AgentSkills[], visit: Visit): Html {
  const { csrf } = visit;
  return html`${visit.packs().map(
    ({ name, description, skills: inside }) => html`
      <article class="asked pack" aria-label="Pack ${name}">
        <header><b class="tool">${name}</b><span class="soft">${inside.map(({ directory }) => directory).join(", ")}</span></header>
        <p>${description}</p>
        <form class="form" method="post" action="/skills/packs" hx-post="/skills/packs" hx-target="find [role=status]">
          <input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="pack" value="${name}" />
          <label>for <select id="agent-${name}" name="agent">${all.map(({ agent }) => html`<option value="${agent}">${agent}</option>`)}</select></label>
          <button class="button" aria-label="Install the pack ${name}">Install</button><span role="status"></span>
        </form>
      </article>`,
  )}`;
}

async function setState(visit: Visit, form: URLSearchParams): Promise<Answer> {
  const [agent, directory] = [form.get("agent") ?? "", form.get("skill") ?? ""];
  const owner = visit.desks.all().find((one) => one.agent === agent);
  const there = owner?.skills.list().some((one) => one.directory === directory && one.state !== "bad");
  if (owner === undefined || there !== true) return refused(`${agent || "This agent"} has no such skill.`);
  const done = act(owner.shelf, form, directory);
  if (!done.done) return refused(done.because);
  const now = (await readSkills(visit.desks)).find((one) => one.agent === agent);
  return {
    kind: "done",
    next: `/skills#skills-${agent}`,
    fragment: now === undefined ? html`<p role="status">${done.because}</p>` : ofAgent(now, visit),
  };
}

/** A yes is to the bytes that stood on the page, whatever lies there by now. */
function act(shelf: Shelf, form: URLSearchParams, directory: string): Done {
  const name = form.get("act");
  if (name === "enable") return shelf.enable(directory, form.get("hash") ?? "");
  if (name === "disable" || name === "rollback") return shelf[name](directory);
  return { done: false, because: "Press one of the buttons." };
}

async function installPack({ desks, packs: known }: Visit, form: URLSearchParams): Promise<Answer> {
  const agent = form.get("agent") ?? "";
  const pack = known().find(({ name }) => name === form.get("pack"));
  const shelf = desks.all().find((one) => one.agent === agent)?.shelf;
  if (pack === undefined || shelf === undefined) return refused("There is no such pack, or no such agent.");
  const how = { state: "active", findings: [], force: false, because: `pack ${pack.name}` } as const;
  const put = pack.skills.map((skill) =>
    skill.readable
      ? shelf.put(bundleOf(skill, `pack:${pack.name}`), how)
      : { put: false as const, because: skill.because },
  );
  const fresh = put.filter((one) => one.put).length;
  if (fresh === 0) return refused(`${agent} has the skills of ${pack.name} already.`);
  return {
    kind: "done",
    next: `/skills#skills-${agent}`,
    fragment: html`<span class="soft">${agent} has ${count(fresh, "new skill")}. They stand above when this page is loaded again.</span>`,
  };
}
