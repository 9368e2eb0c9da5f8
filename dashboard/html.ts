/**
 * HTML as a tagged template that cannot be broken by data: every value is escaped, a place where escaping would not
 * be enough is refused, and parts of a page can be marked as live.
 */
import { assert } from "../shared/base/index.ts";
import { type Place, templateOf } from "./places.ts";

// No JSON, no row and no form can carry this symbol, so no data can pass for markup.
const pieces = Symbol("pieces");

/** Finished markup. Only `html`, `trusted` and `live` make it. */
export type Html = { readonly [pieces]: readonly (string | Html)[]; readonly id?: string };

/** What may stand in a hole. Nothing is shown for null, undefined and false; such a value removes the attribute that it alone fills. */
export type Content = string | number | boolean | null | undefined | Html | readonly Content[];

/**
 * Markup with holes. In text a hole takes text, markup or a list of both; inside a quoted attribute it takes text.
 * An address is checked by `href` where it begins. Throws a BrokenPromise for a hole in any other place.
 */
export function html(literals: TemplateStringsArray, ...values: readonly Content[]): Html {
  const { texts, places } = templateOf(literals);
  const out: (string | Html)[] = [];
  let skipQuote = false;
  for (const [index, literal] of texts.entries()) {
    const place = places[index];
    const text = skipQuote ? literal.slice(1) : literal;
    const value = values[index];
    skipQuote = place?.kind === "value" && place.alone && isNothing(value);
    out.push(skipQuote && place?.kind === "value" ? text.slice(0, -place.opening) : text);
    if (place === undefined || skipQuote) continue;
    if (place.kind === "text") out.push(...asText(value));
    else out.push(asValue(place, value));
  }
  return { [pieces]: out };
}

/** Markup that did not come through `html`, such as a renderer's that escapes by itself. Never what a person, a model or a page said. */
export function trusted(markup: string): Html {
  return { [pieces]: [markup] };
}

/**
 * A part of the page that the stream replaces when it changes. Its first tag must begin with its id. What comes and
 * goes does so inside a region; the region itself is always on the page.
 */
export function live(content: Html): Html {
  const id = /^\s*<[a-z]+ id="([\w-]+)"/.exec(firstTag(content))?.[1];
  assert(id !== undefined, "a live region begins with a tag whose first attribute is its id");
  return { [pieces]: [content], id };
}

/** The markup as text. */
export function render(content: Html): string {
  const texts: string[] = [];
  collect(content, texts);
  return texts.join("");
}

/** The live regions directly inside this markup, in the order of the page. */
export function regionsIn(content: Html): Html[] {
  return content[pieces].flatMap((piece) => {
    if (typeof piece === "string") return [];
    return piece.id === undefined ? regionsIn(piece) : [piece];
  });
}

/** The markup with each live region inside it replaced by its id: it changes exactly when the region's own part does. */
export function outline(content: Html): string {
  return content[pieces]
    .map((piece) => {
      if (typeof piece === "string") return piece;
      return piece.id === undefined ? outline(piece) : `\u0000${piece.id}\u0000`;
    })
    .join("");
}

/**
 * An address that is safe to follow: http(s), mailto, tg, a path on this site or a fragment. Everything else, such as
 * `javascript:` or `//elsewhere`, becomes "#".
 */
export function href(address: string): string {
  // Browsers drop control characters from addresses, so "/\t/elsewhere" would leave this site.
  if (/\p{Cc}|\s/u.test(address)) return "#";
  return /^(?:https?:\/\/|mailto:|tg:\/\/|\/(?![/\\])|#|\?)/i.test(address) || address === "/" ? address : "#";
}

function collect(content: Html, texts: string[]): void {
  for (const piece of content[pieces]) {
    if (typeof piece === "string") texts.push(piece);
    else collect(piece, texts);
  }
}

/** What has been read so far, and the markup up to the end of its first tag. */
function firstTag(content: Html, before = ""): string {
  let read = before;
  for (const piece of content[pieces]) {
    read = typeof piece === "string" ? read + piece : firstTag(piece, read);
    if (read.includes(">")) break;
  }
  return read;
}

function asText(value: Content): (string | Html)[] {
  if (isNothing(value)) return [];
  if (Array.isArray(value)) return (value as readonly Content[]).flatMap(asText);
  if (isHtml(value)) return [value];
  assert(typeof value === "string" || typeof value === "number", "only text, numbers and markup can be shown");
  return [escaped(String(value))];
}

function asValue(place: Place & { kind: "value" }, value: Content): string {
  if (isNothing(value) || value === true) return "";
  assert(
    typeof value === "string" || typeof value === "number",
    `only text can stand in the attribute ${place.attribute}`,
  );
  return escaped(place.address ? href(String(value)) : String(value));
}

function isNothing(value: Content): value is null | undefined | false {
  return value === null || value === undefined || value === false;
}

function isHtml(value: Content): value is Html {
  return typeof value === "object" && value !== null && pieces in value;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
