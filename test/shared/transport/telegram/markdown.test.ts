import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { createMarkdown, readText } from "../../../../shared/transport/telegram/markdown.ts";
import type { Text } from "../../../../shared/transport/telegram/port.ts";

const LIMIT = 4_096;

describe("markdown on Telegram", () => {
  let render: (markdown: string) => Text;
  beforeAll(async () => {
    const markdown = await createMarkdown();
    render = (text) => markdown.render(text, LIMIT);
  });

  /** Each emphasis with the words under it. */
  const marked = ({ text, emphasis }: Text) =>
    emphasis.map(({ kind, offset, length }) => `${kind}: ${text.slice(offset, offset + length)}`);

  test.each([
    ["**bold** and *soft*", "bold and soft", ["bold: bold", "italic: soft"]],
    ["~~gone~~ `code`", "gone code", ["strike: gone", "code: code"]],
    ["**bold *and soft***", "bold and soft", ["bold: bold and soft", "italic: and soft"]],
    ["# Title\n\nText", "Title\n\nText", ["bold: Title"]],
    ["- one\n- two\n  - three", "• one\n• two\n   • three", []],
    ["3. three\n4. four", "3. three\n4. four", []],
    ["```ts\nlet a = 1;\n```\nafter", "let a = 1;\n\nafter", ["pre: let a = 1;"]],
    ["> quoted\n\nsaid", "quoted\n\nsaid", ["quote: quoted"]],
    ["[plan](https://example.com)", "plan", ["link: plan"]],
    ["| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n1 | 2", []],
    ["line\nnext line", "line\nnext line", []],
    ["snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4", []],
    ["<b>not html</b>", "<b>not html</b>", []],
  ])("%j", (markdown, text, emphasis) => {
    const rendered = render(markdown);
    expect(rendered.text).toBe(text);
    expect(marked(rendered)).toEqual(emphasis);
  });

  test("offsets count UTF-16 units, so that emphasis stands right after emoji and accents", () => {
    const rendered = render("👩‍👩‍👧 é **да** 🎉 `ok`");
    expect(marked(rendered)).toEqual(["bold: да", "code: ok"]);
  });

  test("a link that could run something is text", () => {
    expect(render("[click](javascript:alert(1)) [mail](mailto:a@example.com)").emphasis).toEqual([]);
  });

  test("what grows beyond one message is sent as it was written", () => {
    const table = `| a | b |\n|---|---|\n${"|x|y|\n".repeat(700)}`;
    const rendered = render(table);
    expect(rendered).toEqual({ text: table, emphasis: [] });
  });

  test("whatever is written, all emphasis lies in the text, in order, a hundred at most", () => {
    const piece = fc.constantFrom(
      "**",
      "*",
      "`",
      "```\n",
      "> ",
      "- ",
      "\n\n",
      "[a](https://b.c)",
      "слово ",
      "🎉",
      "x ",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 300 }), (pieces) => {
        const { text, emphasis } = render(pieces.join(""));
        expect(emphasis.length).toBeLessThanOrEqual(100);
        let last = 0;
        for (const { offset, length } of emphasis) {
          expect(offset).toBeGreaterThanOrEqual(last);
          expect(length).toBeGreaterThan(0);
          expect(offset + length).toBeLessThanOrEqual(text.length);
          last = offset;
        }
      }),
    );
  });

  test("what was rendered reads as the same words when it comes back", () => {
    const rendered = render("**Look** at [the plan](https://example.com), then run\n\n```sh\nnpm test\n```");
    expect(readText(rendered, () => undefined)).toBe(
      "Look at [the plan](https://example.com), then run\n\n```sh\nnpm test\n```",
    );
  });
});
