/** One change that an agent proposes to a skill: what, why, the turns it stands on, what replays showed, and the two answers. */
import { isPersonaPart, PERSONA_FILES, type ProposalStory } from "../../shared/skills/index.ts";
import { type Html, html } from "../html.ts";
import { changed, exact, fields } from "./exact.ts";
import { timeOfDay } from "./figures.ts";
import { who } from "./names.ts";
import { table } from "./table.ts";
import { time, word } from "./word.ts";

type Shown = { agent: string; story: ProposalStory; now: number; csrf: string; refused?: string };

export function proposedChange({ agent, story, now, csrf, refused }: Shown): Html {
  const { id, about, kind, reason, diff, text, evidence, replays, expiresAt, createdAt } = story;
  return html`
    <article id="p-${id}" class="asked" aria-label="Proposal ${id}">
      <header>${who(agent)}<b class="tool">${nameOf(story)}</b><span class="soft">${about === "persona" ? "a change to its persona" : kind === "create" ? "a new skill" : "a change to a skill"} · proposed ${time(createdAt, timeOfDay(createdAt, now))}</span></header>
      ${fields([
        ["why", reason],
        [
          "stands on",
          html`<ul>${evidence.map(({ turn, shows }) => html`<li>“${shows}” <span class="soft">${turn}</span></li>`)}</ul>`,
        ],
        [
          "until",
          expiresAt !== null &&
            html`${time(expiresAt, timeOfDay(expiresAt, now))}: it comes from a failure that may be mended`,
        ],
      ])}
      ${replays.after.length === 0 ? html`<p>${word("wait", "not replayed yet")}</p>` : replayed(story)}
      <details id="diff-${id}" class="more" open="${true}"><summary>What would change</summary>${diff === "" ? exact(text) : changed(diff)}</details>
      ${refused !== undefined && html`<p class="refusal" role="alert">${refused}</p>`}
      <form id="weigh-${id}" class="form" method="post" action="/approvals/proposals" hx-post="/approvals/proposals" hx-target="#p-${id}" hx-swap="outerHTML">
        <input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="proposal" value="${id}" />
        <label class="long">reason, if you decline <input id="why-${id}" name="because" maxlength="300" /></label>
        <button class="button main" name="decision" value="accept">Accept as a new version</button><button class="button" name="decision" value="decline">Decline</button>
      </form>
    </article>`;
}

/** The skill, or the file of the persona. */
export function nameOf({ about, skill }: ProposalStory): string {
  return about === "persona" && isPersonaPart(skill) ? PERSONA_FILES[skill] : skill;
}

/** A change to a persona that is in force, with the button that takes it back. */
export function personaInForce({ agent, story, now, csrf }: Omit<Shown, "refused">): Html {
  const { id, reason, diff, decidedAt, decidedBy } = story;
  return html`
    <article id="v-${id}" class="asked" aria-label="Change ${id} in force">
      <header>${who(agent)}<b class="tool">${nameOf(story)}</b>${word("ok", "in force")}<span class="soft">${decidedAt !== null && time(decidedAt, timeOfDay(decidedAt, now))}, by ${decidedBy}; what runs takes it up with <code>kaos restart ${agent}</code></span></header>
      <p>${reason}</p>
      <details id="was-${id}" class="more"><summary>What was changed</summary>${changed(diff)}</details>
      <form class="form" method="post" action="/approvals/rollbacks" hx-post="/approvals/rollbacks" hx-target="#v-${id}" hx-swap="outerHTML"><input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="proposal" value="${id}" /><button class="button" aria-label="Take back the change ${id}">Take it back</button></form>
    </article>`;
}

function replayed({ id, replays, replayedBy }: ProposalStory): Html {
  const before = new Map(replays.before.map(({ scenario, passed }) => [scenario, passed]));
  const says = (passed: boolean | undefined) =>
    passed === undefined ? "–" : word(passed ? "ok" : "stop", passed ? "passes" : "fails");
  return html`
    ${table({
      label: `Replays of proposal ${id}`,
      phone: "cards",
      columns: [{ head: "replayed" }, { head: "before" }, { head: "after" }, { head: "what it lacks", kind: "wide" }],
      rows: replays.after.map(({ scenario, passed, misses }) => [
        scenario,
        says(before.get(scenario)),
        says(passed),
        misses.join(" "),
      ]),
    })}
    <p class="soft">${replayedBy === "" ? "" : `Answered by ${replayedBy}.`}${replayedBy === "offline" && " The offline model does not follow instructions, so this says little."}</p>`;
}
