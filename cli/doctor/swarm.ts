/** What the agents are made of: personas, models, gates. */
import { messageOf } from "../../shared/base/index.ts";
import { type ProviderSettings, resolveChain } from "../../shared/llm/index.ts";
import { gates as allGates, gateSettings, gateStates, sharedSecret } from "../../shared/security/index.ts";
import { askProvider } from "../ask-provider.ts";
import { readRoster } from "../processes/choose.ts";
import { listed } from "../terminal/layout.ts";
import { withLedgerIfAny } from "../with-ledger.ts";
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
    return withLedgerIfAny(context, (ledger) =>
      Promise.all(different.map(({ tier, settings }) => askProvider(context, ledger, tier, settings))),
    );
  },
};

function sameModel(one: ProviderSettings, other: ProviderSettings): boolean {
  return one.id === other.id && one.model === other.model;
}

export const secrets: Check = {
  name: "Secrets",
  look({ raw }): Finding {
    const twins = sharedSecret(raw);
    if (twins === undefined) return { state: "ok", says: "each opens one door" };
    const [says = twins, next = ""] = twins.split(". ", 2);
    return { state: "blocker", says, next };
  },
};

export const gates: Check = {
  name: "Gates",
  look({ settings }): Finding[] {
    const open = gateStates(gateSettings(settings)).filter((gate) => gate.open);
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
