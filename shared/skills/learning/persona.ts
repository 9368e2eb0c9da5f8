/** A proposed change to a persona on its way into force: replayed before, put into the agent's own file on a person's yes, and taken back on another. */
import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Done } from "../install.ts";
import type { Learning } from "./learning.ts";
import { isPersonaPart, PERSONA_FILES, type PersonaPart } from "./persona-files.ts";

/** An agent's folder with its persona; undefined where nobody may change it. */
export type PersonaDesk = { agent: string; learning: Learning; folder: string | undefined };

const NOT_HERE = "A demo uses the personas of the program and changes none of them. Accept it in a home of your own.";

/** The text of one file of a persona. Throws what reading a file throws. */
export function readPersona(folder: string, part: PersonaPart): string {
  return readFileSync(join(folder, PERSONA_FILES[part]), "utf8");
}

/** By which it is told whether a file is still the one that a change was made for. */
export function hashOfPersona(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Puts an open proposal in force; the text before stays with it, to go back to. */
export async function acceptPersona(id: string, by: string, { agent, learning, folder }: PersonaDesk): Promise<Done> {
  const story = await learning.get(id);
  if (story === undefined || !isPersonaPart(story.skill)) return no(`There is no proposal ${id}.`);
  if (folder === undefined) return no(NOT_HERE);
  const hash = hashOfPersona(readPersona(folder, story.skill));
  // A process that died between the yes and the new text left the old one there: then the yes still counts.
  if (story.state !== "accepted" || hash !== story.baseHash) {
    const decided = await learning.accept(id, by, hash);
    if (!decided.decided) return no(decided.because);
  }
  put(folder, story.skill, story.text);
  return {
    done: true,
    because: `${PERSONA_FILES[story.skill]} of ${agent} is as proposed. \`kaos restart ${agent}\` makes it count; \`kaos skills takeback ${id}\` takes it back.`,
  };
}

/** The text before comes back, unless somebody has changed the file since. */
export async function takeBackPersona(id: string, by: string, { agent, learning, folder }: PersonaDesk): Promise<Done> {
  const story = await learning.get(id);
  if (story === undefined || !isPersonaPart(story.skill)) return no(`There is no change to a persona ${id}.`);
  if (folder === undefined) return no(NOT_HERE);
  if (story.state !== "accepted" || story.undoneAt !== null) return no("It is not in force.");
  const file = PERSONA_FILES[story.skill];
  if (readPersona(folder, story.skill) !== story.text)
    return no(`${file} of ${agent} was changed since. Change it by hand: it lies in ${folder}.`);
  put(folder, story.skill, story.before);
  await learning.takeBack(id, by);
  return { done: true, because: `${file} of ${agent} is as it was. \`kaos restart ${agent}\` makes it count.` };
}

/** Written aside and renamed: whoever reads it meanwhile reads one text or the other. */
function put(folder: string, part: PersonaPart, text: string): void {
  const file = join(folder, PERSONA_FILES[part]);
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

function no(because: string): Done {
  return { done: false, because };
}
