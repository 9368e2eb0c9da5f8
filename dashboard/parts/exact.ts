/** Text that a person decides by: every character of it, those that nobody sees too, and values by their names. */
import { visible } from "../../shared/security/index.ts";
import { type Content, type Html, html } from "../html.ts";

/** The text as it is. Where it hides characters without a shape, each is shown by its number. */
export function exact(text: string): Html {
  return html`<pre class="exact">${visible(text) === text ? text : uncovered(text)}</pre>`;
}

/** A change line by line: what goes and what comes stands out by its sign and by its colour. */
export function changed(diff: string): Html {
  return html`<pre class="exact diff">${diff.split("\n").map((line, index) => {
    const kind = line.startsWith("+") ? "comes" : line.startsWith("-") ? "goes" : undefined;
    return html`${index > 0 && "\n"}<span class="${kind}">${uncovered(line)}</span>`;
  })}</pre>`;
}

/** What a call was asked with: its arguments by name, or the text itself where it is no object. */
export function argumentsOf(value: unknown): Html {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return exact(textOf(value));
  const named = Object.entries(value);
  if (named.length === 0) return html`<p class="soft">without arguments</p>`;
  return fields(named.map(([name, part]) => [uncovered(name), exact(textOf(part))]));
}

/** Names with their values, one below the other. What has no value is left out. */
export function fields(rows: readonly (readonly [Content, Content])[]): Html {
  const shown = rows.filter(([, value]) => value !== undefined && value !== false && value !== "");
  return html`<dl class="fields">${shown.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** JSON as a person reads it; a text without its quotes. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value, undefined, 2) ?? "");
}

function uncovered(text: string): Content {
  if (visible(text) === text) return text;
  return [...text].map((character) =>
    visible(character) === character
      ? character
      : html`<mark>U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}</mark>`,
  );
}

/** One of our own sentences, with what stands between backticks as code. */
export function sentence(text: string): Html {
  return html`${text.split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
