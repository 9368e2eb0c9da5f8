/** What a command spends is counted against the same caps as what agents spend. */
import { createTill, payerOf } from "../shared/agent/index.ts";
import type { Ledger } from "../shared/ledger/index.ts";
import type { Context } from "./context.ts";

/** How the memory that a command opens pays for its vectors: in the agent's name, under the caps of the environment. */
export function payFrom({ env }: Context, { spend }: Pick<Ledger, "spend">, agent: string): ReturnType<typeof payerOf> {
  const caps = { dayUsd: env.DAILY_LIMIT_USD, sessionUsd: env.SESSION_LIMIT_USD, agentDayUsd: 0 };
  return payerOf(createTill({ agent, spend, caps }));
}
