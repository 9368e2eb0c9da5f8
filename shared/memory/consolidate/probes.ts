/** Questions that memory should answer, asked before and after each step of a night. */
import { readerOf } from "../audience.ts";
import { telling } from "../language/words.ts";
import type { FactRow } from "../layers/fact-rows.ts";
import type { Reader } from "../types.ts";

export type Probe = { question: string; fact: FactRow; reader: Reader };

const PROBES_MAX = 20;
/** Words of one probe. */
const PROBE_WORDS = 6;

/** Facts spread over the whole memory, asked for by some of their own words. */
export function probesOf(rows: readonly FactRow[]): Probe[] {
  const drawn = rows.filter(({ kind }) => kind !== "said");
  const every = Math.max(1, Math.ceil(drawn.length / PROBES_MAX));
  return drawn
    .filter((_, i) => i % every === 0)
    .map((fact) => ({
      fact,
      question: telling(fact.words.split(" ")).slice(0, PROBE_WORDS).join(" "),
      reader: readerOf(fact.audience),
    }));
}
