/** Authority follows the text: what a call may do depends on whose words are in the turn, and on whose words its arguments are. Pure. */
import { isForeign, type Seen, type Source, type Tool } from "../engine/index.ts";
import { carrying } from "./carrying.ts";
import { createOrigins, weightsIn } from "./provenance.ts";

export type Authority =
  | { kind: "allow" }
  /** A person must say; the sentence names whose text led to it. */
  | { kind: "ask"; because: string }
  | { kind: "refuse"; because: string };

export type Asked = {
  tool: Pick<Tool, "name" | "effects" | "risk" | "because">;
  input: unknown;
  /** Whose text has entered the turn so far. */
  sources: readonly Source[];
  /** What the owner, and those who are allowed, said in this turn. */
  said: readonly string[];
  /** The text of others in the turn. */
  seen: readonly Seen[];
  /** Whether a text reads like an attempt to take over. Without it, nothing from outside is trusted with an argument. */
  suspicious?: ((text: string) => boolean) | undefined;
};

/**
 * What changes nothing, or only this machine and safely, is allowed, unless an address in it would tell more than anybody
 * wrote (carrying.ts). A risky tool takes a person's word, always. The rest is allowed where nobody but the owner and people
 * who are allowed spoke. Once other text is in the turn, it is allowed only where a person's words are among the arguments
 * and nothing in them is somebody else's (provenance.ts): an address, an account or a name that only a page holds is that
 * page's wish. The walls stand here and at the gate, never in what a model was told.
 */
export function authorityOf({ tool, input, sources, said, seen, suspicious }: Asked): Authority {
  const foreign = sources.filter(isForeign);
  const harmless = tool.risk === "safe" && tool.effects !== "external";
  if (harmless && foreign.length === 0) return { kind: "allow" };
  const weights = weightsIn(input);
  if (harmless) {
    const address = carrying(weights, said, seen);
    if (address === undefined) return { kind: "allow" };
    return ask(tool.name, `would use ${shown(address)}, an address that says more than anybody wrote`, foreign);
  }
  if (foreign.length === sources.length && foreign.some(({ label }) => label === "stranger"))
    return { kind: "refuse", because: `${tool.name} acts for its owner, and only ${namesOf(foreign)} asked for it` };
  if (tool.risk === "risky") return ask(tool.name, tool.because ?? "is risky", foreign);
  if (foreign.length === 0) return { kind: "allow" };
  const originOf = createOrigins({ said, seen, suspicious });
  const origins = weights.map(originOf);
  const strange = weights[origins.indexOf("foreign")];
  if (strange !== undefined) return ask(tool.name, `would use ${shown(strange)}, which nobody here wrote`, foreign);
  // Calling a record by name says which one is meant, not where it may lead.
  if (origins.includes("said") || (origins.includes("named") && !origins.includes("found address")))
    return { kind: "allow" };
  return ask(tool.name, "acts outside this machine, and nothing of what it would use was said here", foreign);
}

const SHOWN_MAX = 60;

function shown(value: string): string {
  return JSON.stringify(value.slice(0, SHOWN_MAX));
}

function ask(name: string, what: string, foreign: readonly Source[]): Authority {
  const influence = foreign.length === 0 ? "" : `; text from ${namesOf(foreign)} is in this turn`;
  return { kind: "ask", because: `${name} ${what}${influence}` };
}

function namesOf(sources: readonly Source[]): string {
  return [...new Set(sources.map(({ from }) => from))].join(", ");
}
