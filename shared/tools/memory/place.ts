/** For whom, and where, the tools of one turn remember. Set by the code that runs the turn, never by a model. */
import type { Audience, Fact, Memory, Reader } from "../../memory/index.ts";

export type Remembered = Pick<Memory, "recall" | "wouldForget" | "forget" | "index"> & {
  facts: Pick<Memory["facts"], "keep" | "used">;
};

export type Place = {
  /** Who reads the answer, and where. */
  reader: Reader;
  /** Who may be told later what is kept now. */
  audience: Audience;
  person: { id: string; name: string; isOwner: boolean };
  /** The message that the turn answers, for the source of what is kept. */
  message: string | null;
};

/** `[id, date, who] text` for each, or a sentence that there is nothing. */
export function told(lines: readonly string[], missing: readonly { layer: string; because: string }[]): string {
  const gaps = missing.map(({ because }) => because).join(" ");
  if (lines.length === 0) return `Nothing you remember fits. ${gaps}`.trim();
  return [...lines, ...(gaps === "" ? [] : [`(${gaps})`])].join("\n");
}

/** Only the owner lets everything go; anybody else what is about them. */
export function mayForget({ person }: Place, { subject }: Fact): boolean {
  return person.isOwner || subject === person.id;
}
