/** Skills in the public format, as other agents keep them: every folder with a SKILL.md. */
import { dirname, join } from "node:path";
import { messageOf } from "../../base/index.ts";
import { type Bundle, fetchBundle } from "../../skills/index.ts";
import type { Found } from "./found.ts";
import { filesEndingWith } from "./notes.ts";

/** A folder on this disk needs no network. */
const nowhere = async () => ({ fetched: false, because: "it is a folder" }) as const;

export async function* skillsBelow(folder: string, signal: AbortSignal): AsyncGenerator<Found> {
  for (const name of filesEndingWith(folder, "skill.md")) {
    signal.throwIfAborted();
    if (!/(?:^|\/)(?:SKILL|skill)\.md$/.test(name) || dirname(name) === ".") continue;
    let bundle: Bundle;
    try {
      bundle = await fetchBundle({ kind: "folder", folder: join(folder, dirname(name)) }, { fetch: nowhere, signal });
    } catch (error) {
      yield { kind: "skipped", what: dirname(name), because: `it cannot be used as a skill: ${messageOf(error)}` };
      continue;
    }
    yield { kind: "skill", bundle };
  }
}
