/** Whether a provider answers: one real completion, of a few tokens. */
import { createPurse } from "../shared/agent/index.ts";
import { silentLog, systemRandom } from "../shared/base/index.ts";
import type { Model } from "../shared/engine/index.ts";
import type { Ledger } from "../shared/ledger/index.ts";
import { createModels, type ProviderSettings, type Tier } from "../shared/llm/index.ts";
import type { Context } from "./context.ts";
import type { Finding } from "./doctor/check.ts";

const ASK_MAX_MS = 20_000;
const ASK_TOKENS_MAX = 16;

/** More than the question and what providers add to it. */
const QUESTION_TOKENS_MAX = 200;

/** The model, its calls paid for as those of agents are; where there is no ledger yet nothing is counted. */
function paidFor(
  context: Pick<Context, "env">,
  ledger: Ledger | undefined,
  model: Model,
  { prices }: ProviderSettings,
): Model {
  if (ledger === undefined) return model;
  const worstUsd = (QUESTION_TOKENS_MAX * prices.inputUsdPerM + ASK_TOKENS_MAX * prices.outputUsdPerM) / 1_000_000;
  const caps = { dayUsd: context.env.DAILY_LIMIT_USD, sessionUsd: context.env.SESSION_LIMIT_USD, agentDayUsd: 0 };
  const models = { lite: model, standard: model };
  const purse = createPurse({
    agent: "doctor",
    models,
    spend: ledger.spend,
    money: { caps, worstUsd: () => worstUsd },
  });
  return purse("lite", { purpose: "check", message: null, room: "" });
}

/** One real completion, of a few tokens. */
export async function askProvider(
  context: Pick<Context, "clock" | "env">,
  ledger: Ledger | undefined,
  tier: Tier,
  settings: ProviderSettings,
): Promise<Finding> {
  const { clock, env } = context;
  const unpaid = createModels({
    settings: { lite: [settings], standard: [settings], offlineWordsPerSecond: env.OFFLINE_WORDS_PER_SECOND },
    clock,
    random: systemRandom,
    log: silentLog,
  })[tier];
  const asked = paidFor(context, ledger, unpaid, settings);
  const name = `${settings.id}/${settings.model}`;
  const startedAt = clock.now();
  try {
    const request = { entries: [{ role: "user" as const, text: "Say OK." }], tools: [], tokensMax: ASK_TOKENS_MAX };
    const answer = await asked.complete(request, { signal: AbortSignal.timeout(ASK_MAX_MS) });
    if (answer.kind === "completed")
      return { state: "ok", says: `${name} answered in ${((clock.now() - startedAt) / 1_000).toFixed(1)} s` };
    return {
      state: "limit",
      says: answer.because,
      next: `Look at ${settings.keyVariable || "its settings"} in .env, or take ${settings.id} out of the chain.`,
    };
  } catch {
    return {
      state: "limit",
      says: `${name} did not answer within ${ASK_MAX_MS / 1_000} s`,
      next: "Try again later, or put another provider first in the chain.",
    };
  }
}
