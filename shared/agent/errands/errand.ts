/** What every kind of work has in common: an assignment in, an end out. */
import { addSource, type Label, type Source, type TurnEnd, type Usage } from "../../engine/index.ts";
import type { Assignment } from "../../ledger/index.ts";
import type { Speaking } from "../speaking.ts";

/** How one piece of work ended, and what it used. */
export type Done = { usage: Usage; by: string | undefined } & (
  | { kind: "answer"; text: string }
  | { kind: "result"; result: string | null; because: string }
  | { kind: "returned"; because: string }
  /** A person must decide on a call first. */
  | { kind: "waiting"; approval: number }
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
      return { kind: "waiting", approval: end.approval, ...used };
    case "failed":
      return { kind: "failed", because: end.because, ...used };
  }
}

/** How each kind of work is done. */
export type Errand = (speaking: Speaking, assignment: Assignment, signal: AbortSignal) => Promise<Done>;

/** The message that this work goes back to; kinds that answer a person have one, the ledger's schema says so. */
export function messageBehind({ id, message }: Assignment): number {
  if (message === null) throw new Error(`assignment ${id} has no message`);
  return message;
}

const LABELS: readonly string[] = ["owner", "allowed", "stranger", "peer", "outside"] satisfies Label[];

/** Whose text this work stands on. A label that this version does not know has the least authority. */
export function standingOn({ sources, giver }: Assignment, { members }: Pick<Speaking, "members">): Source[] {
  const found: Source[] = [];
  for (const { label, from } of sources)
    addSource(found, { label: LABELS.includes(label) ? (label as Label) : "outside", from });
  if (members.some(({ name }) => name === giver)) addSource(found, { label: "peer", from: giver });
  return found;
}
