/** What draws facts from something a person said. */
import type { FactKind } from "../types.ts";

/** Something a person said, as an extractor sees it. */
export type Utterance = { text: string; by: string; at: number };

/** One fact drawn from it. `quote` must stand in the utterance word for word, or the fact is not taken. */
export type Drawn = {
  text: string;
  kind: Exclude<FactKind, "said" | "insight">;
  quote: string;
  confidence: number;
  relations: readonly { source: string; kind: string; target: string }[];
};

/** Rejects with an OperationalError when the service behind it does not answer, and with another one when what it answered cannot be used. */
export type Extractor = (utterance: Utterance, options: { signal: AbortSignal }) => Promise<Drawn[]>;
