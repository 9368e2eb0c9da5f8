/** What is found in another program's export: conversations, notes, skills, and what is left where it is. */
import type { Bundle } from "../../skills/index.ts";

/** `owner` only where the export itself says that these are the words of whoever exports. */
export type SaidBy = "owner" | "assistant" | "other";

export type ForeignSaid = {
  /** The same in every export of the same program. */
  id: string;
  by: SaidBy;
  name: string;
  text: string;
  at: number;
  /** For an assistant's words; empty where it is not known. */
  model: string;
};

export type Found =
  | { kind: "conversation"; id: string; title: string; said: readonly ForeignSaid[] }
  | { kind: "note"; id: string; title: string; text: string; at: number; by: string }
  | { kind: "skill"; bundle: Bundle }
  /** Equal reasons are counted together. */
  | { kind: "skipped"; what: string; because: string };

export type ReadOptions = {
  /** Who of the people in it exports it: a name or an id there. */
  me: string | undefined;
  /** When a thing was written of which nobody knows; milliseconds since the epoch. */
  now: number;
  signal: AbortSignal;
};

/** Throws ArchiveRefused for what is no export of this program, or damaged. */
export type ReadForeign = (path: string, options: ReadOptions) => AsyncGenerator<Found>;
