/** Restarts a service or a container of a server, once a person has allowed it. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import { acts, choose, type ServerCommand } from "./commands.ts";
import type { Register } from "./register.ts";
import type { OnServer } from "./ssh.ts";

export function serverAct(register: Register, onServer: OnServer): Tool {
  return defineTool({
    name: "server-act",
    description: "Restart a service or a container that servers.json lists for the server. A person must allow it.",
    input: z.strictObject({
      server: z.string().min(1).max(100).describe("its name, from server-list"),
      act: z.enum(Object.keys(acts) as [keyof typeof acts]),
      name: z.string().min(1).max(100).describe("the service or container"),
    }),
    effects: "external",
    risk: "risky",
    gate: "server-ops",
    source: "outside",
    parallel: false,
    run: async ({ server: asked, act, name }, { signal }) => {
      const server = await register.get(asked);
      const command: ServerCommand = acts[act];
      const chosen = choose(command, server, name, 0);
      if (!chosen.chosen) return { text: `Not done: ${chosen.because}.` };
      const answer = await onServer(server, chosen.words, signal);
      if (!answer.answered) return { text: `It is not certain that it was done: ${answer.because}.` };
      return { text: `${act} ${name} on ${server.name}: ${answer.text.trim() || "done"}` };
    },
  });
}
