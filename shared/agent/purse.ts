/** The one door to what costs money: the worst case is set aside before a call, and what it cost is booked when it has ended. */
import { messageOf } from "../base/index.ts";
import { type Model, type ModelRequest, ModelStopped, noUsage, type Usage } from "../engine/index.ts";
import type { Caps, Ledger } from "../ledger/index.ts";
import type { Tier } from "../llm/index.ts";

/** What a call is for: whose message it serves, and which room's session pays. */
export type Purpose = { purpose: string; message: number | null; room: string };

/** The model of a tier for this purpose. Over a cap it fails with the numbers; from 80 % of one on, lite answers for standard. */
export type Purse = (tier: Tier, purpose: Purpose) => Model;

/** How much may be spent, and what a call may cost at worst, in dollars; 0 for models that cost nothing. */
export type Money = { caps: Caps; worstUsd(tier: Tier, request: ModelRequest): number };

/** What a call brought, what it used, and who answered. */
export type Bought<Value> = { value: Value; usage: Usage; by: string };

export type Paid<Value> =
  | { paid: true; value: Value }
  /** Over a cap, with the numbers; or what is spent could not be read. The call was not made. */
  | { paid: false; because: string };

/**
 * Makes a call of any kind when its worst case fits under every cap; `sparing` says that four fifths of one are used. A call
 * that throws counts with what it had used when it was stopped, or with its worst where nobody knows that.
 */
export type Till = <Value>(
  paying: Purpose & { worstUsd: number },
  call: (sparing: boolean) => Promise<Bought<Value>>,
) => Promise<Paid<Value>>;

type TillDeps = {
  agent: string;
  spend: Pick<Ledger["spend"], "reserve" | "settle" | "add">;
  caps: Caps;
};

export function createTill({ agent, spend, caps }: TillDeps): Till {
  return async ({ purpose, message, room, worstUsd }, call) => {
    const book = ({ usage, by }: Omit<Bought<unknown>, "value">, reservations: readonly number[]) =>
      spend.add({ agent, purpose, message, by, ...usage, reservations });
    if (worstUsd === 0) {
      const free = await call(false);
      await book(free, []);
      return { paid: true, value: free.value };
    }
    const set = await spend
      .reserve({ agent, purpose, room, worstUsd }, caps)
      .catch((error: unknown) => ({ reserved: false as const, because: unread(error) }));
    if (!set.reserved) return { paid: false, because: set.because };
    try {
      const bought = await call(set.sparing);
      await book(bought, [set.id]);
      return { paid: true, value: bought.value };
    } catch (error) {
      if (error instanceof ModelStopped) await book(error, [set.id]);
      else await spend.settle(set.id, worstUsd);
      throw error;
    }
  };
}

function unread(error: unknown): string {
  return `what is spent could not be read, so nothing is spent: ${messageOf(error)}`;
}

/** How memory pays for vectors: through the till, for nobody's message in particular. */
export function payerOf(
  till: Till,
): <Value>(
  worstUsd: number,
  cost: { tokens: number; costUsd: number; by: string },
  call: () => Promise<Value>,
) => Promise<Paid<Value>> {
  return (worstUsd, { tokens, costUsd, by }, call) =>
    till({ purpose: "vectors", message: null, room: "", worstUsd }, async () => ({
      value: await call(),
      usage: { ...noUsage, inputTokens: tokens, costUsd },
      by,
    }));
}

type Deps = {
  agent: string;
  models: Readonly<Record<Tier, Model>>;
  spend: TillDeps["spend"] & Pick<Ledger["spend"], "ofMessage">;
  money: Money;
};

/**
 * Booked completions for one message of a person, over all agents and whatever they hand to each other, after which none is
 * begun: four turns of the longest kind. What is under way then comes to its end.
 */
const COMPLETIONS_PER_ROOT_MAX = 100;

export function createPurse({ agent, models, spend, money }: Deps): Purse {
  const till = createTill({ agent, spend, caps: money.caps });
  return (tier, purpose) => ({
    async complete(request, options) {
      const before = purpose.message === null ? 0 : (await spend.ofMessage(purpose.message)).length;
      if (before >= COMPLETIONS_PER_ROOT_MAX)
        return { kind: "failed", because: `${before} completions went into this message already`, usage: noUsage };
      const worstUsd = money.worstUsd(tier, request);
      const paid = await till({ ...purpose, worstUsd }, async (sparing) => {
        const completion = await models[sparing ? "lite" : tier].complete(request, options);
        return { value: completion, usage: completion.usage, by: "by" in completion ? completion.by : "" };
      });
      return paid.paid ? paid.value : { kind: "failed", because: paid.because, usage: noUsage };
    },
  });
}
