/** The contender that the product ships: the ledger, as an agent uses it. */
import { systemClock } from "../../shared/base/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import type { Durability } from "../../shared/sqlite/index.ts";
import { CAP, type OpenContender } from "./contender.ts";

export const production =
  (durability: Durability): OpenContender =>
  async ({ path, agent }, tune) => {
    const ledger = await openLedger({ path, clock: systemClock, durability, ...(tune && { tune }) });
    return {
      async place(message) {
        const bid = { message, root: message, agent, tier: 2, eta: systemClock.now(), because: "fit 8 of 10" } as const;
        return (await ledger.claims.place(bid)).id;
      },
      take: (claim) => ledger.claims.take(claim, { cap: CAP }),
      async answer(claim, fence) {
        await ledger.claims.commitReply(claim, fence, { parts: [`${agent} answers.`], by: "bench" });
        const parcel = await ledger.outbox.take(agent);
        if (parcel !== undefined) await ledger.outbox.post(parcel.id, { id: agent, name: agent });
      },
      close: () => ledger.close(),
    };
  };
