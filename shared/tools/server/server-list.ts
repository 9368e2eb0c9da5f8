/** Lists the servers that the agent may look after. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import type { Register } from "./register.ts";

export function serverList(register: Register): Tool {
  return defineTool({
    name: "server-list",
    description: "The servers you may look after, with their services and containers.",
    input: z.strictObject({}),
    effects: "none",
    risk: "safe",
    gate: "server-ops",
    source: "trusted",
    parallel: true,
    run: async () => {
      const servers = await register.all();
      if (servers.length === 0) return { text: "There is none; a person adds servers to servers.json." };
      const lines = servers.map(({ name, services, containers }) =>
        [name, ...part("services", services), ...part("containers", containers)].join("; "),
      );
      return { text: lines.join("\n") };
    },
  });
}

function part(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${what}: ${names.join(", ")}`];
}
