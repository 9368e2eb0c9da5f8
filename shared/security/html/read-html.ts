/** A page as the text that a person sees of it: hidden elements, comments, scripts and attributes left out, and what is seen kept, as far as styles can be read without drawing the page. */
import type { DefaultTreeAdapterTypes } from "parse5";
import { visible } from "../visible.ts";
import { cascade, readDeclarations } from "./declarations.ts";
import { readSheet, type Sheet, type Subject } from "./sheet.ts";
import { isSeen, type Look, lookOf, SHOWN } from "./visibility.ts";

export type Node = DefaultTreeAdapterTypes.Node;

/** What is longer is cut: nobody reads more, and a model even less. */
export const HTML_CHARACTERS_MAX = 2_000_000;

/** Elements whose content no browser shows as text of the page. */
const NEVER_SHOWN = new Set(
  "script style template head title meta link noscript iframe noframes noembed object embed applet audio video canvas datalist rp desc metadata defs annotation annotation-xml progress meter param source track area map".split(
    " ",
  ),
);
/** In these, text that is white on nothing we know stands on a colour of its own. */
const OWN_GROUND = new Set("button input select textarea mark".split(" "));
const BLOCKS = new Set(
  "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol option p pre search section summary table tbody tfoot thead tr ul xmp plaintext listing textarea".split(
    " ",
  ),
);
/** Drawn in a box of their own: without width or height there is nothing. */
const EMPTY_WITHOUT_SIZE = new Set(["svg", "foreignobject"]);
const CELLS = new Set(["td", "th"]);
const AS_WRITTEN = new Set(["pre", "textarea", "xmp", "plaintext", "listing"]);

/** The visible text, lines where the page has lines. Time grows with the length of the page; never throws on any text. */
export async function readHtml(html: string): Promise<string> {
  // The parser is only loaded where there is a page to read.
  const { parse } = await import("parse5");
  const document = parse(html.slice(0, HTML_CHARACTERS_MAX).toWellFormed());
  const sheet = readSheet(stylesIn(document).join("\n"));
  return tidy(visible(textOf(document, sheet)));
}

/** Whether a text is a page or a part of one, rather than words with a `<` among them. */
export function looksLikeHtml(text: string): boolean {
  return /<(?:!doctype|!--|\/?(?:a|b|body|br|button|center|code|dialog|div|em|font|form|h[1-6]|head|html|i|iframe|img|input|li|link|meta|noscript|ol|p|pre|script|section|select|span|strong|style|svg|table|td|template|textarea|title|tr|u|ul|video)(?:[\s/>]|$))|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});/i.test(
    text,
  );
}

type Frame =
  | { node: Node; before: Node | undefined; look: Look; subject: Subject | undefined; asWritten: boolean }
  | { text: string };

/** Walks without recursion: a page may be nested as deeply as its author likes. */
function textOf(document: Node, sheet: Sheet): string {
  const pieces: string[] = [];
  const stack: Frame[] = [{ node: document, before: undefined, look: SHOWN, subject: undefined, asWritten: false }];
  for (let frame = stack.pop(); frame !== undefined; frame = stack.pop()) {
    if ("text" in frame) {
      pieces.push(frame.text);
      continue;
    }
    const { node, before, look, subject, asWritten } = frame;
    if (node.nodeName === "#text" && "value" in node) {
      if (isSeen(look))
        pieces.push(asWritten ? node.value : afterComment(node.value, before).replace(/[^\S\u00a0]+/g, " "));
      continue;
    }
    const inner = "tagName" in node ? enter(subject, look, sheet) : look;
    if (inner.gone || !("childNodes" in node)) continue;
    const name = "tagName" in node ? node.tagName : "";
    if (name === "br") pieces.push("\n");
    if (name === "input" && isSeen(inner)) pieces.push(filledIn(subject));
    const border = BLOCKS.has(name) ? "\n" : CELLS.has(name) ? "\t" : "";
    pieces.push(border);
    stack.push({ text: border });
    const children = node.childNodes;
    const subjects = subjectsOf(children, "tagName" in node ? subject : undefined);
    for (let at = children.length - 1; at >= 0; at--) {
      const child = children[at];
      if (child !== undefined)
        stack.push({
          node: child,
          before: children[at - 1],
          look: inner,
          subject: subjects[at],
          asWritten: asWritten || AS_WRITTEN.has(name),
        });
    }
  }
  return pieces.join("");
}

/** `<!--> … -->` is text to a browser and a comment to most programs and to whoever wrote it: it is no text to us. */
export function afterComment(text: string, before: Node | undefined): string {
  const end = before?.nodeName === "#comment" && "data" in before && before.data === "" ? text.indexOf("-->") : -1;
  return end === -1 ? text : text.slice(end + 3);
}

/** What stands in a field or on a button; nothing for boxes to tick, and for a password. */
function filledIn(subject: Subject | undefined): string {
  const [type, value] = ["type", "value"].map((name) => subject?.attributes.get(name) ?? "");
  return /^(?:|text|search|email|url|tel|number|date|submit|button|reset)$/i.test(type ?? "") ? (value ?? "") : "";
}

/** What selectors ask of these children; undefined for those that are no elements. */
export function subjectsOf(children: readonly Node[], parent: Subject | undefined): (Subject | undefined)[] {
  let previous: Subject | undefined;
  return children.map((child) => {
    if (!("tagName" in child)) return undefined;
    const attributes = new Map(child.attrs.map(({ name, value }) => [name, value]));
    previous = {
      tag: child.tagName.toLowerCase(),
      id: attributes.get("id") ?? "",
      classes: new Set((attributes.get("class") ?? "").split(/\s+/).filter((name) => name !== "")),
      attributes,
      parent,
      previous,
      place: (previous?.place ?? 0) + 1,
    };
    return previous;
  });
}

/** How an element looks inside one that looks like `outer`. */
export function enter(subject: Subject | undefined, outer: Look, sheet: Sheet): Look {
  if (subject === undefined) return outer;
  if (isNeverShown(subject)) return { ...outer, gone: true };
  const style = cascade([
    { normal: new Map(presentation(subject)), important: new Map() },
    ...sheet.declarationsFor(subject),
    readDeclarations(subject.attributes.get("style") ?? ""),
  ]);
  const look = collapsed(subject, lookOf(style, outer));
  return OWN_GROUND.has(subject.tag) && !style.has("background")
    ? { ...look, ground: look.ground === outer.ground ? undefined : look.ground }
    : look;
}

/** A closed `details` shows its summary alone. */
function collapsed({ tag, attributes, parent }: Subject, look: Look): Look {
  if (tag === "details" && !attributes.has("open")) return { ...look, invisible: true };
  return tag === "summary" && parent?.tag === "details" ? { ...look, invisible: false } : look;
}

function isNeverShown({ tag, attributes }: Subject): boolean {
  if (tag === "input" && attributes.get("type")?.toLowerCase() === "hidden") return true;
  if (NEVER_SHOWN.has(tag) || attributes.has("hidden") || attributes.has("popover")) return true;
  if (attributes.get("aria-hidden")?.trim().toLowerCase() === "true") return true;
  if (tag === "dialog") return !attributes.has("open");
  return (
    EMPTY_WITHOUT_SIZE.has(tag) &&
    ["width", "height"].some((side) => Number.parseFloat(attributes.get(side) ?? "1") === 0)
  );
}

/** Attributes that do what a style does: of old HTML and of SVG. */
const AS_STYLE = new Map([
  ["color", "color"],
  ["text", "color"],
  ["bgcolor", "background-color"],
  ["fill", "fill"],
  ["opacity", "opacity"],
  ["fill-opacity", "opacity"],
  ["font-size", "font-size"],
  ["display", "display"],
  ["visibility", "visibility"],
  ["transform", "transform"],
]);

function presentation({ attributes }: Subject): [string, string][] {
  return [...attributes].flatMap(([name, value]) => {
    const property = AS_STYLE.get(name);
    if (property === undefined) return [];
    const bare = value.trim().toLowerCase();
    return [[property, bare === "none" && property === "fill" ? "transparent" : bare]];
  });
}

/** The texts of the style elements of a page, in their order. */
export function stylesIn(document: Node): string[] {
  const found: string[] = [];
  const stack: Node[] = [document];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.nodeName === "style" && "childNodes" in node)
      found.push(node.childNodes.map((child) => ("value" in child ? child.value : "")).join(""));
    else if ("childNodes" in node) for (const child of node.childNodes.toReversed()) stack.push(child);
  }
  return found;
}

/** No spaces at line ends, no empty lines by the dozen. */
function tidy(text: string): string {
  return text
    .replace(/[ \t]+/g, (run) => (run.includes("\t") ? "\t" : " "))
    .replace(/[ \t]*\n[ \t]*/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
