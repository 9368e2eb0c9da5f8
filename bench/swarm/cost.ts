/** What it costs to find out whose message it is: model calls and dollars per message, counted in one calm simulated world. */
import type { Ledger } from "../../shared/ledger/index.ts";
import { simulate } from "../../shared/simulation/index.ts";

const MESSAGES = 300;

export type Cost = {
  simulated: {
    messages: number;
    /** Messages of people that address nobody, and have words. */
    unaddressed: number;
    /** Calls that asked whose such a message is: the swarm's one judgement. */
    liteCallsPerUnaddressed: number;
    /** The same with the calls that asked whether a colleague's answer needs a reaction. */
    liteCallsPerUnaddressedWithReactions: number;
    /** All calls of a message, judging and answering, at the simulator's prices. */
    usdPerMessage: number;
  };
};

/** Listens to the ledger of a simulation without faults. */
export async function measureCost(): Promise<Cost> {
  const judged = new Map<number, number>();
  const people = new Map<number, string>();
  const addressed = new Set<number>();
  let usd = 0;
  const listening = (ledger: Ledger): Ledger => ({
    ...ledger,
    messages: {
      ...ledger.messages,
      async record(heard) {
        const recorded = await ledger.messages.record(heard);
        if (heard.sender.kind !== "agent") people.set(recorded.seq, heard.text);
        return recorded;
      },
    },
    claims: {
      ...ledger.claims,
      async place(bid) {
        if (bid.tier === 1) addressed.add(bid.message);
        return ledger.claims.place(bid);
      },
    },
    spend: {
      ...ledger.spend,
      async add(expense) {
        if (expense.purpose === "judge" && expense.message !== null)
          judged.set(expense.message, (judged.get(expense.message) ?? 0) + 1);
        usd += expense.costUsd;
        return ledger.spend.add(expense);
      },
    },
  });
  await simulate({ seed: 1, messages: MESSAGES, faults: "none", ledgerSeenBy: listening });
  const unaddressed = [...people].filter(([seq, text]) => !addressed.has(seq) && /[\p{L}\p{N}]/u.test(text));
  const relevance = unaddressed.reduce((calls, [seq]) => calls + (judged.get(seq) ?? 0), 0);
  const all = [...judged.values()].reduce((calls, each) => calls + each, 0);
  const per = (calls: number, count: number) => Number((calls / count).toFixed(3));
  return {
    simulated: {
      messages: people.size,
      unaddressed: unaddressed.length,
      liteCallsPerUnaddressed: per(relevance, unaddressed.length),
      liteCallsPerUnaddressedWithReactions: per(all, unaddressed.length),
      usdPerMessage: Number((usd / people.size).toFixed(6)),
    },
  };
}
