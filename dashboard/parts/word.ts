/** A state: always a word with a shape, never a colour alone. */
import { type Content, type Html, html } from "../html.ts";

/** ok: a filled circle · wait: a square · stop: a diamond · off: a ring. */
export type Tone = "ok" | "wait" | "stop" | "off";

export function word(tone: Tone, text: string): Html {
  return html`<span class="word ${tone}">${text}</span>`;
}

/** A time, with its exact value for machines and for those who point at it. */
export function time(at: number, text: string): Html {
  return html`<time class="num" datetime="${new Date(at).toISOString()}">${text}</time>`;
}

/** What a view says instead of nothing: that it is empty, and how to fill it. */
export function empty(says: Content): Html {
  return html`<p class="empty">${says}</p>`;
}
