/** Notes in Markdown, wherever they lie: found below a folder, read with what their head says, without links being followed. */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readFrontMatter } from "../../skills/index.ts";
import type { Found } from "./found.ts";
import { listOf, textOf, timeOf } from "./json.ts";

const NOTE_BYTES_MAX = 2 * 1024 ** 2;
const NOTES_MAX = 200_000;
const DEPTH_MAX = 24;

/** Paths of files below a folder that end so, sorted; hidden folders are their program's own. */
export function filesEndingWith(folder: string, ending: string, depth = 0): string[] {
  if (depth > DEPTH_MAX || lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const found = readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith("."))
    .flatMap((entry) => {
      if (entry.isDirectory())
        return filesEndingWith(join(folder, entry.name), ending, depth + 1).map((path) => `${entry.name}/${path}`);
      return entry.isFile() && entry.name.toLowerCase().endsWith(ending) ? [entry.name] : [];
    });
  return found.toSorted().slice(0, NOTES_MAX);
}

type Text = { text: string; changedAt: number } | { because: string };

/** A text file as it lies there; what is too large, a link or not UTF-8 says so. */
export function readNote(path: string): Text {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile()) return { because: "it is no plain file" };
  if (found.size > NOTE_BYTES_MAX) return { because: `it has more than ${NOTE_BYTES_MAX} bytes` };
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
    return { text, changedAt: Math.round(found.mtimeMs) };
  } catch {
    return { because: "it is not text in UTF-8" };
  }
}

/** A note of this file; `name` is its path, and the same in every import. */
export function noteOf(folder: string, name: string, by: string): Found {
  const read = readNote(join(folder, name));
  if ("because" in read) return { kind: "skipped", what: name, because: read.because };
  const { fields, body } = parted(read.text);
  const named = basename(name).replace(/\.md$/i, "");
  const title = textOf(fields["title"]) || named;
  // A diary's file is called by its day.
  const dated = /\d{4}-\d\d-\d\d/.exec(named)?.[0];
  const at = timeOf(fields["created"] ?? fields["date"] ?? dated, read.changedAt);
  const tags = (
    Array.isArray(fields["tags"]) ? listOf(fields["tags"]).map(textOf) : textOf(fields["tags"]).split(/[\s,]+/)
  )
    .filter((tag) => tag !== "")
    .map((tag) => `#${tag.replace(/^#/, "")}`);
  const text = [plain(body), tags.join(" ")].filter((part) => part !== "").join("\n\n");
  if (text === "") return { kind: "skipped", what: name, because: "it is empty" };
  return { kind: "note", id: name, title, text, at, by };
}

/** A head that is no YAML is part of the text: notes are not forms. */
function parted(text: string): { fields: Readonly<Record<string, unknown>>; body: string } {
  const read = readFrontMatter(text);
  return read.readable ? read : { fields: {}, body: text.replace(/^\uFEFF/u, "") };
}

/** Links between notes as the words that a reader sees; what is embedded and what is a comment is not part of the note. */
function plain(text: string): string {
  return text
    .replace(/%%.*?%%/gsu, "")
    .replace(/!\[\[[^\]\n]*\]\]/gu, "")
    .replace(/\[\[([^\]|\n]*)\|([^\]\n]*)\]\]/gu, "$2 ($1)")
    .replace(/\[\[([^\]\n]*)\]\]/gu, "$1")
    .trim();
}
