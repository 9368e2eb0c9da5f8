/** Where the holes of an HTML template are, and the refusal of every place where escaping a value is not enough. */
import { assert } from "../shared/base/index.ts";

/** What surrounds one hole of a template. */
export type Place =
  | { kind: "text" }
  | {
      kind: "value";
      attribute: string;
      /** An address begins with this hole. */
      address: boolean;
      /** The hole is the whole value; `opening` is how many characters before it belong to the attribute. */
      alone: boolean;
      opening: number;
    };

/** Attributes that hold an address somebody follows or fetches. */
const ADDRESSES =
  /^(?:href|src|action|formaction|poster|cite|data|xlink:href|hx-(?:get|post|put|patch|delete|query|action|sse:connect))$/;
/** Attributes whose value a browser or htmx may run, or that would need more than escaping. */
const NEVER = /^(?:on.*|style|srcdoc|srcset|http-equiv|hx-(?:on.*|vals|headers|trigger|confirm|config|swap|vars))$/;
/** Elements whose content is no markup: escaping means nothing there. */
const RAW = new Set(["script", "style", "noscript", "iframe", "template", "xmp", "plaintext"]);

/** A template as it is sent: its literals without the indentation of our own files, and one place a hole. */
export type Template = { texts: readonly string[]; places: readonly Place[] };

/** Reads the literals of a template. Throws a BrokenPromise for holes in tag names, attribute names, bare values, scripts, styles and comments. */
export function templateOf(literals: TemplateStringsArray): Template {
  const known = seen.get(literals);
  if (known !== undefined) return known;
  // To a browser a line break with what indents the next line is one space; a tenth of a page was that.
  const texts = literals.map((literal) => literal.replace(/\s*\n\s*/g, "\n"));
  const template = { texts, places: scan(texts) };
  seen.set(literals, template);
  return template;
}

// A memo, not a state: the literals of one template never change, and a page renders the same few hundred many times.
const seen = new WeakMap<TemplateStringsArray, Template>();

type Inside =
  | { kind: "text" }
  | { kind: "tag"; name: string }
  | { kind: "value"; name: string; attribute: string; quote: string; begun: number };

function scan(literals: readonly string[]): Place[] {
  const places: Place[] = [];
  let inside: Inside = { kind: "text" };
  for (const [index, literal] of literals.entries()) {
    let at = 0;
    while (at < literal.length) [inside, at] = step(literal, at, inside);
    if (index === literals.length - 1) break;
    places.push(placeOf(inside, literal, literals[index + 1] ?? ""));
    // From the next literal's view the value has begun before it.
    if (inside.kind === "value") inside = { ...inside, begun: -1 };
  }
  assert(inside.kind === "text", `the template ends inside a tag: ${literals.at(-1)?.slice(-40)}`);
  return places;
}

/** Reads the next bit of markup and says where one is after it. */
function step(literal: string, at: number, inside: Inside): [Inside, number] {
  if (inside.kind === "value") {
    const end = literal.indexOf(inside.quote, at);
    return end === -1 ? [inside, literal.length] : [{ kind: "tag", name: inside.name }, end + 1];
  }
  if (inside.kind === "text") {
    const open = literal.indexOf("<", at);
    if (open === -1) return [inside, literal.length];
    const tag = /<!doctype|<\/?([a-z][a-z0-9-]*)(?=[\s/>])/iy;
    tag.lastIndex = open;
    const found = tag.exec(literal);
    assert(found !== null, `write &lt; or a whole tag name here: ${literal.slice(open, open + 40)}`);
    return [{ kind: "tag", name: found[0].startsWith("</") ? "" : (found[1] ?? "").toLowerCase() }, tag.lastIndex];
  }
  const next = /\s*(?:(\/?>)|([^\s=>/"'<]+)(?:(=)(["'])?)?)?/y;
  next.lastIndex = at;
  const [, end, attribute, equals, quote] = next.exec(literal) ?? [];
  if (end !== undefined) return [{ kind: "text" }, afterRaw(literal, next.lastIndex, end === ">" ? inside.name : "")];
  if (attribute === undefined) {
    assert(next.lastIndex > at, `this is no attribute: ${literal.slice(at, at + 40)}`);
    return [inside, next.lastIndex];
  }
  if (equals === undefined) return [inside, next.lastIndex];
  assert(quote !== undefined, `quote the value of the attribute ${attribute}`);
  return [
    { kind: "value", name: inside.name, attribute: attribute.toLowerCase(), quote, begun: next.lastIndex },
    next.lastIndex,
  ];
}

/** Behind an element of raw text, which must end in the same literal: no hole can be inside it. */
function afterRaw(literal: string, at: number, name: string): number {
  if (!RAW.has(name)) return at;
  const end = literal.toLowerCase().indexOf(`</${name}`, at);
  assert(end !== -1, `a value cannot stand inside <${name}>`);
  return end;
}

function placeOf(inside: Inside, literal: string, next: string): Place {
  if (inside.kind === "text") return inside;
  assert(
    inside.kind === "value",
    `a value can stand in text or in a quoted attribute, not here: ${literal.slice(-40)}`,
  );
  const { attribute, quote, begun } = inside;
  assert(!NEVER.test(attribute), `a value cannot stand in the attribute ${attribute}`);
  const first = begun === literal.length;
  const opening = /\s*[^\s]+=["']$/.exec(literal)?.[0].length ?? 0;
  return {
    kind: "value",
    attribute,
    address: first && ADDRESSES.test(attribute),
    alone: first && next.startsWith(quote),
    opening,
  };
}
