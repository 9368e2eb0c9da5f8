import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { looksLikeHtml, readHtml } from "../../../shared/security/index.ts";
import { slowOn } from "../../growth.ts";

const hidden = [
  "<p hidden>X</p>",
  "<div style=display:none>X</div>",
  "<div style='display:none'>a <b>X</b> c</div>",
  "<div style='display:none'>X",
  "<div data-x='>' style='display:none'>X</div>",
  "<p style='d\\69splay:none'>X</p>",
  "<p style='dis&#112;lay:none'>X</p>",
  "<p style='display:/* a */none !important'>X</p>",
  "<span style='visibility:collapse'>X</span>",
  "<span style='opacity:0'>X</span>",
  "<span style='filter:opacity(0%)'>X</span>",
  "<span style='font-size:0px'>X</span>",
  "<span style='font:1px serif'>X</span>",
  "<span style='color:#fff'>X</span>",
  "<span style='color:rgb(255, 255, 255)'>X</span>",
  "<span style='color:hsl(0,0%,100%)'>X</span>",
  "<span style='color:rgba(0,0,0,.01)'>X</span>",
  "<span style='color:#123456;background:#123456'>X</span>",
  "<font color=#ffffff>X</font>",
  "<div style='position:absolute;left:-9999px'>X</div>",
  "<div style='position:fixed;top:-200vh'>X</div>",
  "<div style='text-indent:-9999px'>X</div>",
  "<div style='margin-left:-5000px'>X</div>",
  "<div style='width:0;height:0;overflow:hidden'>X</div>",
  "<div style='max-height:1px;overflow:hidden'>X</div>",
  "<div style='clip:rect(0,0,0,0);position:absolute'>X</div>",
  "<div style='clip-path:inset(50%)'>X</div>",
  "<div style='transform:scale(0)'>X</div>",
  "<div style='transform:translateX(-9999px)'>X</div>",
  "<div style='mso-hide:all'>X</div>",
  "<style>.z{display:none}</style><div class='a z'>X</div>",
  "<style>#a > .b, i{opacity:0}</style><div id=a><p class=b>X</p></div>",
  "<style>@media screen{p{visibility:hidden}}</style><p>X</p>",
  "<!-- X -->",
  "<!--> X -->",
  "<script>X</script><style>X</style><template>X</template><title>X</title>",
  "<noscript>X</noscript><iframe srcdoc='X'>X</iframe><object>X</object>",
  "<svg><desc>X</desc><title>X</title></svg>",
  "<svg width=0 height=0><text>X</text></svg>",
  "<svg><text fill=none>X</text></svg>",
  "<math><annotation>X</annotation></math>",
  "<dialog>X</dialog>",
  "<details><summary>more</summary>X</details>",
  "<img alt=X src=x><input type=hidden value=X><a title=X aria-label=X>a</a>",
  "<select style='display:none'><option>X</option></select>",
  "<p style='display:none!important;display:block'>X</p>",
  "<style>.z{display:none!important}</style><p class=z style='display:block'>X</p>",
  "<style>:root{--a:none}.z{display:var(--a)}</style><p class=z>X</p>",
  "<style>.a{.b{display:none}&.c{color:red}}</style><div class=a><p class=b>X</p></div>",
  "<style><!-- .z:not(.y){display:none} --></style><p class=z>X</p>",
  "<style>h1 + p{display:none}</style><h1>a</h1><p>X</p>",
  "<style>h1 ~ .z{display:none}</style><h1>a</h1><div>b</div><p class=z>X</p>",
  "<style>p:nth-child(2){display:none}</style><div><p>a</p><p>X</p></div>",
  "<style>@layer a{@supports (display:grid){.z{opacity:0}}}</style><p class=z>X</p>",
  "<style>.z{display:none</style><p class=z>X</p>",
  "<style>.z{visibility:hidden}.z b{visibility:inherit}</style><p class=z><b>X</b></p>",
  "<p style='font:0/0 a'>X</p>",
  "<p style='translate:-9999px'>X</p>",
  "<p style='letter-spacing:-999px'>X</p>",
  "<p style='text-indent:100%;white-space:nowrap;overflow:hidden'>X</p>",
  "<p style='opacity:calc(0)'>X</p>",
  "<p style='color:oklch(1 0 0)'>X</p>",
  "<p style='color:color(srgb 1 1 1)'>X</p>",
  "<svg><foreignObject width=0 height=0><p>X</p></foreignObject></svg>",
  "<input type=password value=X><input type=checkbox value=X>",
  "<div style='position:fixed;top:1000px'>X</div>",
  "<div style='position:absolute;right:9999px'>X</div>",
  "<div style='position:absolute;inset:-9999px auto auto 0'>X</div>",
  "<div style='transform:translateY(-9999px)'>X</div>",
  `<style>${".z{color:red;border:1px}".repeat(300)}.z{display:none}</style><p class=z>X</p>`,
  `<style>.z{display:none}${".z{border:1px}".repeat(30_000)}</style><p class=z>X</p>`,
  `<style>${".y{color:red}".repeat(30_000)}.z{display:none}</style><p class=z>X</p>`,
  `<style>.z{display:none!important}${".z.z{color:red}".repeat(300)}</style><p class=z>X</p>`,
  `<style>.z.z{display:none}${".z{color:red}".repeat(300)}</style><p class=z>X</p>`,
  `<p style='${"--a:b;".repeat(300)}display:none'>X</p>`,
  `<p style='display:none;${"--a:b;".repeat(300)}'>X</p>`,
];

const visible = [
  "<div style='opacity:0.9'>X</div>",
  "<span style='font-size:0.9em'>X</span>",
  "<div style='line-height:0.5;height:0.5em'>X</div>",
  "<div style='border-width:0;min-height:0;margin:0;width:05em'>X</div>",
  "<div style='background-color:#fff'>X</div>",
  "<div style='color:#fff;background:#000'>X</div>",
  "<div style='background:url(a.png)'><p style='color:white'>X</p></div>",
  "<table bgcolor=black><tr><td><font color=white>X</font></td></tr></table>",
  "<button style='color:white'>X</button>",
  "<div class='hidden-xs' id=overhidden title='not hidden'>X</div>",
  "<a href='/hidden-gems'>X</a>",
  "<i aria-hidden='false'>X</i>",
  "<div style='overflow:hidden'>X</div>",
  "<div style='width:0;height:0'>X</div>",
  "<div style='visibility:hidden'><b style='visibility:visible'>X</b></div>",
  "<div style='font-size:0'><b style='font-size:16px'>X</b></div>",
  "<p style='display:none;display:block'>X</p>",
  "<p style=\"content:';display:none'\">X</p>",
  "<style>@media print{p{display:none}}</style><p>X</p>",
  "<style>.a .b{display:none}</style><p class=b>X</p>",
  "<div hidden><b>a</div>X",
  "<div hidden></div><p>X</p>",
  "<br style='display:none'>X",
  "<details open><summary>more</summary>X</details>",
  "<textarea>X</textarea><xmp>y</xmp>",
  "<svg><text>X</text></svg>",
  "a < b and c > d X",
  "<style>@media (max-width:600px){p{display:none}}</style><p>X</p>",
  "<style>@media (min-width:2000px){p{display:none}}</style><p>X</p>",
  "<style>h1 + p{display:none}</style><h1>a</h1><p>b</p><p>X</p>",
  "<style>p:first-child{display:none}</style><div><p>a</p><p>X</p></div>",
  "<style>p:hover{display:none}p:not(p){display:none}</style><p>X</p>",
  "<style>p{display:none}p{display:block!important}</style><p>X</p>",
  "<p style='color:oklch(0 0 0);letter-spacing:2px;text-indent:1em'>X</p>",
  "<input type=submit value=X>",
  "<div style='position:absolute;top:1000px'>X</div>",
  "<div style='position:absolute;top:25000px;left:1000px'>X</div>",
  "<div style='position:absolute;left:100%;top:100%;bottom:-2000px'>X</div>",
  "<div style='position:relative;right:-1000px'>X</div>",
  "<div style='transform:translateY(12000px)'>X</div>",
  "<div style='transform:translate(-50%,-100%)'>X</div>",
];

test.each(hidden)("what nobody sees is left out: %s", async (html) => {
  expect(await readHtml(`<p>before</p>${html}`)).not.toContain("X");
});

test.each(hidden.filter((html) => html.endsWith(">") && !html.includes("@media")))(
  "what stands beside it is kept: %s",
  async (html) => {
    expect(await readHtml(`<p>before</p>${html}<p>after</p>`)).toMatch(/before[\s\S]*after/);
  },
);

test.each(visible)("what is seen is kept: %s", async (html) => {
  expect(await readHtml(html)).toContain("X");
});

describe("the text", () => {
  test("has the page's lines, and entities read", async () => {
    expect(await readHtml("<h1>Tea &amp; more</h1><p>one<br>two</p><ul><li>a<li>b</ul><pre> x\n  y</pre>")).toBe(
      "Tea & more\n\none\ntwo\n\na\n\nb\n\nx\ny",
    );
  });

  test("has no characters that nobody sees", async () => {
    expect(await readHtml("<p>pay&ZeroWidthSpace;pal&#xE0041; \u202Enow</p>")).toBe("paypal now");
  });
});

test("text with a < among its words is no page", () => {
  expect(looksLikeHtml("if (a < b && c > d) #include <iostream>")).toBe(false);
  expect(looksLikeHtml("see <a href=x>this</a>")).toBe(true);
  expect(looksLikeHtml("Tom &amp; Jerry")).toBe(true);
});

test("no text makes it throw", async () => {
  const pieces = fc.constantFrom(
    "<",
    ">",
    "</",
    "<!--",
    "-->",
    "<p style='",
    "'",
    "<style>",
    "{",
    "}",
    "<svg>",
    "<table>",
    "<b>",
    "&#",
    "\u0000",
    "\ud800",
  );
  const html = fc
    .array(fc.oneof(pieces, fc.string({ maxLength: 6 })), { maxLength: 40 })
    .map((parts) => parts.join(""));
  await fc.assert(
    fc.asyncProperty(html, async (text) => {
      await readHtml(text);
    }),
    { numRuns: 300 },
  );
});

test.each([
  "<p hidden",
  "<a ",
  '<div style="',
  "<!--",
  "<div>",
  "<b id=x>",
  "<p style='color:red'>a",
  "<table><tr><td>x",
  "<!-->a-->x",
  "<style>.a{",
  "&#65;",
  "<p class='a b'>x",
])("time grows with the page, not faster: %j over and over", async (piece) => {
  expect(await slowOn(readHtml, piece, 20_000)).toBeUndefined();
});
