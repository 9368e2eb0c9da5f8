/** The one door to paid models: the worst case is set aside before a call, and what it cost is booked when it has ended. */
import { type Model, type ModelRequest, noUsage } from "../engine/index.ts";
import type { Caps, Ledger } from "../ledger/index.ts";

export type Tier = "lite" | "standard";

/** What a call is for: whose message it serves, and which room's session pays. */
export type Purpose = { purpose: string; message: number | null; room: string };

/** The model of a tier for this purpose. Over a cap it fails with the numbers; from 80 % of one on, lite answers for standard. */
export type Purse = (tier: Tier, purpose: Purpose) => Model;

/** How much may be spent, and what a call may cost at worst, in dollars; 0 for models that cost nothing. */
export type Money = { caps: Caps; worstUsd(tier: Tier, request: ModelRequest): number };

type Deps = {
  agent: string;
  models: Readonly<Record<Tier, Model>>;
  spend: Ledger["spend"];
  money: Money;
};

export function createPurse({ agent, models, spend, money }: Deps): Purse {
  return (tier, { purpose, message, room }) => ({
    async complete(request, options) {
      const worstUsd = money.worstUsd(tier, request);
      const book = (by: string, usage: typeof noUsage, reservations: readonly number[]) =>
        spend.add({ agent, purpose, message, by, ...usage, reservations });
      if (worstUsd === 0) {
        const free = await models[tier].complete(request, options);
        await book("by" in free ? free.by : "", free.usage, []);
        return free;
      }
      const set = await spend.reserve({ agent, purpose, room, worstUsd }, money.caps);
      if (!set.reserved) return { kind: "failed", because: set.because, usage: noUsage };
      try {
        const completion = await models[set.sparing ? "lite" : tier].complete(request, options);
        await book("by" in completion ? completion.by : "", completion.usage, [set.id]);
        return completion;
      } catch (error) {
        // What a call cost that was broken off nobody knows: it counts with its worst.
        await spend.settle(set.id, worstUsd);
        throw error;
      }
    },
  });
}
