/** A fact of Ann's, told in private unless said otherwise. */
import type { NewFact } from "../../../shared/memory/index.ts";

export function newFact(text: string, more: Partial<NewFact> = {}): NewFact {
  return {
    text,
    kind: "knowledge",
    subject: "ann",
    origin: "person",
    audience: "person:ann",
    source: { thread: null, message: null, by: "Ann", quote: null },
    ...more,
  };
}
