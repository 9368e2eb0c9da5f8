/** The files of one skill's folder: plain files below it, no links, no more than fits; and what stands in them. */
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { messageOf, OperationalError } from "../base/index.ts";
import { type BadSkillText, readSkillText, type SkillText } from "./skill.ts";

/** Bytes of one text file. The longest of 490 public skills has 50,000. */
export const TEXT_BYTES_MAX = 256_000;
/** Bytes of a whole folder, pictures and templates too. */
export const FOLDER_BYTES_MAX = 5_000_000;
const FILES_MAX = 200;
const DEPTH_MAX = 6;

/** The folder or file cannot be used as a skill's. The message is a sentence about it that begins small. */
export class UnusableSkill extends OperationalError {
  override readonly name = "UnusableSkill";
}

/** One file with its SHA-256, as `sha256sum` writes it. */
export type SkillFile = { path: string; bytes: number; sha256: string };

/** A skill as it lies on disk. */
export type Skill = SkillText & {
  /** The folder's own name, by which commands and locks know it. */
  directory: string;
  folder: string;
  files: readonly SkillFile[];
  /** Of all paths and contents: the same bytes give the same hash, wherever they lie. */
  hash: string;
};
export type BadSkill = BadSkillText & { directory: string; folder: string };

/** Never throws: what is wrong with a folder is said in `because`. */
export function readSkill(folder: string): Skill | BadSkill {
  const directory = basename(folder);
  try {
    const files = filesBelow(folder);
    const main = files.find(({ path }) => isMainFile(path));
    if (main === undefined) return { readable: false, directory, folder, because: "it has no SKILL.md" };
    const read = readSkillText(readText(folder, main.path, main.sha256), directory);
    return read.readable ? { ...read, directory, folder, files, hash: hashOf(files) } : { ...read, directory, folder };
  } catch (error) {
    return { readable: false, directory, folder, because: messageOf(error) };
  }
}

/** Reads like `readSkill`, and remembers: a folder of which no file was touched since is not read again. */
export function createSkillReader(): typeof readSkill {
  const remembered = new Map<string, { mark: string; skill: Skill | BadSkill }>();
  return (folder) => {
    const mark = markOf(folder);
    const known = remembered.get(folder);
    if (mark !== undefined && known?.mark === mark) return known.skill;
    const skill = readSkill(folder);
    if (mark !== undefined) remembered.set(folder, { mark, skill });
    return skill;
  };
}

/** Undefined for a folder that cannot be used: reading it says why. */
function markOf(folder: string): string | undefined {
  try {
    return walk(folder)
      .map(({ mark }) => mark)
      .join("\n");
  } catch {
    return undefined;
  }
}

/** The skills in the folders directly below this one, sorted; none where there is no such folder. */
export function readSkillsIn(folder: string, read = readSkill): (Skill | BadSkill)[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .toSorted()
    .map((name) => read(join(folder, name)));
}

/** Whether this path is the file that makes a folder a skill; older systems write it small. */
export function isMainFile(path: string): boolean {
  return path === "SKILL.md" || path === "skill.md";
}

/**
 * The text of a file of a skill, by its path in the folder. Throws UnusableSkill for any other path, for what is not text,
 * and for bytes that are not those of `pinned`.
 */
export function readText(folder: string, path: string, pinned?: string): string {
  refusePath(path);
  let at = folder;
  for (const part of path.split("/")) {
    at = join(at, part);
    if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() === true)
      throw new UnusableSkill(`${path} is a link, and links are not followed`);
  }
  const found = lstatSync(at, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile()) throw new UnusableSkill(`it has no file ${path}`);
  if (found.size > TEXT_BYTES_MAX)
    throw new UnusableSkill(`${path} has ${found.size} bytes, at most ${TEXT_BYTES_MAX} are read`);
  const bytes = readFileSync(at);
  if (pinned !== undefined && sha256(bytes) !== pinned)
    throw new UnusableSkill(`${path} was changed while it was read`);
  const text = textOf(bytes);
  if (text === undefined) throw new UnusableSkill(`${path} is not text in UTF-8`);
  return text;
}

/** What a model could be given of these bytes; undefined for what is not text in UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Throws UnusableSkill unless the path stays in the folder: relative, no `..`, nothing hidden, no other system's separators. */
export function refusePath(path: string): void {
  const parts = path.split("/");
  const wrong = /[\p{Cc}\\:]/u.test(path) || path.length > 200 || parts.length > DEPTH_MAX;
  if (wrong || parts.some((part) => part === "" || part.startsWith(".")))
    throw new UnusableSkill(`"${path}" is no path in a skill; write one like references/checklist.md`);
}

/** Every plain file with its hash, sorted by path. Throws UnusableSkill at a link, and where there is too much. */
export function filesBelow(folder: string): SkillFile[] {
  return walk(folder).map(({ path, bytes }) => ({ path, bytes, sha256: sha256(readFileSync(join(folder, path))) }));
}

/** What tells without reading whether a file was touched: nobody can set `ctime` back. */
type FoundFile = { path: string; bytes: number; mark: string };

function walk(folder: string): FoundFile[] {
  const files: FoundFile[] = [];
  let bytes = 0;
  const visit = (at: string, prefix: string, depth: number): void => {
    if (depth > DEPTH_MAX) throw new UnusableSkill(`its folders are nested more than ${DEPTH_MAX} deep`);
    for (const name of readdirSync(at).toSorted()) {
      // What a file manager or a version control system leaves behind is not part of a skill.
      if (name.startsWith(".")) continue;
      const path = prefix + name;
      const found = lstatSync(join(at, name), { bigint: true });
      if (found.isSymbolicLink()) throw new UnusableSkill(`${path} is a link, and links are not followed`);
      if (found.isDirectory()) visit(join(at, name), `${path}/`, depth + 1);
      else if (found.isFile()) {
        const size = Number(found.size);
        bytes += size;
        if (bytes > FOLDER_BYTES_MAX) throw new UnusableSkill(`it has more than ${FOLDER_BYTES_MAX} bytes`);
        if (isMainFile(path) && size > TEXT_BYTES_MAX)
          throw new UnusableSkill(`${path} has ${size} bytes, at most ${TEXT_BYTES_MAX} are read`);
        if (files.length === FILES_MAX) throw new UnusableSkill(`it has more than ${FILES_MAX} files`);
        files.push({ path, bytes: size, mark: `${path} ${size} ${found.ino} ${found.ctimeNs} ${found.mtimeNs}` });
      }
    }
  };
  if (lstatSync(folder).isSymbolicLink()) throw new UnusableSkill("its folder is a link, and links are not followed");
  visit(folder, "", 1);
  return files;
}

/** Of a list of files, whatever order they come in. */
export function hashOf(files: readonly SkillFile[]): string {
  const lines = files.map(({ path, sha256: hash }) => `${hash}  ${path}\n`).toSorted();
  return sha256(Buffer.from(lines.join("")));
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
