/** CSS declarations as names and values: comments gone, escapes read, the later of two winning. */

export type Declarations = ReadonlyMap<string, string>;

/** What one rule or attribute declares, and what of it `!important` puts above everything that is not. */
export type Declared = { normal: Declarations; important: Declarations };

/** What decides whether text is seen; nothing else is kept, so that no number of other declarations hides one of these. */
const DECIDING = new Set(
  "background background-clip background-color background-image block-size bottom clip clip-path color content-visibility display fill filter font font-size height inline-size inset inset-block inset-block-start inset-inline inset-inline-start left letter-spacing margin margin-left margin-right margin-top max-block-size max-height max-width mso-hide opacity overflow overflow-x overflow-y position right scale text-indent top transform translate visibility -webkit-background-clip -webkit-text-fill-color width zoom".split(
    " ",
  ),
);

/** What stands between `{` and `}`, or in a style attribute. Values are in small letters. Linear in the length of the text. */
export function readDeclarations(css: string): Declared {
  const normal = new Map<string, string>();
  const important = new Map<string, string>();
  for (const part of partsOf(withoutEscapes(withoutComments(css)), ";")) {
    const colon = part.indexOf(":");
    if (colon === -1) continue;
    const name = part.slice(0, colon).trim().toLowerCase();
    const whole = part.slice(colon + 1).toLowerCase();
    const value = whole.replace(/!\s{0,8}important/g, "").trim();
    if (DECIDING.has(name) && value !== "") (/!\s{0,8}important/.test(whole) ? important : normal).set(name, value);
  }
  return { normal, important };
}

/** All of them in one, the later of two winning, and whatever is important above the rest. */
export function cascade(declared: readonly Declared[]): Map<string, string> {
  return new Map([
    ...declared.flatMap(({ normal }) => [...normal]),
    ...declared.flatMap(({ important }) => [...important]),
  ]);
}

export function withoutComments(css: string): string {
  return css
    .split("/*")
    .map((part, at) => {
      if (at === 0) return part;
      const end = part.indexOf("*/");
      return end === -1 ? "" : part.slice(end + 2);
    })
    .join("");
}

/** `d\69splay` is display, for a browser. */
function withoutEscapes(css: string): string {
  return css.replace(/\\(?:([0-9a-f]{1,6})\s?|([^0-9a-f\n]))/gi, (_whole, code: string | undefined, letter = "") =>
    code === undefined ? letter : safeCharacter(Number.parseInt(code, 16)),
  );
}

function safeCharacter(code: number): string {
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "";
}

/** Split at a mark that stands neither in quotes nor in brackets. */
export function partsOf(css: string, mark: string): string[] {
  const parts: string[] = [];
  let [from, depth, quote] = [0, 0, ""];
  for (let at = 0; at < css.length; at++) {
    const letter = css[at] ?? "";
    if (quote !== "") {
      if (letter === quote) quote = "";
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === "(" || letter === "[") depth++;
    else if (letter === ")" || letter === "]") depth = Math.max(0, depth - 1);
    else if (letter === mark && depth === 0) {
      parts.push(css.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(css.slice(from));
  return parts;
}

/** `var(--name)` as what the sheet says of that name, wherever it says so; else as the fallback that stands beside it. */
export function withoutVariables(css: string): string {
  if (!css.includes("var(")) return css;
  const values = new Map(
    [...css.matchAll(/(--[\w-]{1,60})\s{0,4}:\s{0,4}([^;{}]{1,40})/g)].map(([, name = "", value = ""]) => [
      name,
      value,
    ]),
  );
  return css.replace(
    /var\(\s{0,4}(--[\w-]{1,60})\s{0,4}(?:,([^()]{0,40}))?\)/g,
    (_whole, name: string, otherwise = "") => values.get(name)?.trim() ?? otherwise,
  );
}
