/** A forgiving reader of XML, for feeds alone: no entities of a document's own, no files, no end to its patience with bad markup. */

export type Element = { name: string; attributes: Readonly<Record<string, string>>; children: Element[]; text: string };

/** Elements nested deeper than this are read as siblings: nobody writes feeds like that. */
const DEPTH_MAX = 30;
const TOKEN =
  /<!\[CDATA\[([\s\S]*?)(?:\]\]>|$)|<!--[\s\S]*?(?:-->|$)|<[!?][^>]*>|<(\/?)([A-Za-z_][\w:.-]*)([^<>]*?)(\/?)>|([^<]+)|</g;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** The document as a tree under one nameless root. Names are lower case, without their prefix's case changed. Never throws. */
export function readXml(xml: string): Element {
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const open: Element[] = [root];
  for (const [, cdata, closing, name, attributes = "", empty, text] of xml.matchAll(TOKEN)) {
    const inside = open.at(-1) ?? root;
    if (cdata !== undefined) inside.text += cdata;
    else if (text !== undefined) inside.text += decodeEntities(text);
    else if (name === undefined) continue;
    else if (closing === "/") close(open, name.toLowerCase());
    else {
      const element: Element = {
        name: name.toLowerCase(),
        attributes: attributesOf(attributes),
        children: [],
        text: "",
      };
      inside.children.push(element);
      if (empty !== "/" && open.length < DEPTH_MAX) open.push(element);
    }
  }
  return root;
}

/** Every element of this name below, in the order of the document. */
export function elementsNamed(root: Element, name: string): Element[] {
  return root.children.flatMap((child) => [...(child.name === name ? [child] : []), ...elementsNamed(child, name)]);
}

/** The five of XML and numbers; others stay as they are written. */
export function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos|nbsp));/gi,
    (whole, hex, decimal, named) => {
      if (named !== undefined) return NAMED[String(named).toLowerCase()] ?? whole;
      const code = hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code > 0 && code <= 0x10_ff_ff && (code < 0xd8_00 || code > 0xdf_ff) ? String.fromCodePoint(code) : "";
    },
  );
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/** An end tag closes the nearest element of its name; one that was never opened closes nothing. */
function close(open: Element[], name: string): void {
  const at = open.findLastIndex((element) => element.name === name);
  if (at > 0) open.length = at;
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(ATTRIBUTE)].map(
    ([, name = "", double, single]) => [name.toLowerCase(), decodeEntities(double ?? single ?? "")] as const,
  );
  return Object.fromEntries(pairs);
}
