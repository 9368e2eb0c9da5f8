/** What a turn is about, and how its tools reach colleagues: by assignments in the ledger. */
import type { Clock } from "../../base/index.ts";
import type { AgentCard, Assignment, Ledger } from "../../ledger/index.ts";

/** What the turn is about. */
export type Errand = {
  agent: string;
  members: readonly AgentCard[];
  /** The person's message that the turn goes back to; null for work that none began. */
  message: number | null;
  /** How often this work has changed hands already. */
  depth: number;
  /** The same for every try of this turn, so that a restart gives nothing twice. */
  key: string;
};

export type Desk = { ledger: Pick<Ledger, "assignments" | "changes">; clock: Clock };

/** A sentence about why these names cannot be asked; undefined when all are colleagues. */
export function notColleagues({ agent, members }: Errand, names: readonly string[]): string | undefined {
  const colleagues = members.map(({ name }) => name).filter((name) => name !== agent);
  const wrong = names.find((name) => !colleagues.includes(name));
  if (wrong === undefined) return undefined;
  return wrong === agent
    ? "that is you; name a colleague"
    : `there is no colleague "${wrong}"; there are ${colleagues.join(", ")}`;
}

/** Waits until all these assignments have ended, or their deadline has passed; rejects with an AbortError when told to stop. */
export async function whenEnded(
  { ledger, clock }: Desk,
  ids: readonly number[],
  untilMs: number,
  signal: AbortSignal,
): Promise<Assignment[]> {
  while (true) {
    signal.throwIfAborted();
    const seen = ledger.changes.version();
    const all = (await Promise.all(ids.map((id) => ledger.assignments.get(id)))).filter((one) => one !== undefined);
    const open = all.filter(({ state }) => state === "waiting" || state === "working");
    const leftMs = untilMs - clock.now();
    if (open.length === 0 || leftMs <= 0) return all;
    await ledger.changes.past(seen, { signal, atMostMs: leftMs });
  }
}

/** The message that work for a colleague goes back to, if there is one. */
export function aboutOf({ message }: Errand): { message?: number } {
  return message === null ? {} : { message };
}
