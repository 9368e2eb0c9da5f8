/** Style sheets inside a page, as far as they can hide something: simple selectors, also one below the other. */
import { type Declarations, partsOf, readDeclarations, withoutComments } from "./declarations.ts";

/** What a selector asks of an element. */
export type Subject = {
  tag: string;
  id: string;
  classes: ReadonlySet<string>;
  attributes: ReadonlyMap<string, string>;
  parent: Subject | undefined;
};

export type Sheet = {
  /** What the sheet says about this element, weakest first. */
  declarationsFor(subject: Subject): Declarations[];
};

type Compound = { tag: string; id: string; classes: string[]; attributes: [name: string, value: string | undefined][] };
type Rule = { last: Compound; above: Compound[]; declarations: Declarations; strength: number };

/** More rules are not read. */
const RULES_MAX = 4_000;
/** Nor more for one class, id or tag: each element of it is compared with all of them. */
const RULES_PER_KEY_MAX = 100;
/** Steps up the tree for each part of a selector. */
const ANCESTORS_MAX = 64;

export function readSheet(css: string): Sheet {
  const rules: Rule[] = [];
  collect(withoutComments(css), rules);
  const byKey = new Map<string, Rule[]>();
  for (const rule of rules) {
    const key = keyOf(rule.last);
    const same = byKey.get(key) ?? [];
    if (same.length < RULES_PER_KEY_MAX) same.push(rule);
    byKey.set(key, same);
  }
  return {
    declarationsFor: (subject) => {
      const keys = ["*", subject.tag, `#${subject.id}`, ...[...subject.classes].map((name) => `.${name}`)];
      return [...new Set(keys)]
        .flatMap((key) => byKey.get(key) ?? [])
        .filter(({ last, above }) => matches(last, subject) && isBelow(subject, above))
        .sort((one, other) => one.strength - other.strength)
        .map(({ declarations }) => declarations);
    },
  };
}

/** Rules in their order; what stands in @media, @supports or @layer counts, except what is for paper. */
function collect(css: string, rules: Rule[]): void {
  let at = 0;
  while (at < css.length && rules.length < RULES_MAX) {
    const open = css.indexOf("{", at);
    if (open === -1) return;
    const close = closing(css, open);
    const head = css.slice(at, open).split(/[;}]/).at(-1)?.trim() ?? "";
    const body = css.slice(open + 1, close);
    if (head.startsWith("@")) {
      if (/^@(?:media|supports|layer|container)/i.test(head) && !/^@media\s{1,8}print/i.test(head))
        collect(body, rules);
    } else {
      const declarations = readDeclarations(body);
      for (const selector of partsOf(head, ",")) addRule(selector, declarations, rules);
    }
    at = close + 1;
  }
}

/** Where the block that opens here closes; a page that never closes it hides nothing more by that. */
function closing(css: string, open: number): number {
  let depth = 0;
  for (let at = open; at < css.length; at++) {
    if (css[at] === "{") depth++;
    else if (css[at] === "}" && --depth === 0) return at;
  }
  return css.length;
}

function addRule(selector: string, declarations: Declarations, rules: Rule[]): void {
  const compounds = selector
    .trim()
    .replace(/\s*[>]\s*/g, " ")
    .split(/\s+/)
    .map(readCompound);
  const last = compounds.at(-1);
  if (last === undefined || compounds.includes(undefined)) return;
  const above = compounds.slice(0, -1).filter((one) => one !== undefined);
  const weight = [last, ...above].reduce(
    (sum, one) =>
      sum + (one.id === "" ? 0 : 100) + (one.classes.length + one.attributes.length) * 10 + (one.tag === "*" ? 0 : 1),
    0,
  );
  rules.push({ last, above, declarations, strength: weight + rules.length / (RULES_MAX + 1) });
}

/** `div.note#a[x=y]`; undefined for what this does not understand, such as states and neighbours. */
function readCompound(text: string): Compound | undefined {
  const [, tag = "*", rest = ""] = /^([a-z][\w-]*|\*)?(.*)$/is.exec(text) ?? [];
  const parts = rest.match(/[#.][\w\u0080-\uffff-]+|\[[^\]]{1,200}\]/g) ?? [];
  if (parts.join("") !== rest) return undefined;
  const named = (mark: string) => parts.filter((part) => part.startsWith(mark)).map((part) => part.slice(1));
  return {
    tag: tag.toLowerCase(),
    id: named("#")[0] ?? "",
    classes: named("."),
    attributes: named("[").map((part) => {
      const [, name = "", value] = /^\s*([\w-]+)\s*(?:[~|^$*]?=\s*["']?([^"'\]]*)["']?)?/.exec(part) ?? [];
      return [name.toLowerCase(), value];
    }),
  };
}

function keyOf({ tag, id, classes }: Compound): string {
  if (id !== "") return `#${id}`;
  return classes[0] === undefined ? tag : `.${classes[0]}`;
}

function matches(asked: Compound, subject: Subject): boolean {
  return (
    (asked.tag === "*" || asked.tag === subject.tag) &&
    (asked.id === "" || asked.id === subject.id) &&
    asked.classes.every((name) => subject.classes.has(name)) &&
    asked.attributes.every(
      ([name, value]) =>
        subject.attributes.has(name) && (value === undefined || subject.attributes.get(name)?.includes(value)),
    )
  );
}

function isBelow(subject: Subject, above: readonly Compound[]): boolean {
  let left = above.length;
  let ancestor = subject.parent;
  for (let steps = 0; left > 0 && ancestor !== undefined && steps < ANCESTORS_MAX; steps++) {
    const wanted = above[left - 1];
    if (wanted !== undefined && matches(wanted, ancestor)) left--;
    ancestor = ancestor.parent;
  }
  return left === 0;
}
