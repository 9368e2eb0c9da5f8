/** Between the markdown that models write and the text with emphasis that Telegram shows. */
import type { Emphasis, Text } from "./port.ts";

/** As much emphasis as Telegram keeps in one message. */
const EMPHASIS_MAX = 100;

/** A token of markdown-it, as far as it is read here. */
type Token = {
  type: string;
  content: string;
  info: string;
  markup: string;
  children: Token[] | null;
  attrGet(name: string): string | null;
};

type Kind =
  | { kind: "bold" | "italic" | "strike" | "code" | "quote" }
  | { kind: "pre"; language: string }
  | { kind: "link"; url: string };

/** Only loaded by an agent that uses Telegram. */
export async function createMarkdown(): Promise<{ render(markdown: string, charactersMax: number): Text }> {
  const { default: markdownIt } = await import("markdown-it");
  const parser = markdownIt({ html: false, linkify: false, breaks: true });
  return {
    render(markdown, charactersMax) {
      const rendered = flatten(parser.parse(markdown, {}) as Token[]);
      // A table or a list can grow; what does not fit is sent as it was written.
      return rendered.text.length <= charactersMax ? rendered : { text: markdown, emphasis: [] };
    },
  };
}

/** Writes the tokens one after another; offsets are lengths of what is written so far, so they count UTF-16 units. */
function flatten(tokens: readonly Token[]): Text {
  let text = "";
  const emphasis: Emphasis[] = [];
  const open: { what: Kind; from: number }[] = [];
  const lists: { next: number | undefined }[] = [];
  /** White space that is due before the next text: a border between blocks. */
  let border = "";

  const write = (more: string) => {
    if (more === "") return;
    if (text !== "") text += border;
    border = "";
    text += more;
  };
  const begin = (what: Kind) => {
    if (text !== "") text += border;
    border = "";
    open.push({ what, from: text.length });
  };
  const end = () => {
    const last = open.pop();
    const length = text.trimEnd().length - (last?.from ?? 0);
    if (last !== undefined && length > 0) emphasis.push({ ...last.what, offset: last.from, length });
  };
  const block = (gap: string) => {
    if (border.length < gap.length) border = gap;
  };

  const steps: Record<string, (token: Token) => void> = {
    text: ({ content }) => write(content),
    softbreak: () => write("\n"),
    hardbreak: () => write("\n"),
    strong_open: () => begin({ kind: "bold" }),
    strong_close: end,
    em_open: () => begin({ kind: "italic" }),
    em_close: end,
    s_open: () => begin({ kind: "strike" }),
    s_close: end,
    heading_open: () => begin({ kind: "bold" }),
    heading_close: () => {
      end();
      block("\n\n");
    },
    blockquote_open: () => begin({ kind: "quote" }),
    blockquote_close: () => {
      border = "";
      end();
      block("\n\n");
    },
    paragraph_close: () => block(lists.length > 0 ? "\n" : "\n\n"),
    link_open: (token) => begin({ kind: "link", url: token.attrGet("href") ?? "" }),
    link_close: end,
    code_inline: ({ content }) => {
      begin({ kind: "code" });
      write(content);
      end();
    },
    fence: ({ content, info }) => code(content, info.trim().split(/\s/u)[0] ?? ""),
    code_block: ({ content }) => code(content, ""),
    image: (token) => write(`${token.content} (${token.attrGet("src") ?? ""})`.trim()),
    hr: () => {
      write("———");
      block("\n\n");
    },
    bullet_list_open: () => {
      lists.push({ next: undefined });
      block("\n");
    },
    ordered_list_open: (token) => {
      lists.push({ next: Number(token.attrGet("start") ?? 1) });
      block("\n");
    },
    bullet_list_close: () => {
      lists.pop();
      block(lists.length > 0 ? "\n" : "\n\n");
    },
    ordered_list_close: () => {
      lists.pop();
      block(lists.length > 0 ? "\n" : "\n\n");
    },
    list_item_open: () => {
      const list = lists.at(-1);
      const mark = list?.next === undefined ? "•" : `${list.next++}.`;
      write(`${"   ".repeat(Math.max(0, lists.length - 1))}${mark} `);
    },
    list_item_close: () => block("\n"),
    td_close: () => write(" | "),
    th_close: () => write(" | "),
    tr_close: () => {
      text = text.replace(/ \| $/u, "");
      block("\n");
    },
    table_close: () => block("\n\n"),
    inline: ({ children }) => (children ?? []).forEach(step),
  };
  const code = (content: string, language: string) => {
    begin({ kind: "pre", language });
    write(content.replace(/\n$/u, ""));
    end();
    block("\n\n");
  };
  function step(token: Token): void {
    steps[token.type]?.(token);
  }

  tokens.forEach(step);
  const links = emphasis.filter((one) => one.kind !== "link" || /^(https?|tg):\/\//u.test(one.url));
  return { text: text.trimEnd(), emphasis: links.sort((a, b) => a.offset - b.offset).slice(0, EMPHASIS_MAX) };
}

/**
 * What a person wrote, with everything that only the emphasis tells: where a link leads, and which agent a mention means.
 * `agentOf` gives the name of the agent that has an account.
 */
export function readText({ text, emphasis }: Text, agentOf: (user: string) => string | undefined): string {
  let read = text;
  // From the end, so that the offsets before stay true.
  for (const one of [...emphasis].sort((a, b) => b.offset - a.offset)) {
    const shown = text.slice(one.offset, one.offset + one.length);
    const agent = one.kind === "mention" ? agentOf(one.user) : undefined;
    const told = toldOf(one, shown, agent);
    if (told !== undefined) read = read.slice(0, one.offset) + told + read.slice(one.offset + one.length);
  }
  return read;
}

function toldOf(one: Emphasis, shown: string, agent: string | undefined): string | undefined {
  if (one.kind === "link") return `[${shown}](${one.url})`;
  if (one.kind === "pre" && one.language !== "") return `\`\`\`${one.language}\n${shown}\n\`\`\``;
  return agent === undefined ? undefined : `@${agent}`;
}
