/** What somebody said, as HTML: an agent's text with its Markdown, a person's text as it was typed. */
import markdownit from "markdown-it";
import { type Html, href, html, trusted } from "../html.ts";

/** Text with its line breaks and paragraphs, and nothing else. */
export function plain(text: string): Html {
  const paragraphs = text.trim().split(/\n\s*\n/u);
  return html`${paragraphs.map((paragraph) => html`<p>${lines(paragraph)}</p>`)}`;
}

/** Markdown of a model. HTML in it is shown, not obeyed; pictures are not fetched; links open elsewhere and tell nothing of where they were. */
export function markdown(text: string): Html {
  return trusted(renderer.render(text));
}

/** Markdown in one line, for a summary: its words without their marks. */
export function withoutMarks(text: string): string {
  return text.replace(/\[([^\]]{0,500})\]\([^)\s]{0,2000}\)/gu, "$1").replace(/[*_`#>]+/gu, "");
}

function lines(text: string): Html[] {
  return text.split("\n").map((line, index) => (index === 0 ? html`${line}` : html`<br/>${line}`));
}

const renderer = markdownit({ html: false, linkify: true, breaks: true });
renderer.disable(["image", "html_block", "html_inline", "lheading", "reference"]);
renderer.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
renderer.validateLink = (address) => href(address) !== "#" && /^(?:https?|mailto|tg):/i.test(address);
Object.assign(renderer.renderer.rules, {
  // A heading inside a message is no heading of the page.
  heading_open: () => '<p class="heading">',
  heading_close: () => "</p>\n",
  table_open: () => '<div class="wide" tabindex="0" role="region" aria-label="Table"><table>\n',
  table_close: () => "</table></div>\n",
  // The renderer would align cells by a style attribute, which our policy refuses.
  th_open: () => "<th>",
  td_open: () => "<td>",
  link_open: (tokens, index, options, _, self) => {
    tokens[index]?.attrSet("rel", "noopener noreferrer nofollow");
    tokens[index]?.attrSet("target", "_blank");
    return self.renderToken(tokens, index, options);
  },
} satisfies typeof renderer.renderer.rules);
