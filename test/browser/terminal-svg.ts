/** A recording of a terminal as one SVG: what was printed, with its colours, appearing line by line; no script, no font, no tool. */
import { columnsOf } from "../../cli/terminal/layout.ts";

/** What was printed at once. */
export type Printed = string;

export type Look = { columns: number; rows: number; title: string };

const FONT_PX = 13;
const ROW_PX = 18;
const COLUMN_PX = 7.83;
const PADDING_PX = 16;
const BAR_PX = 30;
/** A person reads a line in this time, and rests longer where a new chapter begins. */
const LINE_S = 0.28;
const CHAPTER_S = 1.4;

type Style = { bold: boolean; soft: boolean; colour: string };
const PLAIN: Style = { bold: false, soft: false, colour: "" };

/** The 16 colours that the terminal's paint uses, on a dark ground. */
const COLOURS: Readonly<Record<string, string>> = { 31: "#f2777a", 32: "#7bc275", 33: "#e0b35c" };

/** The same output gives the same picture. */
export function terminalSvg(printed: readonly Printed[], { columns, rows, title }: Look): string {
  const lines: { markup: string; at: number }[] = [];
  let at = 0.6;
  for (const text of printed) {
    at += text.startsWith("\n") ? CHAPTER_S : 0;
    // A colour goes on over the end of a line.
    let style = PLAIN;
    for (const line of text.split("\n")) {
      at += LINE_S;
      const drawn = markupOf(line, style);
      style = drawn.style;
      lines.push({ markup: drawn.markup, at });
    }
  }
  const total = at + 6;
  const width = Math.ceil(columns * COLUMN_PX + 2 * PADDING_PX);
  const height = rows * ROW_PX + 2 * PADDING_PX + BAR_PX;
  const scrolls = lines.slice(rows).map((line, index) => {
    const y = -(index + 1) * ROW_PX;
    return `${((line.at / total) * 100).toFixed(2)}%{transform:translateY(${y}px)}`;
  });
  const end = -Math.max(0, lines.length - rows) * ROW_PX;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${asMarkup(title)}">`,
    `<style>text{font:${FONT_PX}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d5d9e0;white-space:pre}`,
    `.b{font-weight:700}.s{fill:#8b93a1}.l{opacity:0;animation:show 0s forwards}@keyframes show{to{opacity:1}}`,
    `.roll{animation:roll ${total.toFixed(1)}s step-end forwards}@keyframes roll{0%{transform:none}${scrolls.join("")}100%{transform:translateY(${end}px)}}`,
    `@media (prefers-reduced-motion:reduce){.l{opacity:1;animation:none}.roll{animation:none;transform:translateY(${end}px)}}</style>`,
    `<rect width="100%" height="100%" rx="8" fill="#15181e"/>`,
    `<text x="${width / 2}" y="20" text-anchor="middle" class="s">${asMarkup(title)}</text>`,
    `<clipPath id="w"><rect x="0" y="${BAR_PX}" width="${width}" height="${height - BAR_PX - 4}"/></clipPath>`,
    `<g clip-path="url(#w)"><g class="roll">`,
    ...lines.map(({ markup, at: shown }, row) => {
      const y = BAR_PX + PADDING_PX + row * ROW_PX + FONT_PX;
      return markup === ""
        ? ""
        : `<text class="l" x="${PADDING_PX}" y="${y}" style="animation-delay:${shown.toFixed(2)}s">${markup}</text>`;
    }),
    "</g></g></svg>\n",
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function markupOf(line: string, before: Style): { markup: string; style: Style } {
  let style = before;
  let column = 0;
  const pieces: string[] = [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what a terminal's colours begin with
  for (const piece of line.split(/(\u001b\[[\d;]*m)/)) {
    if (piece.startsWith("\u001b[")) style = styled(style, piece.slice(2, -1));
    else if (piece.trim() !== "") pieces.push(spanOf(piece, style, column));
    if (!piece.startsWith("\u001b[")) column += columnsOf(piece);
  }
  return { markup: pieces.join(""), style };
}

/** Each piece stands where its column is, whatever width the reader's font gives to a character. */
function spanOf(piece: string, { bold, soft, colour }: Style, column: number): string {
  const lead = piece.length - piece.trimStart().length;
  const x = (PADDING_PX + (column + lead) * COLUMN_PX).toFixed(1);
  const names = [bold ? "b" : "", soft ? "s" : ""].filter((name) => name !== "").join(" ");
  const classes = names === "" ? "" : ` class="${names}"`;
  const fill = colour === "" ? "" : ` style="fill:${colour}"`;
  return `<tspan x="${x}"${classes}${fill}>${asMarkup(piece.trim())}</tspan>`;
}

function styled(style: Style, code: string): Style {
  if (code === "1") return { ...style, bold: true };
  if (code === "2") return { ...style, soft: true };
  if (code === "22") return { ...style, bold: false, soft: false };
  if (code === "39") return { ...style, colour: "" };
  const of256 = /^38;5;(\d+)$/.exec(code)?.[1];
  return { ...style, colour: of256 === undefined ? (COLOURS[code] ?? "") : cube(Number(of256)) };
}

/** The colour cube of terminals: 16 + 36 red + 6 green + blue. */
function cube(number: number): string {
  const level = (step: number) => (step === 0 ? 0 : 55 + 40 * step).toString(16).padStart(2, "0");
  const at = number - 16;
  return `#${level(Math.floor(at / 36))}${level(Math.floor(at / 6) % 6)}${level(at % 6)}`;
}

function asMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
