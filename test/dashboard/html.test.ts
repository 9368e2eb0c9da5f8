/** The template cannot be broken by data: what is escaped, what is refused, what a live region is. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Content,
  type Html,
  href,
  html,
  live,
  outline,
  regionsIn,
  render,
  trusted,
} from "../../dashboard/html.ts";

const HOSTILE = `<img src=x onerror="alert('1')">&amp;</textarea>`;
const SAFE = "&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;&lt;/textarea&gt;";

describe("values", () => {
  test("are escaped in text and in quoted attributes", () => {
    expect(render(html`<p title="${HOSTILE}" lang='${HOSTILE}'>${HOSTILE}</p>`)).toBe(
      `<p title="${SAFE}" lang='${SAFE}'>${SAFE}</p>`,
    );
  });

  test("may be lists and markup, and nothing at all", () => {
    const items = ["a", "<b>", 3].map((item) => html`<li>${item}</li>`);
    expect(render(html`<ul>${items}${null}${undefined}${false}</ul>`)).toBe(
      "<ul><li>a</li><li>&lt;b&gt;</li><li>3</li></ul>",
    );
  });

  test("that are nothing remove the attribute that they alone fill", () => {
    const row = (current: boolean) =>
      render(html`<a href="/" aria-current="${current && "page"}" class="x ${current && "on"}">b</a>`);
    expect(row(true)).toBe('<a href="/" aria-current="page" class="x on">b</a>');
    expect(row(false)).toBe('<a href="/" class="x ">b</a>');
    expect(render(html`<details open="${true}" id="${null}" hidden="${false}"></details>`)).toBe(
      '<details open=""></details>',
    );
  });

  test("never change the structure of the markup, whatever they are", () => {
    const value = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.constantFrom("</p>", '" onload="x', "' x='", "<!--", "-->", "<script>", "&lt;", "\u0000"),
    );
    const shape = (a: Content, b: Content, c: Content) =>
      render(
        html`<p class="k ${a}" title='${b}'>one ${c}<textarea>${a}</textarea><b data-x="${c}${b}">${[a, html`<i>${b}</i>`]}</b></p>`,
      );
    const count = (text: string) => [..."<>\"'"].map((mark) => text.split(mark).length).join(",");
    const empty = count(shape("", "", ""));
    fc.assert(fc.property(value, value, value, (a, b, c) => count(shape(a, b, c)) === empty));
  });

  test("cannot pass for markup by their shape", () => {
    const forged = JSON.parse('{"pieces":["<script>"],"Symbol(pieces)":["<script>"]}') as Html;
    expect(() => html`<p>${forged}</p>`).toThrow(/only text, numbers and markup/);
    expect(() => html`<p title="${forged as unknown as string}"></p>`).toThrow(/only text can stand/);
  });
});

describe("a hole is refused", () => {
  const x = "a";
  test.each<[string, () => unknown]>([
    ["in a bare attribute value", () => html`<a href=${x}>b</a>`],
    ["in a bare attribute value after a space", () => html`<a href= ${x}>b</a>`],
    ["where an attribute's name would be", () => html`<a ${x}>b</a>`],
    ["inside an attribute's name", () => html`<a data-${x}="1">b</a>`],
    ["as a tag's name", () => html`<${x}>b</b>`],
    ["inside a tag's name", () => html`<h${x}>b</h1>`],
    ["inside a script", () => html`<script>const a = ${x};</script>`],
    ["inside a style", () => html`<style>a { color: ${x} }</style>`],
    ["inside a comment", () => html`<!-- ${x} -->`],
    ["in an event handler", () => html`<a onclick="${x}">b</a>`],
    ["in a style attribute", () => html`<a style="color: ${x}">b</a>`],
    ["where htmx would run it", () => html`<a hx-vals="${x}">b</a>`],
    ["after a slash that is no attribute", () => html`<a b"${x}">b</a>`],
  ])("%s", (_, build) => {
    expect(build).toThrow();
  });

  test("when it brings markup into an attribute", () => {
    expect(() => html`<a title="${html`<b>b</b>`}">b</a>`).toThrow(/only text can stand in the attribute title/);
  });

  test("when the template leaves a tag open", () => {
    expect(() => html`<a href="/${x}"`).toThrow(/ends inside a tag/);
  });
});

describe("addresses", () => {
  test.each([
    "https://example.org/?q=1",
    "http://example.org",
    "mailto:a@b.c",
    "tg://resolve",
    "/room?x=1#now",
    "/",
    "#now",
    "?page=2",
  ])("%s is followed", (address) => {
    expect(href(address)).toBe(address);
  });

  test.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "//elsewhere",
    "/\\elsewhere",
    "/\t/elsewhere",
    "data:text/html,x",
    "vbscript:x",
    "room",
    "",
  ])("%j is not", (address) => {
    expect(href(address)).toBe("#");
  });

  test("are checked wherever an attribute begins with one", () => {
    expect(render(html`<a href="${"javascript:alert(1)"}">b</a>`)).toBe('<a href="#">b</a>');
    expect(render(html`<form action="${"//elsewhere"}"></form>`)).toBe('<form action="#"></form>');
    expect(render(html`<b hx-get="${"javascript:alert(1)"}"></b>`)).toBe('<b hx-get="#"></b>');
    expect(render(html`<a href="/swarm?message=${"javascript:"}">b</a>`)).toBe(
      '<a href="/swarm?message=javascript:">b</a>',
    );
  });
});

describe("live regions", () => {
  const item = (n: number, text: string) => live(html`<li id="item-${n}">${text}</li>`);
  const list = (texts: string[]) => live(html`<ul id="list">${texts.map((text, n) => item(n, text))}</ul>`);

  test("are found from the outside in", () => {
    const page = html`<main>${html`<div>${list(["a", "b"])}</div>`}${live(html`<p id="status">up</p>`)}</main>`;
    expect(regionsIn(page).map(({ id }) => id)).toEqual(["list", "status"]);
    expect(
      regionsIn(page)
        .flatMap(regionsIn)
        .map(({ id }) => id),
    ).toEqual(["item-0", "item-1"]);
  });

  test("have an outline that does not change with the regions inside them", () => {
    const inner = (region: Html) => outline(region);
    expect(inner(list(["a", "b"]))).toBe(inner(list(["a", "changed"])));
    expect(inner(list(["a", "b"]))).not.toBe(inner(list(["a", "b", "c"])));
  });

  test("must begin with their id", () => {
    expect(() => live(html`<p class="x" id="late">b</p>`)).toThrow(/first attribute is its id/);
    expect(() => live(trusted("text"))).toThrow();
  });
});
