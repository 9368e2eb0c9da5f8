/** What a real browser makes of the templates: whatever the data, the same elements and attributes, and the data as it was. */
import fc from "fast-check";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { html, render } from "../../dashboard/html.ts";
import { markdown } from "../../dashboard/parts/prose.ts";
import { launchBrowser } from "./launch.ts";

const SAMPLES = 2_000;
/** Of each document: its elements with the names of their attributes, its text, and the values that the template holds. */
const READ = `(pages) => pages.map((page) => {
  const body = new DOMParser().parseFromString(page, "text/html").body;
  const elements = [...body.querySelectorAll("*")];
  return {
    shape: elements.map((element) => element.localName + "[" + element.getAttributeNames() + "]").join(" "),
    title: body.querySelector("p")?.title,
    lang: body.querySelector("p")?.lang,
    text: body.querySelector("b")?.textContent,
    area: body.querySelector("textarea")?.value,
    links: elements.flatMap((element) => element.getAttribute("href") ?? []),
  };
})`;
type Read = { shape: string; title: string; lang: string; text: string; area: string; links: string[] };

const nasty = fc.oneof(
  fc.string(),
  fc.string({ unit: "grapheme" }),
  fc
    .array(
      fc.constantFrom(
        "<",
        ">",
        '"',
        "'",
        "&",
        "/",
        "=",
        "`",
        " ",
        "\n",
        "--",
        "!",
        "]]>",
        "<script>",
        "</script",
        "</textarea>",
        "</b>",
        "<img src=x onerror=alert(1)>",
        "&lt;",
        "&#60",
        "javascript:",
        "onload=",
        "a",
      ),
      { maxLength: 12 },
    )
    .map((bits) => bits.join("")),
);

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

async function read(pages: string[]): Promise<Read[]> {
  const page = await browser.newPage();
  const found = (await page.evaluate(`(${READ})(${JSON.stringify(pages)})`)) as Read[];
  await page.close();
  return found;
}

test("no value adds an element or an attribute, and every value comes back as it was", async () => {
  const values = fc.sample(fc.tuple(nasty, nasty, nasty), { numRuns: SAMPLES, seed: 7 });
  const shaped = values.map(([a, b, c]) =>
    render(html`<p title="${a}" lang='${b}'><a href="${c}">x</a><textarea>.${b}</textarea><b>${c}</b></p>`),
  );
  for (const [index, found] of (await read(shaped)).entries()) {
    const [a, b, c] = values[index] ?? ["", "", ""];
    expect(found.shape).toBe("p[title,lang] a[href] textarea[] b[]");
    expect(found).toMatchObject({ title: a, lang: b, text: c, area: `.${b}` });
    expect(found.links[0]).toMatch(/^(#|\?|\/(?![/\\])|https?:\/\/|mailto:|tg:\/\/|$)/i);
  }
});

test("no Markdown brings in an element that runs, loads or posts", async () => {
  const marks = fc
    .array(
      fc.oneof(
        nasty,
        fc.constantFrom(
          "[x](",
          ")",
          "![x](",
          "**",
          "`",
          "# ",
          "\n",
          "\n\n",
          "> ",
          "| a | b |\n|:--|---|\n",
          "<",
          "http://a.b/",
          "javascript:alert(1)",
        ),
      ),
      { maxLength: 10 },
    )
    .map((bits) => bits.join(""));
  const texts = fc.sample(marks, { numRuns: SAMPLES, seed: 7 });
  const allowed =
    /^(p|a|b|strong|em|s|code|pre|ul|ol|li|blockquote|hr|br|div|table|thead|tbody|tr|th|td)\[(|class|start|href,rel,target|href,title,rel,target|tabindex|class,tabindex,role,aria-label)\]$/;
  for (const found of await read(texts.map((text) => render(markdown(text))))) {
    for (const element of found.shape.split(" ").filter((name) => name !== "")) expect(element).toMatch(allowed);
    for (const link of found.links) expect(link).toMatch(/^((https?|mailto|tg):|$)/i);
  }
});
