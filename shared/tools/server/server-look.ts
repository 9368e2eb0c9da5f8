/** Looks at a server: load, memory, disk, services, containers, logs. Changes nothing there. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import { choose, looks, type ServerCommand } from "./commands.ts";
import type { Register } from "./register.ts";
import type { OnServer } from "./ssh.ts";

export function serverLook(register: Register, onServer: OnServer): Tool {
  return defineTool({
    name: "server-look",
    description:
      "See how a server is. Service, logs and errors are about a service of it, container-logs about a container.",
    input: z.strictObject({
      server: z.string().min(1).max(100).describe("its name, from server-list"),
      at: z.enum(Object.keys(looks) as [keyof typeof looks]),
      name: z.string().max(100).default("").describe("the service or container, where it is about one"),
      lines: z.number().int().min(1).max(500).default(50).describe("of a log"),
    }),
    effects: "none",
    risk: "safe",
    gate: "server-ops",
    // Lines of a log may have been written by anybody.
    source: "outside",
    parallel: true,
    run: async ({ server: asked, at, name, lines }, { signal }) => {
      const server = await register.get(asked);
      const command: ServerCommand = looks[at];
      const chosen = choose(command, server, name, lines);
      if (!chosen.chosen) return { text: `Not asked: ${chosen.because}.` };
      const answer = await onServer(server, chosen.words, signal);
      if (!answer.answered) return { text: `Not seen: ${answer.because}.` };
      return { text: answer.text.trim() === "" ? "(It said nothing.)" : answer.text };
    },
  });
}
