/** The YAML at the head of a Markdown file, as the public Agent Skills format has it. Data only: nothing is evaluated. */
import { parse } from "yaml";
import { messageOf } from "../base/index.ts";

/** YAML at the head of one file. The longest of 490 public skills has a tenth of it. */
const FRONT_MATTER_CHARACTERS_MAX = 32_000;
/** How often an alias may be unfolded: front matter needs none, and a few lines of them can fill a memory. */
const ALIASES_MAX = 10;

export type FrontMatter =
  | { readable: true; fields: Readonly<Record<string, unknown>>; body: string }
  | { readable: false; because: string };

/** Parts the lines between two `---` from the text below them. */
export function readFrontMatter(text: string): FrontMatter {
  const lines = text.replace(/^\uFEFF/u, "").split(/\r?\n/u);
  if (lines[0]?.trimEnd() !== "---")
    return unreadable("it does not begin with a line `---` and its name and description");
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === "---");
  if (end === -1) return unreadable("the line `---` that ends its front matter is missing");
  const yaml = lines.slice(1, end).join("\n");
  if (yaml.length > FRONT_MATTER_CHARACTERS_MAX)
    return unreadable(
      `its front matter has ${yaml.length} characters, at most ${FRONT_MATTER_CHARACTERS_MAX} are read`,
    );
  try {
    const fields: unknown = parse(yaml, { maxAliasCount: ALIASES_MAX, logLevel: "error" });
    if (typeof fields !== "object" || fields === null || Array.isArray(fields))
      return unreadable("its front matter is no list of `field: value`");
    return {
      readable: true,
      fields: fields as Record<string, unknown>,
      body: lines
        .slice(end + 1)
        .join("\n")
        .trim(),
    };
  } catch (error) {
    return unreadable(`its front matter is no YAML: ${messageOf(error).split("\n")[0]}`);
  }
}

function unreadable(because: string): FrontMatter {
  return { readable: false, because };
}
