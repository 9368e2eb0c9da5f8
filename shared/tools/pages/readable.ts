/** Makes markdown of a page: the article where there is one, everything that is to be read where there is none. */

/** Reads a page without holding anything up; `sheets` are the style sheets it links to. Rejects only with the signal's reason. */
export type ReadPage = (
  page: { html: string; url: string; sheets: readonly string[] },
  signal: AbortSignal,
) => Promise<Readable>;

export type Readable = { title: string; markdown: string };

/** What is longer is cut before it is parsed. */
const HTML_CHARACTERS_MAX = 2_000_000;
/** Finding an article takes seconds then. A page with more elements, or deeper, is taken as its words alone. */
const ELEMENTS_MAX = 20_000;
const DEPTH_MAX = 200;
/** An article with less text is none: the whole page is taken instead. */
const ARTICLE_CHARACTERS_MIN = 200;

/**
 * Links become absolute by `url`. Scripts, styles, forms and pictures are left out. What a person cannot see was taken out of the
 * page before. Slow: this is for a thread of its own.
 */
export async function readable(html: string, url: string): Promise<Readable> {
  const text = html.slice(0, HTML_CHARACTERS_MAX);
  if (!isWithinBounds(text)) return { title: "", markdown: withoutTags(text) };
  // Three packages that take a second to load, and only where there is a page to read.
  const [{ parseHTML }, { Readability }, { default: Turndown }] = await Promise.all([
    import("linkedom"),
    import("@mozilla/readability"),
    import("turndown"),
  ]);
  // Without these three the parser finds no body in a piece of a page.
  const { document } = parseHTML(
    /<html[\s>]/i.test(text) ? text : `<!doctype html><html><head></head><body>${text}</body></html>`,
  );
  for (const element of document.querySelectorAll(LEFT_OUT)) element.remove();
  for (const link of document.querySelectorAll("a[href]")) {
    const target = URL.parse(link.getAttribute("href") ?? "", url);
    if (target?.protocol === "http:" || target?.protocol === "https:") link.setAttribute("href", target.href);
    else link.removeAttribute("href");
  }
  const title = document.querySelector("title")?.textContent?.trim() ?? "";
  const whole = document.body.innerHTML;
  const article = articleOf();
  const turndown = new Turndown({
    headingStyle: "atx",
    codeBlockStyle: "fenced",
    bulletListMarker: "-",
    emDelimiter: "*",
  });
  const body = parseHTML(`<!doctype html><html><body>${article?.content ?? whole}</body></html>`).document.body;
  // It is typed for a browser's elements; those of linkedom have all that it asks for.
  const markdown = turndown.turndown(body);
  return { title: article?.title?.trim() || title, markdown: markdown.replace(/\n{3,}/g, "\n\n").trim() };

  function articleOf() {
    try {
      const found = new Readability(document).parse();
      return (found?.textContent?.trim().length ?? 0) < ARTICLE_CHARACTERS_MIN ? null : found;
    } catch {
      // A page that it does not understand is text as well.
      return null;
    }
  }
}

const LEFT_OUT =
  "script, style, noscript, template, iframe, object, embed, svg, canvas, img, picture, video, audio, form, button, input, select, textarea";
/** Counted from the tags alone, in one pass, before anything is built from them. */
function isWithinBounds(html: string): boolean {
  let elements = 0;
  let depth = 0;
  for (const [tag, name = ""] of html.matchAll(/<\/?([a-z][a-z0-9]*)/gi)) {
    if (VOID.has(name.toLowerCase())) continue;
    if (tag.startsWith("</")) depth = Math.max(0, depth - 1);
    else depth++;
    if (++elements > 2 * ELEMENTS_MAX || depth > DEPTH_MAX) return false;
  }
  return true;
}

/** Elements without an end; a paragraph, an item or a cell often has none either. */
const VOID = new Set(
  "area base br col embed hr img input link meta source track wbr p li dt dd td th tr option".split(" "),
);

/** The words between the tags, in one pass. */
function withoutTags(html: string): string {
  const pieces: string[] = [];
  let at = 0;
  let inside: string | undefined;
  for (const { 0: tag, 1: name = "", index } of html.matchAll(/<\/?([a-z][a-z0-9]*)[^<>]*>/gi)) {
    const lower = name.toLowerCase();
    if (inside === undefined) {
      pieces.push(html.slice(at, index));
      if (NO_WORDS.has(lower) && !tag.startsWith("</")) inside = lower;
    } else if (lower === inside && tag.startsWith("</")) inside = undefined;
    at = index + tag.length;
  }
  if (inside === undefined) pieces.push(html.slice(at));
  return pieces
    .map((piece) => piece.trim())
    .filter((piece) => piece !== "")
    .join("\n");
}

const NO_WORDS = new Set("script style noscript template iframe svg".split(" "));
