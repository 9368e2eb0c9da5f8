/** Style sheets inside a page, as far as they can hide something: simple selectors, also one below the other. */
import { type Declared, partsOf, readDeclarations, withoutComments, withoutVariables } from "./declarations.ts";

/** What a selector asks of an element. */
export type Subject = {
  tag: string;
  id: string;
  classes: ReadonlySet<string>;
  attributes: ReadonlyMap<string, string>;
  parent: Subject | undefined;
  /** The element before it under the same parent, and which of them it is, counted from one. */
  previous: Subject | undefined;
  place: number;
};

export type Sheet = {
  /** What the sheet says about this element, weakest first. */
  declarationsFor(subject: Subject): Declared[];
};

type Compound = {
  tag: string;
  id: string;
  classes: string[];
  attributes: [name: string, value: string | undefined][];
  /** What `:not()` rules out. */
  except: Compound[];
  /** `:first-child`, `:nth-child(2)`, `:nth-child(odd)`. */
  places: string[];
};
/** What must stand before an element: somewhere above it, somewhere beside it, or next to it. */
type Step = { compound: Compound; where: "above" | "beside" | "next" };
type Written = { selector: string; declarations: Declared };
type Rule = { last: Compound; steps: Step[]; declarations: Declared; strength: number };

/** Of more rules that decide what is seen, the last count. */
const RULES_MAX = 20_000;
/** Each element of a class, id or tag is compared with so many of its rules: the strongest, for they decide. */
const RULES_PER_KEY_MAX = 100;
/** Blocks inside blocks, so far. */
const DEPTH_MAX = 8;
/** Of selectors around others so many count, and so many of those inside. */
const NESTED_MAX = 10;
const SELECTOR_CHARACTERS_MAX = 1_000;
/** The width of the screen on which we say what is seen. */
const SCREEN_PX = 1280;
/** Steps up the tree and along it for one selector. */
const STEPS_MAX = 64;

export function readSheet(css: string): Sheet {
  const written: Written[] = [];
  collect(withoutVariables(withoutComments(css).replace(/<!--|-->/g, "")), [""], written);
  const rules = written.slice(-RULES_MAX).flatMap((one, at) => readRule(one, at) ?? []);
  const byKey = new Map(
    [...Map.groupBy(rules, ({ last }) => keyOf(last))].map(([key, same]) => [
      key,
      same.sort((one, other) => rankOf(one) - rankOf(other)).slice(-RULES_PER_KEY_MAX),
    ]),
  );
  return {
    declarationsFor: (subject) => {
      const keys = ["*", subject.tag, `#${subject.id}`, ...[...subject.classes].map((name) => `.${name}`)];
      return [...new Set(keys)]
        .flatMap((key) => byKey.get(key) ?? [])
        .filter(({ last, steps }) => matches(last, subject) && follows(subject, steps))
        .sort((one, other) => one.strength - other.strength)
        .map(({ declarations }) => declarations);
    },
  };
}

/** What is important is above whatever is not. */
function rankOf({ declarations, strength }: Rule): number {
  return declarations.important.size > 0 ? strength + 1e9 : strength;
}

/** Rules in their order, those inside others too. `outer` are the selectors around. */
function collect(css: string, outer: readonly string[], rules: Written[], depth = 0): void {
  let at = 0;
  while (at < css.length && depth < DEPTH_MAX) {
    const open = css.indexOf("{", at);
    if (open === -1) return;
    const close = closing(css, open);
    const head = css.slice(at, open).split(/[;}]/).at(-1)?.trim() ?? "";
    const body = css.slice(open + 1, close);
    if (head.startsWith("@")) {
      if (isForScreens(head)) collect(body, outer, rules, depth + 1);
    } else {
      const selectors = selectorsOf(head, outer);
      const hasBlocks = body.includes("{");
      const declarations = readDeclarations(hasBlocks ? ownPart(body) : body);
      const isDeciding = declarations.normal.size + declarations.important.size > 0;
      if (isDeciding) rules.push(...selectors.slice(-RULES_MAX).map((selector) => ({ selector, declarations })));
      if (rules.length > 2 * RULES_MAX) rules.splice(0, rules.length - RULES_MAX);
      if (hasBlocks) collect(body, selectors.slice(0, NESTED_MAX), rules, depth + 1);
    }
    at = close + 1;
  }
}

/** What stands in @media, @supports or @layer counts, except what is for paper, or for screens of another width than a person's. */
function isForScreens(head: string): boolean {
  if (!/^@(?:media|supports|layer|container|scope)/i.test(head)) return false;
  if (!/^@media/i.test(head)) return true;
  const [, widest] = /max-width\s{0,4}:\s{0,4}(\d{1,5})px/i.exec(head) ?? [];
  const [, narrowest] = /min-width\s{0,4}:\s{0,4}(\d{1,5})px/i.exec(head) ?? [];
  return (
    !/^@media\s{1,8}(?:only\s{1,8})?print/i.test(head) &&
    Number(widest ?? SCREEN_PX) >= SCREEN_PX &&
    Number(narrowest ?? SCREEN_PX) <= SCREEN_PX
  );
}

/** `.a { .b {} }` and `.a { &.b {} }`: one selector below or beside the other. */
function selectorsOf(head: string, outer: readonly string[]): string[] {
  const own = partsOf(head, ",").map((selector) => selector.trim());
  if (outer.every((around) => around === "")) return own;
  return own
    .slice(0, NESTED_MAX)
    .flatMap((selector) => outer.map((around) => nested(around, selector)))
    .filter((selector) => selector !== "");
}

/** Empty where it would become too long. */
function nested(outer: string, selector: string): string {
  const parts = selector.split("&");
  if (selector.length + parts.length * outer.length > SELECTOR_CHARACTERS_MAX) return "";
  return parts.length > 1 ? parts.join(outer) : `${outer} ${selector}`;
}

/** Of a block that holds others, what stands outside them. */
function ownPart(body: string): string {
  const parts: string[] = [];
  for (let at = 0; at < body.length; ) {
    const open = body.indexOf("{", at);
    const before = body.slice(at, open === -1 ? body.length : open);
    parts.push(open === -1 ? before : before.slice(0, before.lastIndexOf(";") + 1));
    at = open === -1 ? body.length : closing(body, open) + 1;
  }
  return parts.join(";");
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

/** Undefined for a selector that this does not understand; `at` is its place among the rules. */
function readRule({ selector, declarations }: Written, at: number): Rule | undefined {
  const parts = selector
    .trim()
    .replace(/\s*>\s*/g, " ")
    .split(/(\s*[+~]\s*(?!=)|\s+)/);
  const compounds = parts.filter((_, at) => at % 2 === 0).map(readCompound);
  const last = compounds.at(-1);
  if (last === undefined || compounds.includes(undefined)) return undefined;
  const steps = compounds
    .slice(0, -1)
    .flatMap((compound, step) =>
      compound === undefined ? [] : [{ compound, where: whereBy(parts[step * 2 + 1] ?? "") }],
    );
  const weight = [last, ...steps.map(({ compound }) => compound)].reduce(
    (sum, one) =>
      sum +
      (one.id === "" ? 0 : 100) +
      (one.classes.length + one.attributes.length + one.places.length) * 10 +
      (one.tag === "*" ? 0 : 1),
    0,
  );
  return { last, steps, declarations, strength: weight + at / RULES_MAX };
}

/** `div.note#a[x=y]`; undefined for what this does not understand, such as states. `:root` is no more than anything. */
function readCompound(text: string): Compound | undefined {
  const [, tag = "*", rest = ""] = /^([a-z][\w-]*|\*)?(.*)$/is.exec(text) ?? [];
  const parts =
    rest.match(
      /[#.][\w\u0080-\uffff-]+|\[[^\]]{1,200}\]|:not\([^()\s]{1,200}\)|:root|:first-child|:nth-child\((?:\d{1,4}|odd|even)\)/gi,
    ) ?? [];
  if (parts.join("") !== rest) return undefined;
  const except = parts
    .filter((part) => /^:not/i.test(part))
    .flatMap((part) => part.slice(5, -1).split(","))
    .map(readCompound);
  if (except.includes(undefined)) return undefined;
  const named = (mark: string) => parts.filter((part) => part.startsWith(mark)).map((part) => part.slice(1));
  return {
    tag: tag.toLowerCase(),
    id: named("#")[0] ?? "",
    classes: named("."),
    attributes: named("[").map((part) => {
      const [, name = "", value] = /^\s*([\w-]+)\s*(?:[~|^$*]?=\s*["']?([^"'\]]*)["']?)?/.exec(part) ?? [];
      return [name.toLowerCase(), value];
    }),
    except: except.filter((one) => one !== undefined),
    places: parts
      .filter((part) => /^:(?:first|nth)/i.test(part))
      .map((part) => /\((.+)\)/.exec(part)?.[1]?.toLowerCase() ?? "1"),
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
    !asked.except.some((other) => matches(other, subject)) &&
    asked.places.every((place) => isAt(subject.place, place)) &&
    asked.attributes.every(
      ([name, value]) =>
        subject.attributes.has(name) && (value === undefined || subject.attributes.get(name)?.includes(value)),
    )
  );
}

function isAt(place: number, asked: string): boolean {
  if (asked === "odd" || asked === "even") return place % 2 === (asked === "odd" ? 1 : 0);
  return place === Number(asked);
}

function whereBy(mark: string): Step["where"] {
  if (mark.includes("+")) return "next";
  return mark.includes("~") ? "beside" : "above";
}

/** Whether all these steps stand before an element, in their order. `a > b` counts as `a b`. */
function follows(subject: Subject, steps: readonly Step[]): boolean {
  let left = steps.length;
  let from: Subject | undefined = subject;
  for (let walked = 0; left > 0 && walked < STEPS_MAX; walked++) {
    const wanted = steps[left - 1];
    from = wanted?.where === "above" ? from.parent : from.previous;
    if (wanted === undefined || from === undefined) return false;
    if (matches(wanted.compound, from)) left--;
    else if (wanted.where === "next") return false;
  }
  return left === 0;
}
