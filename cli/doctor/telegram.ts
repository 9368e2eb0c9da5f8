/** Whether the agents have their Telegram accounts. Nobody is connected to here: that is what `kaos telegram check` does. */
import { readSession } from "../../shared/transport/index.ts";
import { readRoster } from "../processes/choose.ts";
import { listed } from "../terminal/layout.ts";
import type { Check, Finding } from "./check.ts";

export const telegram: Check = {
  name: "Telegram",
  look({ env, home }): Finding {
    const agents = readRoster().agents.map(({ name }) => name);
    const without = agents.filter((name) => readSession(home.agent(name).telegram) === undefined);
    if (env.TELEGRAM_GROUP === "" && without.length === agents.length) {
      return {
        state: "optional",
        says: "no Telegram group: the agents live in the local room",
        next: "Set TELEGRAM_API_ID, TELEGRAM_API_HASH and TELEGRAM_GROUP in .env, then `kaos telegram login <agent>`.",
      };
    }
    const unset = [
      ...(env.TELEGRAM_API_ID === 0 ? ["TELEGRAM_API_ID"] : []),
      ...(["TELEGRAM_API_HASH", "TELEGRAM_GROUP", "TELEGRAM_OWNER_IDS"] as const).filter(
        (name) => env[name].length === 0,
      ),
    ];
    if (unset.length > 0) {
      const says = `not set: ${listed(unset)}. Telegram is silent, or knows no owner`;
      return { state: "limit", says, next: "Set it in .env, then `kaos restart`." };
    }
    if (without.length > 0) {
      const says = `${listed(without)}: not logged in, so not in the group`;
      return { state: "limit", says, next: `Log in: \`kaos telegram login ${without[0]}\`.` };
    }
    return {
      state: "ok",
      says: `${agents.length} accounts logged in; \`kaos telegram check\` connects and looks closer`,
    };
  },
};
