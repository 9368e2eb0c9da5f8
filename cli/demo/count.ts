/** What a demo has come to, counted in the ledger and nowhere else. */
import type { Ledger, Message } from "../../shared/ledger/index.ts";

export type Count = {
  agents: number;
  /** Messages that a person said. */
  roots: number;
  replies: number;
  /** The most implicit replies (tier 2 and 3) that any root got. */
  implicitRepliesMax: number;
  rootsUnanswered: number;
  /** Pairs of a message and an agent without an outcome. */
  outcomesMissing: number;
};

const ROOTS_MAX = 1_000;
const OPEN = ["placed", "holding", "delivering", "expired"];

export async function count(ledger: Ledger): Promise<Count> {
  const [roots, roster] = await Promise.all([ledger.messages.roots(ROOTS_MAX), ledger.agents.roster()]);
  const names = roster.map(({ name }) => name);
  const perRoot = await Promise.all(roots.map((root) => countRoot(ledger, root, names)));
  const sum = (of: (one: (typeof perRoot)[number]) => number) => perRoot.reduce((total, one) => total + of(one), 0);
  return {
    agents: names.length,
    roots: roots.length,
    replies: sum(({ replies }) => replies),
    implicitRepliesMax: Math.max(0, ...perRoot.map(({ implicit }) => implicit)),
    rootsUnanswered: perRoot.filter(({ replies }) => replies === 0).length,
    outcomesMissing: sum(({ missing }) => missing),
  };
}

/** Whether every agent is done with this root and with everything that was said to it. */
export async function isQuiet(ledger: Ledger, root: Message): Promise<boolean> {
  const names = (await ledger.agents.roster()).map(({ name }) => name);
  const claims = await ledger.claims.ofRoot(root.seq);
  if (claims.some(({ state }) => OPEN.includes(state))) return false;
  return (await countRoot(ledger, root, names)).missing === 0;
}

async function countRoot(
  ledger: Ledger,
  { seq }: Message,
  names: readonly string[],
): Promise<{ replies: number; implicit: number; missing: number }> {
  const [thread, claims] = await Promise.all([ledger.messages.thread(seq), ledger.claims.ofRoot(seq)]);
  let missing = 0;
  for (const message of thread) {
    const done = (await ledger.outcomes.ofMessage(message.seq)).map(({ agent }) => agent);
    missing += names.filter((name) => !done.includes(name) && name !== speakerOf(message)).length;
  }
  return {
    replies: thread.filter(({ sender }) => sender.kind === "agent").length,
    implicit: claims.filter(({ tier, state }) => tier > 1 && state === "sent").length,
    missing,
  };
}

/** The agent that said it; nobody has to decide on its own words. */
function speakerOf({ sender }: Message): string | undefined {
  return sender.kind === "agent" ? sender.name : undefined;
}
