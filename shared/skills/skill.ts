/** What a SKILL.md says, by the rules of the public format (agentskills.io); what only a tidy author would mind is a warning. */
import { isMap } from "../base/index.ts";
import { readFrontMatter } from "./front-matter.ts";

const NAME_CHARACTERS_MAX = 64;
const DESCRIPTION_CHARACTERS_MAX = 1_024;
const COMPATIBILITY_CHARACTERS_MAX = 500;
/** The format advises less than 5,000 tokens; beyond this a body belongs into references. */
const BODY_CHARACTERS_ADVISED = 20_000;

/** A procedure that a model can follow. */
export type SkillText = {
  readable: true;
  /** As its author wrote it; systems differ in what they allow. */
  name: string;
  description: string;
  license?: string;
  compatibility?: string;
  metadata: Readonly<Record<string, unknown>>;
  /** What it would like to use. It opens nothing: gates and approvals decide. */
  allowedTools: readonly string[];
  body: string;
  /** Sentences for its author. */
  warnings: readonly string[];
};

export type BadSkillText = { readable: false; because: string };

/** `directory` is the name of its folder, which the format wants to be the skill's name. */
export function readSkillText(text: string, directory: string): SkillText | BadSkillText {
  const read = readFrontMatter(text);
  if (!read.readable) return read;
  const { fields, body } = read;
  const name = textOf(fields["name"]);
  const description = textOf(fields["description"]);
  const bad = nameProblem(name) ?? descriptionProblem(description);
  if (bad !== undefined || name === undefined || description === undefined)
    return { readable: false, because: bad ?? "it has no name" };

  const license = textOf(fields["license"]);
  const compatibility = textOf(fields["compatibility"]);
  const metadata = fields["metadata"];
  return {
    readable: true,
    name,
    description,
    ...(license === undefined ? {} : { license }),
    ...(compatibility === undefined ? {} : { compatibility }),
    metadata: isMap(metadata) ? metadata : {},
    allowedTools: toolsOf(fields["allowed-tools"]),
    body,
    warnings: [...warningsFor({ name, directory, body, compatibility, metadata })],
  };
}

function nameProblem(name: string | undefined): string | undefined {
  if (name === undefined || name.trim() === "") return "it has no `name`";
  const { length } = [...name];
  if (length > NAME_CHARACTERS_MAX)
    return `its name has ${length} characters, at most ${NAME_CHARACTERS_MAX} are allowed`;
  // A name is typed, logged and shown: nothing that could be a path, a second line or unseen.
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}/\\]|\.\./u.test(name))
    return "its name has characters that no name may have: slashes, `..`, line breaks or unseen ones";
  return undefined;
}

function descriptionProblem(description: string | undefined): string | undefined {
  if (description === undefined || description.trim() === "") return "it has no `description`";
  const { length } = [...description];
  if (length > DESCRIPTION_CHARACTERS_MAX)
    return `its description has ${length} characters, at most ${DESCRIPTION_CHARACTERS_MAX} are allowed`;
  return undefined;
}

function* warningsFor(skill: {
  name: string;
  directory: string;
  body: string;
  compatibility: string | undefined;
  metadata: unknown;
}): Generator<string> {
  const { name, directory, body, compatibility, metadata } = skill;
  const folded = name.normalize("NFKC");
  if (folded !== directory.normalize("NFKC")) yield `Its name is "${name}", its folder "${directory}".`;
  if (!/^(?:\p{Ll}|\p{Lo}|\p{N})+(?:-(?:\p{Ll}|\p{Lo}|\p{N})+)*$/u.test(folded))
    yield "Its name is not written in small letters, digits and single hyphens.";
  if (body === "") yield "It has no text to follow.";
  if (body.length > BODY_CHARACTERS_ADVISED)
    yield `Its text has ${body.length} characters; what is seldom needed belongs into references/.`;
  if (compatibility !== undefined && compatibility.length > COMPATIBILITY_CHARACTERS_MAX)
    yield `Its compatibility has more than ${COMPATIBILITY_CHARACTERS_MAX} characters.`;
  if (metadata !== undefined && !isMap(metadata)) yield "Its metadata is no list of `field: value` and is left out.";
}

/** YAML reads `2024` as a number; a name that looks like one is a name all the same. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" ? value : undefined;
}

function toolsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === "string" ? (value.match(/[^\s,(]+(?:\([^)]*\))?/gu) ?? []) : [];
}
