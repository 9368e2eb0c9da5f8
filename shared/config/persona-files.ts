/** The files and folders that people write in `agents/`: plain, short, readable, or a sentence that says what is wrong. */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigProblem } from "./problem.ts";

// A persona file is part of every prompt, so it stays short.
const personaFileBytesMax = 16 * 1024;

/** The folders of agents, by name. Throws a ConfigProblem for one that is half there. */
export function agentFolders(agentsFolder: string): string[] {
  return readFolder(agentsFolder).flatMap((entry) => {
    const path = join(agentsFolder, entry.name);
    if (entry.isSymbolicLink()) throw new ConfigProblem(`${path} is a symbolic link. Put the folder itself there.`);
    if (!entry.isDirectory()) return [];
    const files = readFolder(path).map(({ name }) => name);
    // A misspelt agent.json must not make an agent vanish without a word.
    if (files.includes("IDENTITY.md") && !files.includes("agent.json"))
      throw new ConfigProblem(`${path} has an IDENTITY.md but no agent.json. Add it, or remove the folder.`);
    return files.includes("agent.json") ? [path] : [];
  });
}

function readFolder(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    throw new ConfigProblem(
      `${path} cannot be read as a folder. Check that it exists and that this user may read it.`,
      { cause },
    );
  }
}

/** The text of a file that must be there; `toWrite` says what a person puts into it. Throws a ConfigProblem. */
export function readText(file: string, toWrite: string): string {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  const refuse = (because: string, cause?: unknown) => new ConfigProblem(`${file} ${because}`, { cause });
  if (!stat) throw refuse(`is missing. ${toWrite}`);
  if (stat.isSymbolicLink())
    throw refuse("is a symbolic link. Put the file itself there, so that what is reviewed is what is read.");
  if (!stat.isFile()) throw refuse(`is not a file. ${toWrite}`);
  if (stat.size > personaFileBytesMax)
    throw refuse(`has ${stat.size} bytes, but at most ${personaFileBytesMax} are read. Shorten it.`);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
    if (text.trim() !== "") return text;
  } catch (cause) {
    throw refuse(
      cause instanceof TypeError
        ? "is not UTF-8 text. Save it as UTF-8."
        : "cannot be read. Check that this user may read it.",
      cause,
    );
  }
  throw refuse(`is empty. ${toWrite}`);
}
