/** What the agents are made of: personas, models, gates. */
import { messageOf, silentLog, systemRandom } from "../../shared/base/index.ts";
import { createModels, type ProviderSettings, resolveChain, type Tier } from "../../shared/llm/index.ts";
import { gates as allGates, gateStates } from "../../shared/security/index.ts";
import type { Context } from "../context.ts";
import { readRoster } from "../processes/choose.ts";
import { listed } from "../terminal/layout.ts";
import type { Check, Finding } from "./check.ts";

export const personas: Check = {
  name: "Personas",
  look(): Finding[] {
    try {
      const { agents, warnings } = readRoster();
      return [
        { state: "ok", says: `${agents.length}: ${listed(agents.map(({ name }) => name))}` },
        ...warnings.map(
          (says): Finding => ({
            state: "limit",
            says,
            next: "Leave the subject in one agent.json, then `kaos restart`.",
          }),
        ),
      ];
    } catch (error) {
      return [{ state: "blocker", says: messageOf(error), next: "Mend that file; `kaos doctor` looks again." }];
    }
  },
};

const TIERS = [
  { tier: "lite", variable: "KAOS_LITE_CHAIN", does: "judges" },
  { tier: "standard", variable: "KAOS_STANDARD_CHAIN", does: "answers" },
] as const;

export const models: Check = {
  name: "Models",
  look({ env, raw }): Finding[] {
    return TIERS.map(({ tier, variable, does }): Finding => {
      const resolved = resolveChain(tier, env[variable], raw);
      if ("problem" in resolved) {
        return {
          state: "blocker",
          says: `${variable}: ${resolved.problem}`,
          next: `Change it in .env; empty means the offline model.`,
        };
      }
      if (resolved.chain.length === 0) {
        return {
          state: "optional",
          says: `the offline model ${does}: prepared lines, no thinking`,
          next: `Set ${variable} in .env to a provider, and its key.`,
        };
      }
      return {
        state: "ok",
        says: `${resolved.chain.map(({ id, model }) => `${id}/${model}`).join(", else ")} ${does}`,
      };
    });
  },
};

const ASK_MAX_MS = 20_000;
const ASK_TOKENS_MAX = 16;

export const providers: Check = {
  name: "Providers",
  online: true,
  async look(context): Promise<Finding[]> {
    const wanted = TIERS.flatMap(({ tier, variable }) => {
      const resolved = resolveChain(tier, context.env[variable], context.raw);
      return "chain" in resolved
        ? resolved.chain.filter(({ id }) => id !== "offline").map((settings) => ({ tier, settings }))
        : [];
    });
    const different = wanted.filter(
      ({ settings }, at) => wanted.findIndex((one) => sameModel(one.settings, settings)) === at,
    );
    return Promise.all(different.map(({ tier, settings }) => ask(context, tier, settings)));
  },
};

function sameModel(one: ProviderSettings, other: ProviderSettings): boolean {
  return one.id === other.id && one.model === other.model;
}

/** One real completion, of a few tokens. */
async function ask({ clock, env }: Context, tier: Tier, settings: ProviderSettings): Promise<Finding> {
  const asked = createModels({
    settings: { lite: [settings], standard: [settings], offlineWordsPerSecond: env.OFFLINE_WORDS_PER_SECOND },
    clock,
    random: systemRandom,
    log: silentLog,
    onUsage: () => {},
  })[tier];
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

export const gates: Check = {
  name: "Gates",
  look({ env }): Finding[] {
    const open = gateStates(
      allGates.map(({ name, variable }) => ({ gate: name, value: env[variable], source: "the environment" })),
    ).filter((gate) => gate.open);
    if (open.length === 0) return [{ state: "ok", says: `all ${allGates.length} are closed` }];
    return open.map(
      ({ name, opens, variable, default: fallback }): Finding => ({
        state: "limit",
        says: `${name} is open: ${opens}`,
        next: `${variable}=${fallback} closes it.`,
      }),
    );
  },
};
