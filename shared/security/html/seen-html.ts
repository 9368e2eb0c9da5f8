/** A page without what a person cannot see of it: still HTML, for whoever makes something else of it. */
import { visible } from "../visible.ts";
import { afterComment, enter, HTML_CHARACTERS_MAX, type Node, stylesIn, subjectsOf } from "./read-html.ts";
import { readSheet, type Subject } from "./sheet.ts";
import { isSeen, type Look, SHOWN } from "./visibility.ts";

/** Of a page's head a person sees the title alone. */
const HEAD = new Set(["head", "title"]);
/** Attributes that say something of what is seen: where a link leads, how a table is laid out, what a part is called. */
const KEPT_ATTRIBUTES = new Set("href id class colspan rowspan start lang dir role".split(" "));

type Frame = { node: Node; look: Look; subject: Subject | undefined };

/**
 * Hidden elements, scripts, comments, meta texts and the attributes that only programs read are gone; `sheets` are the texts of
 * style sheets that the page links to. Time grows with the length of the page; never throws on any text.
 */
export async function seenHtml(html: string, sheets: readonly string[] = []): Promise<string> {
  // The parser is only loaded where there is a page to read.
  const { parse, serialize } = await import("parse5");
  const document = parse(html.slice(0, HTML_CHARACTERS_MAX).toWellFormed());
  const sheet = readSheet([...sheets, ...stylesIn(document)].join("\n"));
  const stack: Frame[] = [{ node: document, look: SHOWN, subject: undefined }];
  for (let frame = stack.pop(); frame !== undefined; frame = stack.pop()) {
    const { node, look, subject } = frame;
    if (!("childNodes" in node)) continue;
    const children = [...node.childNodes];
    const subjects = subjectsOf(children, subject);
    node.childNodes = [];
    for (const [at, child] of children.entries()) {
      if (child.nodeName === "#comment") continue;
      if (child.nodeName === "#text" && "value" in child) {
        if (!isSeen(look)) continue;
        child.value = visible(afterComment(child.value, children[at - 1]));
      } else if ("tagName" in child) {
        const own = subjects[at];
        const inside = HEAD.has(child.tagName) ? look : enter(own, look, sheet);
        if (inside.gone) continue;
        child.attrs = child.attrs.filter(({ name }) => KEPT_ATTRIBUTES.has(name));
        stack.push({ node: child, look: inside, subject: own });
      }
      node.childNodes.push(child as (typeof node.childNodes)[number]);
    }
  }
  return serialize(document);
}
