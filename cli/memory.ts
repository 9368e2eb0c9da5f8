/** `kaos memory`: what an agent remembers, why it found what it found, and how it forgets. */
import { type Define, examples } from "./command.ts";
import { changingParts } from "./memory/change.ts";
import { lookingParts } from "./memory/look.ts";
import { modelParts } from "./memory/model.ts";
import { vectorParts } from "./memory/vectors.ts";
import type { Part } from "./memory/with-memory.ts";

/** Whose memory is meant when nobody is named: the one a person alone talks to. */
const AGENT = "kronos";

export const memory: Define = (command, context) => {
  command.action(() => command.help({ error: true }));
  const part: Part = (name, description) =>
    command
      .command(name)
      .description(description)
      .option("--agent <name>", "whose memory", AGENT)
      .option("--json", "print it as JSON");
  for (const define of [lookingParts, changingParts, modelParts, vectorParts]) define(part, context);
  examples(command, [
    ['kaos memory search "when does the importer ship?" --explain', "what kronos remembers, and why"],
    ["kaos memory why f0123456789ab", "where a fact comes from"],
    ["kaos memory forget --person telegram.42 --yes", "all about a person, from every layer"],
    ["kaos memory consolidate --dry-run", "what the next night would change"],
  ]);
};
