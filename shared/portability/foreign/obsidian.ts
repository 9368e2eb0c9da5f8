/** An Obsidian vault: a folder of notes in Markdown, with YAML at their head and [[links]] between them. */
import { lstatSync } from "node:fs";
import { ArchiveRefused } from "../refused.ts";
import type { ReadForeign } from "./found.ts";
import { filesEndingWith, noteOf } from "./notes.ts";

export const readObsidian: ReadForeign = async function* (path, { signal }) {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new ArchiveRefused(`${path} is no folder. Name the folder of the vault.`);
  const notes = filesEndingWith(path, ".md");
  if (notes.length === 0) throw new ArchiveRefused(`${path} has no notes: no file below it ends with .md.`);
  for (const name of notes) {
    signal.throwIfAborted();
    yield noteOf(path, name, "Obsidian");
  }
  for (const name of filesEndingWith(path, ".canvas"))
    yield { kind: "skipped", what: name, because: "canvases are drawings" };
};
