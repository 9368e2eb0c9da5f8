/** One message of a room, and one answer that is still being written. */
import { cut, oneLine } from "../../shared/base/index.ts";
import { type Html, html, live } from "../html.ts";
import type { Said, Writing } from "../read/talk.ts";
import { exactTime, timeOfDay } from "./figures.ts";
import { hueOf, who } from "./names.ts";
import { markdown, plain } from "./prose.ts";

export function said(
  { message, by, about }: Said,
  { now, decision }: { now: number; decision: Html | undefined },
): Html {
  const { seq, sender, text, saidAt, editedAt, deletedAt } = message;
  const agent = sender.kind === "agent";
  const notes = [
    about && `on “${cut(oneLine(about.text), 60)}”`,
    editedAt !== null && "edited",
    by && `written by ${by === "offline" ? "the offline model" : by}`,
  ];
  const shown = notes.filter((note) => typeof note === "string").join(" · ");
  return live(html`
    <article id="m-${seq}" class="say ${agent ? `reply ${hueOf(sender.name)}` : "person"}">
      <div class="by">${agent ? who(sender.name) : html`<b class="who">${sender.name}</b>`}<a class="when" href="/swarm?message=${message.root}"><time datetime="${new Date(saidAt).toISOString()}" title="${exactTime(saidAt)}">${timeOfDay(saidAt, now)}</time></a></div>
      <div class="body">
        ${deletedAt !== null ? html`<p class="soft">took this message back</p>` : html`<div class="prose">${agent ? markdown(text) : plain(text)}</div>`}
        ${shown !== "" && html`<p class="re">${shown}</p>`}
        ${decision}
      </div>
    </article>`);
}

/** Busy, so that a screen reader waits for the end. */
export function writing({ claim, agent, text, sending }: Writing): Html {
  return live(html`
    <article id="w-${claim}" class="say reply ${hueOf(agent)} ${sending ? "sending" : "writing"}" aria-busy="true">
      <div class="by">${who(agent)}<span class="when">${sending ? "sending" : text === "" ? "thinking" : "writing"}</span></div>
      <div class="body"><div class="prose">${text === "" ? html`<p></p>` : markdown(text)}</div></div>
    </article>`);
}
