/**
 * Authority follows the text: what a call may do depends on whose words are in the turn, and on whose words its arguments
 * were taken from. Pure; the walls stand here and at the gate, never in what a model was told.
 */
import type { Source, Tool } from "../engine/index.ts";

export type Authority =
  | { kind: "allow" }
  /** A person must say; the sentence names whose text led to it. */
  | { kind: "ask"; because: string }
  | { kind: "refuse"; because: string };

export type Asked = {
  tool: Pick<Tool, "name" | "effects" | "risk">;
  input: unknown;
  /** Whose text has entered the turn so far. */
  sources: readonly Source[];
  /** What the owner, and those who are allowed, said in this turn. */
  said: readonly string[];
};

/**
 * What changes nothing, or only this machine and safely, is allowed. The rest is allowed where nobody but the owner and
 * people who are allowed spoke. Once other text is in the turn, it is allowed only with arguments that a person of ours
 * wrote: an address, an account or a link that came from a page is that page's wish.
 */
export function authorityOf({ tool, input, sources, said }: Asked): Authority {
  if (tool.risk === "safe" && tool.effects !== "external") return { kind: "allow" };
  const foreign = sources.filter(({ label }) => label !== "owner" && label !== "allowed");
  if (foreign.length === sources.length && foreign.some(({ label }) => label === "stranger"))
    return { kind: "refuse", because: `${tool.name} acts for its owner, and only ${namesOf(foreign)} asked for it` };
  if (tool.risk === "risky") return ask(tool.name, "is risky", foreign);
  if (foreign.length === 0) return { kind: "allow" };
  const words = said.map(plain).join("\n");
  const strange = weightsIn(input).filter((value) => !words.includes(plain(value)));
  if (weightsIn(input).length > 0 && strange.length === 0) return { kind: "allow" };
  return ask(
    tool.name,
    strange[0] === undefined
      ? "acts outside this machine"
      : `would use ${JSON.stringify(strange[0].slice(0, SHOWN_MAX))}, which nobody here wrote`,
    foreign,
  );
}

const SHOWN_MAX = 60;
/** Nested deeper, arguments are not understood, and what is not understood is asked about. */
const DEPTH_MAX = 12;

/** Every text and number of the arguments: each can carry where something goes or how much. */
function weightsIn(input: unknown, depth = 0): string[] {
  if (typeof input === "string") return input.trim() === "" ? [] : [input];
  if (typeof input === "number" || typeof input === "bigint") return [String(input)];
  if (typeof input !== "object" || input === null) return [];
  if (depth >= DEPTH_MAX) return [JSON.stringify(input)];
  return Object.values(input).flatMap((value) => weightsIn(value, depth + 1));
}

/** Case, spaces and quotation marks make no difference to whose word it is. */
function plain(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s"'“”„«»`]+/g, " ")
    .trim();
}

function ask(name: string, what: string, foreign: readonly Source[]): Authority {
  const influence = foreign.length === 0 ? "" : `; text from ${namesOf(foreign)} is in this turn`;
  return { kind: "ask", because: `${name} ${what}${influence}` };
}

function namesOf(sources: readonly Source[]): string {
  return [...new Set(sources.map(({ from }) => from))].join(", ");
}
