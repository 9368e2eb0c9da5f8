/** What the parts of bringing in share: where facts of another home are here, and what became of each line. */
import type { MovedKind } from "./records.ts";

export type Places = {
  /** The row of a fact that is here; undefined for what was not brought. */
  seqOf(id: string): number | undefined;
  /** It was here before anything was brought. */
  wasHere(id: string): boolean;
  /** A person forgot it here. */
  isForgotten(id: string): boolean;
};

export type Counting = {
  tally(kind: MovedKind, isNew: boolean): void;
  /** A sentence about something that stays as it is here. */
  conflict(sentence: string): void;
};
