/** What every kind of work has in common: an assignment in, an end out. */
import type { TurnEnd, Usage } from "../../engine/index.ts";
import type { Assignment } from "../../ledger/index.ts";
import type { Speaking } from "../speaking.ts";

/** How one piece of work ended, and what it used. */
export type Done = { usage: Usage; by: string | undefined } & (
  | { kind: "answer"; text: string }
  | { kind: "result"; result: string | null; because: string }
  | { kind: "returned"; because: string }
  | { kind: "failed"; because: string }
);

/** What a turn's end means for work that answers in the room. */
export function toAnswer(end: TurnEnd): Done {
  const used = { usage: end.usage, by: end.by };
  switch (end.kind) {
    case "answered":
      return { kind: "answer", text: end.text, ...used };
    case "passed":
      return { kind: "result", result: null, because: end.because, ...used };
    case "stopped":
      if (end.text.trim() !== "") return { kind: "answer", text: end.text, ...used };
      return { kind: "failed", because: end.because, ...used };
    case "waiting":
    case "failed":
      return { kind: "failed", because: end.because, ...used };
  }
}

/** How each kind of work is done. */
export type Errand = (speaking: Speaking, assignment: Assignment, signal: AbortSignal) => Promise<Done>;
